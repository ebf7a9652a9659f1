/**
 * Opcodes: walks over the code of a module and refuses what does not compute the same everywhere.
 *
 * Allowed: the WebAssembly 2.0 instructions (SIMD, bulk memory, references, sign extension,
 * saturating conversion), tail calls and exceptions. Refused: relaxed SIMD, whose results depend on
 * the processor; threads; and what allocates outside the capped memory (garbage collection).
 * Source: WebAssembly core specification, chapter 5 (binary format).
 */
import { Fault } from './fault.ts'
import type { Reader } from './reader.ts'

type Immediate = (reader: Reader) => void

const none: Immediate = () => undefined
const index: Immediate = (reader) => reader.skipLeb()
const indexes: Immediate = (reader) => {
  reader.skipLeb()
  reader.skipLeb()
}
const bytes =
  (count: number): Immediate =>
  (reader) =>
    reader.skip(count)

const REFERENCE = [0x63, 0x64]
/** A value type, or a type index: both are one LEB unless a heap type follows. */
const type: Immediate = (reader) => {
  const isReference = REFERENCE.includes(reader.peek())
  reader.skipLeb()
  if (isReference) reader.skipLeb()
}
const HAS_MEMORY_INDEX = 0x40
const memory: Immediate = (reader) => {
  if ((reader.leb() & HAS_MEMORY_INDEX) !== 0) reader.skipLeb()
  reader.skipLeb()
}
const memoryLane: Immediate = (reader) => {
  memory(reader)
  reader.skip(1)
}
const labels: Immediate = (reader) => {
  for (let left = reader.leb(); left >= 0; left--) reader.skipLeb()
}
const types: Immediate = (reader) => {
  for (let left = reader.leb(); left > 0; left--) type(reader)
}
const CATCH_WITH_TAG = [0, 1]
const tryTable: Immediate = (reader) => {
  type(reader)
  for (let left = reader.leb(); left > 0; left--) {
    if (CATCH_WITH_TAG.includes(reader.byte())) reader.skipLeb()
    reader.skipLeb()
  }
}

type Range = readonly [first: number, last: number, immediate: Immediate]

const plain = table(256, [
  [0x00, 0x01, none], // unreachable, nop
  [0x02, 0x04, type], // block, loop, if
  [0x05, 0x05, none], // else
  [0x08, 0x08, index], // throw
  [0x0a, 0x0b, none], // throw_ref, end
  [0x0c, 0x0d, index], // br, br_if
  [0x0e, 0x0e, labels], // br_table
  [0x0f, 0x0f, none], // return
  [0x10, 0x10, index], // call
  [0x11, 0x11, indexes], // call_indirect
  [0x12, 0x12, index], // return_call
  [0x13, 0x13, indexes], // return_call_indirect
  [0x1a, 0x1b, none], // drop, select
  [0x1c, 0x1c, types], // select with types
  [0x1f, 0x1f, tryTable],
  [0x20, 0x26, index], // locals, globals, tables
  [0x28, 0x3e, memory], // loads and stores
  [0x3f, 0x42, index], // memory.size, memory.grow, i32.const, i64.const
  [0x43, 0x43, bytes(4)], // f32.const
  [0x44, 0x44, bytes(8)], // f64.const
  [0x45, 0xc4, none], // comparison, arithmetic, conversion
  [0xd0, 0xd0, index], // ref.null
  [0xd1, 0xd1, none], // ref.is_null
  [0xd2, 0xd2, index], // ref.func
])

const bulk = table(18, [
  [0, 7, none], // saturating conversion
  [8, 8, indexes], // memory.init
  [9, 9, index], // data.drop
  [10, 10, indexes], // memory.copy
  [11, 11, index], // memory.fill
  [12, 12, indexes], // table.init
  [13, 13, index], // elem.drop
  [14, 14, indexes], // table.copy
  [15, 17, index], // table.grow, table.size, table.fill
])

const simd = table(256, [
  [0, 11, memory], // loads and stores
  [12, 13, bytes(16)], // const, shuffle
  [14, 20, none],
  [21, 34, bytes(1)], // lanes
  [35, 83, none],
  [84, 91, memoryLane],
  [92, 93, memory],
  [94, 255, none],
])

function table(size: number, ranges: readonly Range[]): readonly (Immediate | undefined)[] {
  const row = new Array<Immediate | undefined>(size).fill(undefined)
  for (const [first, last, immediate] of ranges) row.fill(immediate, first, last + 1)
  return row
}

const BULK = 0xfc
const SIMD = 0xfd
const feature: Readonly<Record<number, string>> = {
  6: 'the old form of exceptions',
  20: 'typed function references',
  21: 'typed function references',
  251: 'garbage collection',
  252: 'wide arithmetic',
  253: 'relaxed SIMD, which is not the same on every processor',
  254: 'threads',
}

/** Walks one function's instructions up to `end`. Throws `app/bad-import` at a refused one. */
export function walk(reader: Reader, end: number): void {
  while (reader.at < end) {
    const code = reader.byte()
    const immediate =
      code === BULK ? bulk[reader.leb()] : code === SIMD ? simd[reader.leb()] : plain[code]
    if (immediate === undefined) throw refused(code)
    immediate(reader)
  }
}

function refused(code: number): Fault {
  const name = feature[code] ?? `the instruction 0x${code.toString(16)}`
  return new Fault('app/bad-import', `The module uses ${name}.`, { instruction: code })
}
