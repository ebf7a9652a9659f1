/** Files: reading and writing, with failures that name the path. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@traboule/protocol'

/** The text of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(path, cause)
  }
}

/** The bytes of a file. Throws `file/unreadable`. */
export async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause) => {
    throw unreadable(path, cause)
  })
}

/** The JSON of a file. Throws `file/unreadable` or `file/malformed`. */
export async function readJson(path: string): Promise<unknown> {
  const text = Buffer.from(await readBytes(path)).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('file/malformed', `${path} is not JSON: ${cause}.`, { path }, cause)
  }
}

/** Writes a file whole or not at all, for its owner's eyes only. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const part = `${path}.${process.pid}.part`
  await writeFile(part, text, { mode: 0o600 })
  await rename(part, path)
}

function unreadable(path: string, cause: unknown): AppError {
  const { code } = cause as NodeJS.ErrnoException
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
  return new AppError('file/unreadable', `${path} ${why}.`, { path, code }, cause)
}
