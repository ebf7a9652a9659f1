/**
 * Abi: the numbers and layouts of WASI preview 1, and the program's memory seen from the host.
 *
 * Source: WebAssembly/WASI, legacy/preview1/docs.md.
 */
import type { Memory as EngineMemory } from './engine.ts'
import { Exit, Fault } from './fault.ts'

/** Error numbers of preview 1 that this host answers with. */
export const errno = {
  success: 0,
  badf: 8,
  exist: 20,
  fault: 21,
  fbig: 22,
  ilseq: 25,
  inval: 28,
  isdir: 31,
  mfile: 33,
  nametoolong: 37,
  noent: 44,
  notdir: 54,
  notempty: 55,
  notsock: 57,
  notsup: 58,
  perm: 63,
  rofs: 69,
  spipe: 70,
  notcapable: 76,
} as const

/** A call that fails the ordinary way: the program receives the number and goes on. */
export class Errno extends Error {
  readonly number: number

  constructor(name: keyof typeof errno) {
    super(name)
    this.number = errno[name]
  }
}

export const filetype = { unknown: 0, directory: 3, regular: 4 } as const
export const rights = { write: 1n << 6n, allocate: 1n << 8n, all: (1n << 30n) - 1n } as const
export const oflags = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const
export const fdflags = { append: 1 } as const
export const whence = { set: 0, cur: 1, end: 2 } as const
export const clockid = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const
export const eventtype = { clock: 0, fdRead: 1, fdWrite: 2 } as const
export const ABSOLUTE_TIME = 1

/** A host function as the program calls it: numbers in; a number out is an error, all else success. */
type Call = (...args: never[]) => unknown
export type Calls = Readonly<Record<string, Call>>

export type Memory = ReturnType<typeof openMemory>

/** The program's memory. Every access is checked, and follows the memory as it grows. */
export function openMemory() {
  let memory: EngineMemory | undefined
  let view = new DataView(new ArrayBuffer(0))
  const current = (): DataView => {
    if (memory === undefined)
      throw new Fault('app/trapped', 'The module calls WASI before its start function.')
    if (view.buffer !== memory.buffer) view = new DataView(memory.buffer)
    return view
  }
  const within = (at: number, length: number): DataView => {
    const whole = current()
    if (at + length > whole.byteLength) throw new Errno('fault')
    return whole
  }
  const bytes = (at: number, length: number) =>
    new Uint8Array(within(at >>> 0, length >>> 0).buffer, at >>> 0, length >>> 0)
  return {
    attach(exported: EngineMemory) {
      memory = exported
    },
    /** The memory itself between two offsets; do not keep it across calls. */
    bytes,
    text(at: number, length: number): string {
      if (length >>> 0 > 4_096) throw new Errno('nametoolong')
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes(at, length))
      } catch (error) {
        throw error instanceof TypeError ? new Errno('ilseq') : error
      }
    },
    u8: (at: number) => within(at >>> 0, 1).getUint8(at >>> 0),
    u16: (at: number) => within(at >>> 0, 2).getUint16(at >>> 0, true),
    u32: (at: number) => within(at >>> 0, 4).getUint32(at >>> 0, true),
    u64: (at: number) => within(at >>> 0, 8).getBigUint64(at >>> 0, true),
    setU8: (at: number, value: number) => within(at >>> 0, 1).setUint8(at >>> 0, value),
    setU16: (at: number, value: number) => within(at >>> 0, 2).setUint16(at >>> 0, value, true),
    setU32: (at: number, value: number) => within(at >>> 0, 4).setUint32(at >>> 0, value, true),
    setU64: (at: number, value: bigint) => within(at >>> 0, 8).setBigUint64(at >>> 0, value, true),
    /** The buffers that a list of `count` (address, length) pairs names. */
    *buffers(at: number, count: number): Generator<Uint8Array> {
      for (let index = 0; index < count >>> 0; index++) {
        const pair = (at >>> 0) + index * 8
        const whole = within(pair, 8)
        yield bytes(whole.getUint32(pair, true), whole.getUint32(pair + 4, true))
      }
    },
  }
}

/**
 * Makes calls safe to hand to a program. Ordinary failures become numbers. An exit or a fault is
 * final: a program that catches it (wasm exceptions can) meets it again at its next call.
 */
export function guard(calls: Calls, end: { reason?: Exit | Fault }): Calls {
  const guarded =
    (call: Call) =>
    (...args: never[]) => {
      if (end.reason !== undefined) throw end.reason
      try {
        const answer = call(...args)
        return typeof answer === 'number' ? answer : errno.success
      } catch (error) {
        if (error instanceof Errno) return error.number
        if (error instanceof Exit || error instanceof Fault) end.reason = error
        throw error
      }
    }
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guarded(call)]))
}
