/**
 * Unpack: the layers of an image into a folder, as the work of a stranger.
 *
 * Links are kept as the words they are, and followed only inside the folder. Devices are left out,
 * and so are the bits that lend a file's owner's rights: everything belongs to the worker.
 */
import { constants } from 'node:fs'
import { chmod, link, lstat, mkdir, open, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@traboule/protocol'
import { malformedLayer } from './layer.ts'
import { type Entry, entriesOf } from './tar.ts'

/** How much an image may hold; layers take from it one after the other. */
export type Room = { bytes: number; entries: number }

const MOST_LINKS = 40
const MOST_DEPTH = 128
const MOST_LINK = 4_096
const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** Neither setuid nor setgid, and the worker itself always gets through. */
const modeOf = ({ mode, kind }: Entry) => (mode & 0o777) | (kind === 'folder' ? 0o700 : 0o400)

/** Throws `image/malformed` and `image/too-large`. */
export async function unpack(layer: AsyncIterable<Uint8Array>, root: string, room: Room) {
  const fresh = new Set<string>()
  let last: Readonly<{ path: string; folder: string }> | undefined
  for await (const entry of entriesOf(bounded(layer, room))) {
    room.entries--
    if (room.entries < 0) throw tooLarge('files')
    const words = wordsOf(entry.path)
    const name = words.at(-1)
    if (name === undefined) continue // the root itself
    const path = words.slice(0, -1).join('/')
    const folder = last?.path === path ? last.folder : await enter(root, words.slice(0, -1))
    last = entry.kind === 'file' ? { path, folder } : undefined
    fresh.add(words.join('/'))
    if (name === OPAQUE) await hide(folder, path, fresh)
    else if (name.startsWith(WHITEOUT)) await remove(folder, name.slice(WHITEOUT.length))
    else await make(entry, join(folder, name), root)
  }
}

/** The real folder at `words` below `root`; made where it is missing, whatever links say. */
export async function enter(root: string, words: readonly string[]): Promise<string> {
  const todo = [...words]
  let at: string[] = []
  for (let links = 0; todo.length > 0; ) {
    const word = todo.shift() ?? ''
    if (word === '..') at.pop()
    if (word === '..' || word === '.' || word === '') continue
    const here = join(root, ...at, word)
    const facts = await lstat(here).catch(() => undefined)
    if (facts?.isSymbolicLink()) {
      if (++links > MOST_LINKS) throw malformedLayer('its links lead in circles')
      const to = await readlink(here)
      if (to.startsWith('/')) at = []
      todo.unshift(...to.split('/'))
      continue
    }
    if (!facts?.isDirectory()) await rm(here, { force: true })
    if (!facts?.isDirectory()) await mkdir(here, { mode: 0o755 })
    at.push(word)
    if (at.length > MOST_DEPTH) throw malformedLayer('its folders are too deep')
  }
  return join(root, ...at)
}

async function make(entry: Entry, target: string, root: string): Promise<void> {
  const { kind, to } = entry
  const old = await lstat(target).catch(() => undefined)
  if (kind === 'other') return
  if (old && !(kind === 'folder' && old.isDirectory()))
    await rm(target, { recursive: true, force: true })
  if (to.length > MOST_LINK) throw malformedLayer('a link is too long')
  switch (kind) {
    case 'folder':
      if (!old?.isDirectory()) await mkdir(target)
      return chmod(target, modeOf(entry))
    case 'symlink':
      return symlink(to, target)
    case 'hardlink':
      return linked(to, target, root)
    case 'file':
      return written(entry, target)
  }
}

async function written(entry: Entry, target: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  await using file = await open(target, flags, 0o600)
  for await (const part of entry.content()) await file.write(part)
  await file.chmod(modeOf(entry))
}

/** To a file of the image itself; the last word is never followed. */
async function linked(to: string, target: string, root: string): Promise<void> {
  const words = wordsOf(to)
  const source = join(await enter(root, words.slice(0, -1)), words.at(-1) ?? '')
  const facts = await lstat(source).catch(() => undefined)
  if (facts && !facts.isDirectory()) return link(source, target)
  throw malformedLayer('a link leads to nothing')
}

/** What earlier layers put into a folder is gone; what this one did is not. */
async function hide(folder: string, path: string, fresh: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder))
    if (!fresh.has(path === '' ? name : `${path}/${name}`)) await remove(folder, name)
}

async function remove(folder: string, name: string): Promise<void> {
  if (name === '' || name === '.' || name === '..') throw malformedLayer('it removes no name')
  await rm(join(folder, name), { recursive: true, force: true })
}

function wordsOf(path: string): string[] {
  if (path.includes('\u0000')) throw malformedLayer('a name has a byte that names lack')
  const words = path.split('/').filter((word) => word !== '' && word !== '.')
  if (words.includes('..')) throw malformedLayer(`${path.slice(0, 200)} leads out of the image`)
  if (dirname(path).length > MOST_LINK) throw malformedLayer('a name is too long')
  return words
}

/** Counted as it comes out, so that what expands without end is stopped. */
async function* bounded(from: AsyncIterable<Uint8Array>, room: Room): AsyncGenerator<Uint8Array> {
  for await (const part of from) {
    room.bytes -= part.length
    if (room.bytes < 0) throw tooLarge('bytes')
    yield part
  }
}

function tooLarge(what: 'bytes' | 'files'): AppError {
  return new AppError('image/too-large', `The image unpacks to more ${what} than it may.`, { what })
}
