// Runs on whatever Node the machine has; everything after it runs on the Node that npm installs.
// `npm ci` is not usable: the lockfile names platform builds that some registries lack.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = 'node_modules/.traboule-install'
const wanted = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(readFileSync('package.json'))
  .digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing dependencies (about half a minute the first time) …')
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, { stdio: 'inherit' })
  if (status !== 0) {
    console.error('npm install failed. Check that the npm registry is reachable, then try again.')
    process.exit(status ?? 1)
  }
  writeFileSync(stamp, wanted)
}
