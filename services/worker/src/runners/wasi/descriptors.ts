/** Descriptors: the numbers a program holds its open files by, and paths relative to them. */
import { Errno } from './abi.ts'
import { Fault } from './fault.ts'
import { type File, type Folder, type Node, release } from './tree.ts'

export type Descriptor<N extends Node = Node> = {
  readonly node: N
  /** Path the program sees, for the folders it starts with. */
  readonly preopen?: string
  /** A stream has no position: stdin, stdout and stderr. */
  readonly stream?: true
  readonly writable: boolean
  append: boolean
  position: number
  /** What a listing in progress gives, fixed when it began. */
  listing?: readonly (readonly [name: string, node: Node])[]
}

const MAX_OPEN = 1_024

export type Descriptors = ReturnType<typeof openDescriptors>

/** A table that gives the lowest free number, as POSIX does. */
export function openDescriptors(first: readonly Descriptor[]) {
  const table: (Descriptor | undefined)[] = [...first]
  for (const descriptor of first) descriptor.node.opens++
  const get = (fd: number): Descriptor => {
    const found = table[fd >>> 0]
    if (found === undefined) throw new Errno('badf')
    return found
  }
  const close = (fd: number): void => {
    const { node } = get(fd)
    table[fd >>> 0] = undefined
    node.opens--
    release(node)
  }
  return {
    get,
    close,
    /** The descriptor of a file that is open for reading or writing. */
    file(fd: number): Descriptor<File> {
      const found = get(fd)
      if (isFile(found)) return found
      throw new Errno('isdir')
    },
    writable(fd: number): Descriptor<File> {
      const found = get(fd)
      if (!isFile(found)) throw new Errno('isdir')
      if (!found.writable) throw new Errno('badf')
      return found
    },
    folder(fd: number): Descriptor<Folder> {
      const found = get(fd)
      if (isFolder(found)) return found
      throw new Errno('notdir')
    },
    open(descriptor: Descriptor): number {
      const free = table.indexOf(undefined)
      const fd = free === -1 ? table.length : free
      if (fd >= MAX_OPEN) throw new Errno('mfile')
      table[fd] = descriptor
      descriptor.node.opens++
      return fd
    },
    renumber(from: number, to: number): void {
      const moved = get(from)
      if (from >>> 0 === to >>> 0) return
      close(to)
      table[from >>> 0] = undefined
      table[to >>> 0] = moved
    },
  }
}

function isFile(descriptor: Descriptor): descriptor is Descriptor<File> {
  return descriptor.node.kind === 'file'
}

function isFolder(descriptor: Descriptor): descriptor is Descriptor<Folder> {
  return descriptor.node.kind === 'folder'
}

/** Where a path leads: the folder, the name in it, and what is there. */
export type Place = Readonly<{
  folder: Folder
  /** Empty when the path is the folder itself. */
  name: string
  node: Node | undefined
  /** The path ends in a slash, so only a folder will do. */
  slash: boolean
}>

/** Characters that no archive carries safely to every system. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNPORTABLE = /[\u0000-\u001f\u007f\\]|^[a-zA-Z]:/
const MAX_NAME = 255

/**
 * Follows `path` from an open folder. A path that leaves the folders a program was given throws
 * `app/path-escape`; leaving only the folder it started from is an ordinary error.
 */
export function follow({ node: start, preopen }: Descriptor<Folder>, path: string): Place {
  if (leaves(path))
    throw preopen === undefined
      ? new Errno('notcapable')
      : new Fault('app/path-escape', `The app asked for ${path} from ${preopen}.`, {
          path,
          preopen,
        })
  if (path === '') throw new Errno('noent')
  const here: Place = { folder: start, name: '', node: start, slash: false }
  const below: Place[] = []
  let place = here
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    const folder = enter(place)
    if (name === '..') {
      place = below.pop() ?? here
      continue
    }
    if (Buffer.byteLength(name) > MAX_NAME) throw new Errno('nametoolong')
    if (UNPORTABLE.test(name)) throw new Errno('ilseq')
    below.push(place)
    place = { folder, name, node: folder.entries.get(name), slash: false }
  }
  return { ...place, slash: path.endsWith('/') }
}

/** Whether some beginning of the path is above where it starts, whatever exists there. */
function leaves(path: string): boolean {
  let depth = 0
  for (const name of path.split('/'))
    if (name === '..') {
      if (--depth < 0) return true
    } else if (name !== '' && name !== '.') depth++
  return path.startsWith('/')
}

function enter({ node }: Place): Folder {
  if (node === undefined) throw new Errno('noent')
  if (node.kind !== 'folder') throw new Errno('notdir')
  return node
}
