/**
 * Output: what a program left in its folder, read as what it is: the work of a stranger.
 *
 * Nothing is followed and nothing is opened but plain files, so that a link to the worker's key is
 * only a link. Sizes are counted before anything is read: a sparse file is as large as it says.
 */
import { constants } from 'node:fs'
import { chmod, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type Result } from '@traboule/protocol'
import type { Limits } from './runner.ts'

export type Output = Readonly<{
  files: Result.Files
  /** Paths of what is neither file nor folder, and therefore not part of the output. */
  left: readonly string[]
}>

type Found = { files: { path: string; size: number }[]; left: string[]; entries: number }
type Most = Pick<Limits, 'outputBytes' | 'outputFiles'>

/** Deeper than any path that the system lets a program open. */
const MOST_DEPTH = 64

/** Throws `app/output-too-large` and `app/too-many-files`. */
export async function collect(folder: string, limits: Most): Promise<Output> {
  const { files, left } = await survey(folder, limits)
  const read = files
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(async ({ path, size }) => [path, await contentOf(join(folder, path), size)] as const)
  return { files: new Map(await Promise.all(read)), left }
}

/** Throws when a folder holds more than it may. */
export async function survey(folder: string, limits: Most): Promise<Found> {
  const found: Found = { files: [], left: [], entries: 0 }
  await walk('', 0)
  const bytes = found.files.reduce((sum, { size }) => sum + size, 0)
  if (bytes <= limits.outputBytes) return found
  const sentence = `The app wrote more than ${limits.outputBytes} bytes to /iexec_out.`
  throw new AppError('app/output-too-large', sentence, {
    ...{ what: '/iexec_out', limit: limits.outputBytes, bytes },
  })

  async function walk(at: string, depth: number): Promise<void> {
    const names = await namesIn(join(folder, at))
    found.entries += names.length
    if (found.entries > limits.outputFiles || depth > MOST_DEPTH) throw tooMany(limits.outputFiles)
    for (const name of names) {
      const path = at === '' ? name : `${at}/${name}`
      const facts = await lstat(join(folder, path)).catch(() => undefined)
      if (facts?.isDirectory()) await walk(path, depth + 1)
      else if (facts?.isFile()) found.files.push({ path, size: facts.size })
      else found.left.push(path)
    }
  }
}

function tooMany(limit: number): AppError {
  const sentence = `The app left more than ${limit} files and folders in /iexec_out.`
  return new AppError('app/too-many-files', sentence, { what: '/iexec_out', limit })
}

/** A program may take from its own files the right to be read; their owner may give it back. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(async () => {
    await chmod(folder, 0o700)
    return readdir(folder)
  })
}

async function contentOf(path: string, size: number): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW
  await using file = await open(path, flags).catch(async () => {
    await chmod(path, 0o600)
    return open(path, flags)
  })
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}
