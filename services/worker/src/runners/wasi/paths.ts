/** Paths: the calls of WASI preview 1 that open, make, move and remove by name. */
import { type Calls, Errno, errno, fdflags, type Memory, oflags, rights } from './abi.ts'
import { type Descriptors, follow, type Place } from './descriptors.ts'
import { type Folder, type Node, resize, type Tree, unlink } from './tree.ts'

/** Folder, lookup flags, path and its length, open flags, two sets of rights, flags, where to tell. */
type OpenArguments = readonly [
  fd: number,
  lookup: number,
  path: number,
  length: number,
  flags: number,
  asked: bigint,
  inherited: bigint,
  options: number,
  at: number,
]

type Host = Readonly<{ memory: Memory; descriptors: Descriptors; tree: Tree }>

export function pathCalls({ memory, descriptors, tree }: Host): Calls {
  const find = (fd: number, path: number, length: number): Place =>
    follow(descriptors.folder(fd), memory.text(path, length))
  const changeable = (fd: number, path: number, length: number): Place => {
    const place = find(fd, path, length)
    if (place.folder.ledger === undefined) throw new Errno('rofs')
    return place
  }
  const opened = (place: Place, flags: number, wantsWrite: boolean): Node => {
    if (place.node === undefined) return create(tree, place, flags)
    const { node } = place
    if ((flags & oflags.excl) !== 0) throw new Errno('exist')
    if (((flags & oflags.directory) !== 0 || place.slash) && node.kind === 'file')
      throw new Errno('notdir')
    const empties = (flags & oflags.trunc) !== 0
    if (node.kind === 'folder') {
      if (empties) throw new Errno('isdir')
    } else if (wantsWrite || empties) {
      if (node.ledger === undefined) throw new Errno('rofs')
      if (empties) resize(node, 0)
    }
    return node
  }
  return {
    path_open(...[fd, , path, length, flags, asked, , options, at]: OpenArguments) {
      const wantsWrite = (asked & rights.write) !== 0n
      const node = opened(find(fd, path, length), flags, wantsWrite)
      const append = (options & fdflags.append) !== 0
      const writable = wantsWrite && node.kind === 'file'
      memory.setU32(at, descriptors.open({ node, writable, append, position: 0 }))
    },
    path_create_directory(fd: number, path: number, length: number) {
      const { folder, name, node } = changeable(fd, path, length)
      if (node !== undefined) throw new Errno('exist')
      folder.entries.set(name, tree.folder(folder.ledger, folder))
    },
    path_remove_directory(fd: number, path: number, length: number) {
      const { folder, name, node } = changeable(fd, path, length)
      if (node === undefined) throw new Errno('noent')
      if (node.kind === 'file') throw new Errno('notdir')
      if (name === '') throw new Errno('inval')
      if (node.entries.size > 0) throw new Errno('notempty')
      folder.entries.delete(name)
      unlink(node)
    },
    path_unlink_file(fd: number, path: number, length: number) {
      const { folder, name, node, slash } = changeable(fd, path, length)
      if (node === undefined) throw new Errno('noent')
      if (node.kind === 'folder') throw new Errno('isdir')
      if (slash) throw new Errno('notdir')
      folder.entries.delete(name)
      unlink(node)
    },
    path_rename(fd: number, path: number, length: number, toFd: number, to: number, toLen: number) {
      move(changeable(fd, path, length), changeable(toFd, to, toLen))
    },
    // No links: a tree without them cannot be left, and results cannot carry them.
    path_link: () => errno.notsup,
    path_symlink: () => errno.notsup,
  }
}

function create(tree: Tree, { folder, name, slash }: Place, flags: number): Node {
  if ((flags & oflags.creat) === 0) throw new Errno('noent')
  if (folder.ledger === undefined) throw new Errno('rofs')
  if (slash || (flags & oflags.directory) !== 0) throw new Errno('isdir')
  const file = tree.file(folder.ledger)
  folder.entries.set(name, file)
  return file
}

function move(from: Place, to: Place): void {
  const { node } = from
  if (node === undefined) throw new Errno('noent')
  if (node === to.node) return
  // A folder keeps its place: moving one would change the depth of all below it.
  if (node.kind === 'folder' && from.folder !== to.folder) throw new Errno('notsup')
  if (from.name === '' || to.name === '') throw new Errno('inval')
  if (node.kind === 'file' && (from.slash || to.slash)) throw new Errno('notdir')
  if (to.node !== undefined) replace(to.folder, to.name, to.node, node)
  from.folder.entries.delete(from.name)
  to.folder.entries.set(to.name, node)
}

function replace(folder: Folder, name: string, old: Node, by: Node): void {
  if (old.kind === 'folder') {
    if (by.kind === 'file') throw new Errno('isdir')
    if (old.entries.size > 0) throw new Errno('notempty')
  } else if (by.kind === 'folder') throw new Errno('notdir')
  folder.entries.delete(name)
  unlink(old)
}
