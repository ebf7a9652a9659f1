/**
 * Build: compiles an example from AssemblyScript to WebAssembly, once for each state of its sources.
 *
 * The same sources and compiler give the same bytes, so the checksum in the marketplace can be
 * checked by anybody who has this repository.
 */
import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Built = Readonly<{
  /** Where the module is. */
  path: string
  /** The module. */
  bytes: Uint8Array
}>

const HERE = import.meta.dirname
const flags = [
  ...['--runtime', 'stub'],
  ...['--use', 'abort='],
  ...['--exportStart', '_start'],
  ...['--enable', 'simd'],
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert'],
]

/** Compiles `examples/<name>/assembly/index.ts`, or finds the module that was compiled before. */
export async function build(name: string): Promise<Built> {
  const folder = join(HERE, name, 'build')
  const path = join(folder, `${name}-${await digestOf(name)}.wasm`)
  const known = await readFile(path).catch(() => undefined)
  if (known !== undefined) return { path, bytes: new Uint8Array(known) }
  const bytes = await compile(`${name}/assembly/index.ts`)
  await mkdir(folder, { recursive: true })
  // Written aside first: a build that is interrupted, or has company, must not look finished.
  const aside = `${path}.${process.pid}`
  await writeFile(aside, bytes)
  await rename(aside, path)
  return { path, bytes }
}

/** Compiles a file below `examples/` without keeping the result. */
export async function compile(entry: string): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc')
  const messages = asc.createMemoryStream()
  let binary: Uint8Array | undefined
  const { error } = await asc.main([entry, '--outFile', 'app.wasm', '--baseDir', HERE, ...flags], {
    stdout: messages,
    stderr: messages,
    writeFile(_name, contents) {
      if (typeof contents !== 'string') binary = contents
    },
  })
  if (error !== null || binary === undefined)
    throw new Error(`${entry} does not compile:\n${messages}`, { cause: error })
  return binary
}

/** Changes whenever a source, the flags or the compiler do. */
async function digestOf(name: string): Promise<string> {
  const manifest = join(HERE, '../node_modules/assemblyscript/package.json')
  const sources = globSync(`{${name},wasi}/assembly/*.ts`, { cwd: HERE }).sort()
  const hash = createHash('sha256').update(flags.join(' '))
  for (const path of [manifest, ...sources.map((source) => join(HERE, source))])
    hash.update(await readFile(path))
  return hash.digest('hex').slice(0, 16)
}
