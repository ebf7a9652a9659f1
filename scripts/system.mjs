// Installs the parts of the system that some tests need and npm cannot bring. Only as root on
// Debian and its relatives; anywhere else it names what is missing, and those suites are skipped.
// Never fails: the suites themselves say what they miss. `--dry-run` only tells. It runs on the Node
// that is there, which may be 20.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const parts = [
  {
    package: 'postgresql',
    needs: 'the suite `postgres`: every test with a database, on a server',
    present: () => inPath('initdb') || ofDebian('postgresql'),
  },
  {
    package: 'docker.io',
    needs: 'tests of images in containers, and `npm run bench:start`',
    present: () => inPath('dockerd') || existsSync('/var/run/docker.sock'),
  },
  {
    package: 'bubblewrap',
    needs: 'tests of images without an engine',
    present: () => inPath('bwrap'),
  },
  {
    package: 'gcc',
    needs: 'tests of images, whose program is compiled',
    present: () => inPath('gcc'),
  },
  {
    package: 'libc6-dev',
    needs: 'tests of images, whose program is compiled to stand alone',
    present: () =>
      ['.', ...readdirSync('/usr/lib')].some((each) => existsSync(`/usr/lib/${each}/libc.a`)),
  },
  {
    package: 'chromium',
    needs: 'the web application’s tests in a browser',
    present: () => ['chromium', 'chromium-browser', 'google-chrome'].some(inPath),
  },
]

const missing = parts.filter((part) => !part.present())
if (missing.length > 0) {
  if (mayInstall() && !process.argv.includes('--dry-run')) install(missing)
  else for (const part of missing) tell(part, 'is not installed')
}

function mayInstall() {
  const known = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  return process.getuid?.() === 0 && /^ID(_LIKE)?=.*debian/m.test(known) && inPath('apt-get')
}

function install(wanted) {
  // Package lists are often absent or old in images; one update serves all.
  console.error('Updating the package lists …')
  apt(['update'])
  for (const part of wanted) {
    console.error(`Installing ${part.package} for ${part.needs} …`)
    const { status, stderr } = apt(['install', '--no-install-recommends', part.package])
    if (status === 0 && part.present()) continue
    tell(part, 'could not be installed')
    const cause = String(stderr ?? '').match(/^E: .*/m)?.[0]
    if (cause) console.error(`  ${cause}`)
  }
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', ['-y', '-qq', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

function tell(part, what) {
  console.error(`${part.package} ${what}. Skipped without it: ${part.needs}.`)
}

/** Debian keeps the server's programs out of the path, one folder a version. */
function ofDebian(name) {
  const folder = `/usr/lib/${name}`
  const versions = existsSync(folder) ? readdirSync(folder) : []
  return versions.some((version) => existsSync(join(folder, version, 'bin/initdb')))
}

function inPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
