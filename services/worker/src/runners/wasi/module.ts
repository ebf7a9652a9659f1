/**
 * Module: decides whether the bytes of a stranger may be compiled, and caps their memory.
 *
 * The cap is written into the module itself: `memory.grow` past it answers -1 on every machine,
 * whatever the machine has.
 */
import { Fault } from './fault.ts'
import { walk } from './opcodes.ts'
import { leb, openReader, type Reader } from './reader.ts'

/** Bytes of one page of WebAssembly memory. */
export const PAGE = 65_536
/** The only module from which functions may be imported. */
export const HOST = 'wasi_snapshot_preview1'

const MAGIC = [0x00, 0x61, 0x73, 0x6d]
const VERSION_1 = [0x01, 0x00, 0x00, 0x00]
const section = { type: 1, import: 2, memory: 5, code: 10 } as const

/**
 * The module with its memory capped at `pages`. Throws `app/not-wasm`, `app/bad-import` or
 * `app/out-of-memory` when it starts with more.
 */
export function cap(bytes: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  checkHeader(bytes)
  const reader = openReader(bytes)
  reader.skip(8)
  const parts: Uint8Array[] = [bytes.subarray(0, 8)]
  while (reader.at < bytes.length) {
    const start = reader.at
    const id = reader.byte()
    const end = reader.leb() + reader.at
    const body = reader.at
    if (id === section.type) checkTypes(reader)
    else if (id === section.import) checkImports(reader)
    else if (id === section.code) checkCode(reader)
    const memory = id === section.memory ? capMemory(reader, pages) : undefined
    parts.push(memory ?? bytes.subarray(start, end))
    if (reader.at > end)
      throw new Fault('app/not-wasm', 'A section is longer than it says.', { id })
    reader.skip(body + (end - body) - reader.at)
  }
  return join(parts)
}

function checkHeader(bytes: Uint8Array): void {
  if (MAGIC.some((byte, at) => bytes[at] !== byte))
    throw new Fault('app/not-wasm', 'The app is not a WebAssembly module.')
  if (VERSION_1.some((byte, at) => bytes[at + 4] !== byte))
    throw new Fault('app/not-wasm', 'The app is a component, not a core module.')
}

const FUNCTION = 0x60

/** Only function types: the others live in a heap that no cap covers. */
function checkTypes(reader: Reader): void {
  for (let left = reader.leb(); left > 0; left--) {
    if (reader.byte() !== FUNCTION)
      throw new Fault('app/bad-import', 'The module uses garbage collection.')
    for (const _ of ['parameters', 'results'])
      for (let types = reader.leb(); types > 0; types--) reader.skipLeb()
  }
}

function checkImports(reader: Reader): void {
  for (let left = reader.leb(); left > 0; left--) {
    const module = reader.text()
    const name = reader.text()
    if (module !== HOST || reader.byte() !== 0)
      throw new Fault('app/bad-import', `The module imports ${module}.${name}.`, { module, name })
    reader.skipLeb()
  }
}

const HAS_MAX = 1
const SHARED = 2
const WIDE = 4

function capMemory(reader: Reader, pages: number): Uint8Array | undefined {
  const count = reader.leb()
  if (count === 0) return undefined
  const flags = reader.byte()
  if (count > 1) throw new Fault('app/bad-import', 'The module has more than one memory.')
  if ((flags & SHARED) !== 0) throw new Fault('app/bad-import', 'The module shares its memory.')
  if ((flags & WIDE) !== 0) throw new Fault('app/bad-import', 'The module has a 64-bit memory.')
  if (flags > HAS_MAX) throw new Fault('app/bad-import', 'The module has an unusual memory.')
  const least = reader.leb()
  const most = flags === HAS_MAX ? Math.min(reader.leb(), pages) : pages
  if (least > pages)
    throw new Fault('app/out-of-memory', `The module starts with ${least * PAGE} bytes.`, {
      memoryBytes: pages * PAGE,
    })
  const body = [1, HAS_MAX, ...leb(least), ...leb(most)]
  return Uint8Array.from([section.memory, ...leb(body.length), ...body])
}

function checkCode(reader: Reader): void {
  for (let left = reader.leb(); left > 0; left--) {
    const end = reader.leb() + reader.at
    for (let locals = reader.leb(); locals > 0; locals--) {
      reader.skipLeb()
      reader.skipLeb()
    }
    walk(reader, end)
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
