/** Facts: the calls of WASI preview 1 that tell about files and folders, and list folders. */
import { type Calls, Errno, fdflags, filetype, type Memory, rights } from './abi.ts'
import { type Descriptor, type Descriptors, follow } from './descriptors.ts'
import type { Folder, Node } from './tree.ts'

type Host = Readonly<{ memory: Memory; descriptors: Descriptors; startNs: bigint }>

export function factCalls({ memory, descriptors, startNs }: Host): Calls {
  const { get } = descriptors
  const typeOf = ({ node, stream }: Pick<Descriptor, 'node' | 'stream'>): number =>
    // A stream is not called a terminal: programs would colour and pace their output.
    stream ? filetype.unknown : node.kind === 'file' ? filetype.regular : filetype.directory
  const writeStat = (at: number, of: Pick<Descriptor, 'node' | 'stream'>) => {
    memory.bytes(at, 64).fill(0)
    memory.setU64(at + 8, of.node.ino)
    memory.setU8(at + 16, typeOf(of))
    memory.setU64(at + 24, 1n)
    memory.setU64(at + 32, of.node.kind === 'file' ? BigInt(of.node.size) : 0n)
    // Every date is the job's: dates are not kept, so setting one does nothing.
    for (const time of [40, 48, 56]) memory.setU64(at + time, startNs)
  }
  const preopen = (fd: number): Uint8Array => {
    const name = get(fd).preopen
    if (name === undefined) throw new Errno('badf')
    return new TextEncoder().encode(name)
  }
  return {
    fd_fdstat_get(fd: number, at: number) {
      const found = get(fd)
      memory.bytes(at, 24).fill(0)
      memory.setU8(at, typeOf(found))
      memory.setU16(at + 2, found.append ? fdflags.append : 0)
      const mayWrite = found.node.kind === 'folder' || found.writable
      const granted = mayWrite ? rights.all : rights.all & ~(rights.write | rights.allocate)
      memory.setU64(at + 8, granted)
      memory.setU64(at + 16, granted)
    },
    fd_fdstat_set_flags(fd: number, flags: number) {
      get(fd).append = (flags & fdflags.append) !== 0
    },
    fd_fdstat_set_rights: (fd: number) => void get(fd),
    fd_filestat_get: (fd: number, at: number) => writeStat(at, get(fd)),
    fd_filestat_set_times: (fd: number) => void get(fd),
    fd_prestat_get(fd: number, at: number) {
      const name = preopen(fd)
      memory.setU32(at, 0)
      memory.setU32(at + 4, name.length)
    },
    fd_prestat_dir_name(fd: number, at: number, length: number) {
      const name = preopen(fd)
      if (length >>> 0 < name.length) throw new Errno('nametoolong')
      memory.bytes(at, name.length).set(name)
    },
    fd_readdir(fd: number, at: number, length: number, cookie: bigint, usedAt: number) {
      const folder = descriptors.folder(fd)
      const out = memory.bytes(at, length)
      memory.setU32(usedAt, list(out, folder, Number(BigInt.asUintN(32, cookie))))
    },
    path_filestat_get(fd: number, _flags: number, path: number, length: number, at: number) {
      const { node, slash } = follow(descriptors.folder(fd), memory.text(path, length))
      if (node === undefined) throw new Errno('noent')
      if (slash && node.kind === 'file') throw new Errno('notdir')
      writeStat(at, { node })
    },
    path_filestat_set_times(fd: number, _flags: number, path: number, length: number) {
      const { node } = follow(descriptors.folder(fd), memory.text(path, length))
      if (node === undefined) throw new Errno('noent')
    },
    path_readlink(fd: number, path: number, length: number) {
      const { node } = follow(descriptors.folder(fd), memory.text(path, length))
      throw new Errno(node === undefined ? 'noent' : 'inval')
    },
  }
}

const HEAD = 24

/** Fills `out` with entries from `cookie` on; a full buffer means that there are more. */
function list(out: Uint8Array, open: Descriptor<Folder>, cookie: number): number {
  // A listing is fixed when it begins: what is removed meanwhile makes it skip nothing.
  if (cookie === 0 || open.listing === undefined) open.listing = entriesOf(open.node)
  let used = 0
  for (const [index, [name, node]] of [...open.listing.entries()].slice(cookie)) {
    const entry = encode(name, node, index + 1)
    out.set(entry.subarray(0, out.length - used), used)
    used += Math.min(entry.length, out.length - used)
    if (used === out.length) break
  }
  return used
}

function entriesOf(folder: Folder): readonly (readonly [string, Node])[] {
  return [['.', folder], ['..', folder.parent ?? folder], ...folder.entries]
}

function encode(name: string, node: Node, next: number): Uint8Array {
  const text = new TextEncoder().encode(name)
  const entry = new Uint8Array(HEAD + text.length)
  const view = new DataView(entry.buffer)
  view.setBigUint64(0, BigInt(next), true)
  view.setBigUint64(8, node.ino, true)
  view.setUint32(16, text.length, true)
  view.setUint8(20, node.kind === 'file' ? filetype.regular : filetype.directory)
  entry.set(text, HEAD)
  return entry
}
