/**
 * File: one file a key, below one folder.
 *
 * Bytes are written beside, flushed to the disk, and then linked into place: a reader never meets
 * half a file, and of two writers of one key exactly one succeeds. What a crash left beside is
 * removed at the next start.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { type Backend, type Bytes, checkKey } from './backend.ts'

/** Opens a folder, which one process at a time may write to. */
export async function openFile(folder: string): Promise<Backend> {
  const unfinished = join(folder, 'unfinished')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  const pathOf = (key: string) => {
    checkKey(key)
    return join(folder, key)
  }
  return {
    async create(key, bytes) {
      const path = pathOf(key)
      if ((await sizeOf(path)) !== undefined) return false
      const part = join(unfinished, randomUUID())
      try {
        await writeFile(part, bytes, { flush: true })
        return await place(part, path)
      } finally {
        await rm(part, { force: true })
      }
    },
    size: (key) => sizeOf(pathOf(key)),
    async read(key, range) {
      const path = pathOf(key)
      const size = await sizeOf(path)
      if (size === undefined) return undefined
      const { start, end } = range ?? { start: 0, end: size }
      const bytes = createReadStream(path, { start, end: Math.max(start, end - 1) })
      return Readable.toWeb(bytes) as Bytes // a file without encoding gives bytes
    },
    async list(name) {
      const keys = await readdir(join(folder, name)).catch(absent)
      const sizes = await Promise.all((keys ?? []).map((key) => sizeOf(join(folder, name, key))))
      return (keys ?? []).map((key, at) => ({ key, size: sizes[at] ?? 0 }))
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Linking fails when the name exists, which renaming does not. */
async function place(part: string, path: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await link(part, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  await flushFolder(dirname(path))
  return true
}

/** The name is as durable as the bytes only once its folder is flushed. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(absent))?.size
}

function absent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined
  throw error
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code // what Node's fs throws
