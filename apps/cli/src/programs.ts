/** Programs: modules to run, from a file or from a folder that builds one. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '@traboule/protocol'
import { z } from 'zod'
import { readBytes } from './files.ts'
import type { Surroundings } from './surroundings.ts'

export type Program = Readonly<{ name: string; wasm: Uint8Array }>

const builder = z.object({ build: z.function({ input: [], output: z.promise(z.unknown()) }) })
const built = z.object({ bytes: z.instanceof(Uint8Array) })
/** Every WebAssembly module begins so: `\0asm`. */
const MAGIC = [0, 97, 115, 109]

/** The module at a path: a `.wasm` file, or a folder whose `build.ts` or `build.js` exports `build()`. */
export async function findProgram({ cwd }: Surroundings, path: string): Promise<Program> {
  const full = resolve(cwd, path)
  const folder = await stat(full).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const wasm = folder ? await build(full) : await readBytes(full)
  if (!MAGIC.every((byte, at) => wasm[at] === byte))
    throw new AppError('app/not-wasm', `${path} is not a WebAssembly module.`, { path })
  return { name: basename(full).replace(/\.wasm$/, ''), wasm }
}

async function build(folder: string): Promise<Uint8Array> {
  const names = await readdir(folder)
  const script = join(folder, names.includes('build.ts') ? 'build.ts' : 'build.js')
  const module = builder.safeParse(
    await import(pathToFileURL(script).href).catch(unreadable(script)),
  )
  const made = module.success ? built.safeParse(await module.data.build()) : undefined
  if (made?.success) return made.data.bytes
  const sentence = `${script} must export build(), which answers { bytes }.`
  throw new AppError('file/malformed', sentence, { path: script })
}

const unreadable = (path: string) => (cause: unknown) => {
  throw new AppError('file/unreadable', `${path} cannot be run: ${cause}`, { path }, cause)
}
