/**
 * Container: the same module in a container, where an engine answers.
 *
 * Nothing is pulled: the image is this Node with the libraries it names and the module, imported
 * as it is. So the container runs the very program, and the difference is the container.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const IMAGE = 'traboule-bench:latest'

/** The engine's own client, where the system has it; another in the path may be of another age. */
const CLIENT = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker'

/** Runs the module once with WASI preview 1 and its two folders. */
const RUNNER = `
import { readFileSync } from 'node:fs'
import { WASI } from 'node:wasi'
const wasi = new WASI({
  version: 'preview1', args: ['app', ...process.argv.slice(2)], env: {},
  preopens: { '/iexec_in': '/iexec_in', '/iexec_out': '/iexec_out' },
})
const { instance } = await WebAssembly.instantiate(readFileSync('/app.wasm'), wasi.getImportObject())
wasi.start(instance)
`

function docker(...args: readonly string[]) {
  return spawnSync(CLIENT, args, { encoding: 'utf8', timeout: 60_000 })
}

export type Container = AsyncDisposable &
  Readonly<{
    /** Runs the module to its end; throws what the engine says. */
    run(args: readonly string[]): void
  }>

/** An image with the module, or why there is none. */
export function openContainer(module: Uint8Array): Container | string {
  const version = docker('version', '--format', '{{.Server.Version}}')
  if (version.error) return 'there is no docker command'
  if (version.status !== 0) return `no engine answers: ${version.stderr.trim().split('\n').at(-1)}`
  const root = mkdtempSync(join(tmpdir(), 'traboule-image-'))
  try {
    fill(root, module)
    execFileSync('sh', ['-c', `tar -C '${root}' -c . | ${CLIENT} import - ${IMAGE}`])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  const command = ['run', '--rm', '--network', 'none', IMAGE, '/node', '--no-warnings', '/run.mjs']
  return {
    run(args) {
      const { status, stderr } = docker(...command, ...args)
      if (status !== 0) throw new Error(`docker run: ${stderr.trim().split('\n').at(-1)}`)
    },
    async [Symbol.asyncDispose]() {
      docker('image', 'rm', '--force', IMAGE)
    },
  }
}

function fill(root: string, module: Uint8Array): void {
  const linked = execFileSync('ldd', [process.execPath], { encoding: 'utf8' })
  for (const [path] of linked.matchAll(/\/[^\s]*\.so[^\s]*/g)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  for (const folder of ['iexec_in', 'iexec_out', 'tmp']) mkdirSync(join(root, folder))
  copyFileSync(process.execPath, join(root, 'node'))
  writeFileSync(join(root, 'run.mjs'), RUNNER)
  writeFileSync(join(root, 'app.wasm'), module)
}
