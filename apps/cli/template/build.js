/** Build: the app as a WASI module. `traboule` calls this when it is given this folder. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const here = fileURLToPath(new URL('.', import.meta.url))
const path = join(here, 'build', 'app.wasm')

export async function build() {
  await mkdir(join(here, 'build'), { recursive: true })
  const flags = ['--runtime', 'stub', '--use', 'abort=', '--exportStart', '_start', '-O3']
  const words = ['assembly/index.ts', '--baseDir', here, '--outFile', 'build/app.wasm', ...flags]
  const { error, stderr } = await main(words)
  if (error) throw new Error(`The app does not compile:\n${stderr}`, { cause: error })
  return { path, bytes: new Uint8Array(await readFile(path)) }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${(await build()).path}\n`)
