/** Files: the calls of WASI preview 1 that read, write and move within open files. */
import { type Calls, Errno, type Memory, whence } from './abi.ts'
import type { Descriptor, Descriptors } from './descriptors.ts'
import { type File, resize, write } from './tree.ts'

type Host = Readonly<{ memory: Memory; descriptors: Descriptors }>

const MAX_OFFSET = 2n ** 53n - 1n

export function fileCalls({ memory, descriptors }: Host): Calls {
  const { get, file, writable } = descriptors
  const readAt = (from: File, offset: number, list: number, count: number): number => {
    let at = offset
    for (const buffer of memory.buffers(list, count)) {
      const part = from.bytes.subarray(at, Math.min(at + buffer.length, Math.max(at, from.size)))
      buffer.set(part)
      at += part.length
      if (part.length < buffer.length) break
    }
    return at - offset
  }
  const writeAt = (to: File, offset: number, list: number, count: number): number => {
    let at = offset
    for (const buffer of memory.buffers(list, count)) {
      write(to, at, buffer)
      at += buffer.length
    }
    return at - offset
  }
  return {
    fd_read(fd: number, list: number, count: number, at: number) {
      const from = file(fd)
      const total = readAt(from.node, from.position, list, count)
      from.position += total
      memory.setU32(at, total)
    },
    fd_pread(fd: number, list: number, count: number, offset: bigint, at: number) {
      memory.setU32(at, readAt(seekable(file(fd)).node, offsetOf(offset), list, count))
    },
    fd_write(fd: number, list: number, count: number, at: number) {
      const to = writable(fd)
      if (to.append || to.stream) to.position = to.node.size
      const total = writeAt(to.node, to.position, list, count)
      to.position += total
      memory.setU32(at, total)
    },
    fd_pwrite(fd: number, list: number, count: number, offset: bigint, at: number) {
      memory.setU32(at, writeAt(seekable(writable(fd)).node, offsetOf(offset), list, count))
    },
    fd_seek(fd: number, offset: bigint, from: number, at: number) {
      const found = seekable(file(fd))
      found.position = destination(found, offset, from)
      memory.setU64(at, BigInt(found.position))
    },
    fd_tell(fd: number, at: number) {
      memory.setU64(at, BigInt(seekable(file(fd)).position))
    },
    fd_allocate(fd: number, offset: bigint, length: bigint) {
      const to = writable(fd).node
      const end = offsetOf(offset) + offsetOf(length)
      if (end > to.size) resize(to, end)
    },
    fd_filestat_set_size(fd: number, size: bigint) {
      resize(writable(fd).node, offsetOf(size))
    },
    fd_close: (fd: number) => descriptors.close(fd),
    fd_renumber: (from: number, to: number) => descriptors.renumber(from, to),
    // Memory needs neither advice nor syncing.
    fd_advise: (fd: number) => void file(fd),
    fd_datasync: (fd: number) => void get(fd),
    fd_sync: (fd: number) => void get(fd),
    ...socketCalls(descriptors),
  }
}

/** There is no network: whatever a program has open, it is not a socket. */
function socketCalls({ get }: Descriptors): Calls {
  const refuse = (fd: number) => {
    get(fd)
    throw new Errno('notsock')
  }
  return { sock_accept: refuse, sock_recv: refuse, sock_send: refuse, sock_shutdown: refuse }
}

function seekable<D extends Descriptor>(descriptor: D): D {
  if (descriptor.stream) throw new Errno('spipe')
  return descriptor
}

/** Larger than every limit, and still exact as a number. */
function offsetOf(value: bigint): number {
  const unsigned = BigInt.asUintN(64, value)
  if (unsigned > MAX_OFFSET) throw new Errno('fbig')
  return Number(unsigned)
}

function destination(from: Descriptor<File>, offset: bigint, base: number): number {
  const bases: Readonly<Record<number, number>> = {
    [whence.set]: 0,
    [whence.cur]: from.position,
    [whence.end]: from.node.size,
  }
  const start = bases[base]
  if (start === undefined) throw new Errno('inval')
  const target = BigInt(start) + BigInt.asIntN(64, offset)
  if (target < 0n) throw new Errno('inval')
  return offsetOf(target)
}
