/** Reader: a cursor over the binary format of WebAssembly. */
import { Fault } from './fault.ts'

export type Reader = ReturnType<typeof openReader>

/** Starts reading `bytes`. Reading past the end throws `app/not-wasm`. */
export function openReader(bytes: Uint8Array) {
  let at = 0
  const byte = (): number => {
    const value = bytes[at]
    if (value === undefined)
      throw new Fault('app/not-wasm', 'The module ends in the middle of something.', { at })
    at++
    return value
  }
  const reader = {
    get at() {
      return at
    },
    byte,
    peek: () => bytes[at] ?? 0,
    skip(count: number) {
      at += count
      if (at > bytes.length)
        throw new Fault('app/not-wasm', 'The module ends in the middle of something.', { at })
    },
    /** An unsigned LEB128 number of up to 32 bits. */
    leb(): number {
      let value = 0
      for (let shift = 0; shift < 35; shift += 7) {
        const next = byte()
        value += (next & 0x7f) * 2 ** shift
        if (next < 0x80) return value
      }
      throw new Fault('app/not-wasm', 'A number in the module is too long.', { at })
    },
    /** Passes over a LEB128 number of any sign and width. */
    skipLeb() {
      while (byte() >= 0x80);
    },
    text(): string {
      const length = reader.leb()
      const start = at
      reader.skip(length)
      return new TextDecoder().decode(bytes.subarray(start, at))
    },
  }
  return reader
}

/** Writes an unsigned LEB128 number. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...leb(Math.floor(value / 0x80))]
}
