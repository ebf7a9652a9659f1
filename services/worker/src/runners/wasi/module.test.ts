import { describe, expect, test } from 'vitest'
import { Fault } from './fault.ts'
import { cap } from './module.ts'

const text = (value: string) => [value.length, ...new TextEncoder().encode(value)]

/** A module from sections, each its number and its contents. */
function assemble(...sections: readonly (readonly [id: number, ...body: number[]])[]) {
  const body = sections.flatMap(([id, ...bytes]) => [id, bytes.length, ...bytes])
  return Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...body)
}

/** A module whose only function does this. */
function doing(...code: number[]): Uint8Array {
  const body = [0, ...code, 0x0b]
  return assemble([1, 1, 0x60, 0, 0], [3, 1, 0], [5, 1, 0, 1], [10, 1, body.length, ...body])
}

function refusal(bytes: Uint8Array, pages = 16): string {
  try {
    cap(bytes, pages)
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

const memory = (...body: number[]) => assemble([5, ...body])
const imports = (module: string, name: string, kind = 0) =>
  assemble([1, 1, 0x60, 0, 0], [2, 1, ...text(module), ...text(name), kind, 0])

describe('memory', () => {
  test('is capped when the module sets no maximum or a larger one', () => {
    const capped = memory(1, 1, 2, 16)
    expect(cap(memory(1, 0, 2), 16)).toEqual(capped)
    expect(cap(memory(1, 1, 2, 100), 16)).toEqual(capped)
    expect(cap(memory(1, 1, 2, 3), 16)).toEqual(memory(1, 1, 2, 3))
    expect(cap(memory(1, 0, 1), 1_000)).toEqual(memory(1, 1, 1, 0xe8, 0x07))
  })

  test('is refused when it starts too large, or is not of the plain kind', () => {
    expect([
      refusal(memory(1, 0, 17)),
      refusal(memory(1, 3, 1, 1)),
      refusal(memory(1, 4, 1)),
      refusal(memory(1, 8, 1, 0)),
      refusal(memory(2, 0, 1, 0, 1)),
    ]).toMatchInlineSnapshot(`
      [
        "app/out-of-memory: The module starts with 1114112 bytes.",
        "app/bad-import: The module shares its memory.",
        "app/bad-import: The module has a 64-bit memory.",
        "app/bad-import: The module has an unusual memory.",
        "app/bad-import: The module has more than one memory.",
      ]
    `)
  })
})

test('imports are refused unless they are functions of WASI preview 1', () => {
  expect([
    refusal(imports('wasi_snapshot_preview1', 'fd_write')),
    refusal(imports('env', 'abort')),
    refusal(imports('wasi_unstable', 'fd_write')),
    refusal(imports('wasi_snapshot_preview1', 'memory', 2)),
  ]).toMatchInlineSnapshot(`
    [
      "accepted",
      "app/bad-import: The module imports env.abort.",
      "app/bad-import: The module imports wasi_unstable.fd_write.",
      "app/bad-import: The module imports wasi_snapshot_preview1.memory.",
    ]
  `)
})

test('instructions are refused when they may differ between machines', () => {
  expect([
    refusal(doing(0x01)),
    refusal(doing(0xfd, 0x0c, ...new Array(16).fill(0xff), 0x1a)), // v128.const, drop
    refusal(doing(0xfd, 0x80, 0x02)), // i8x16.relaxed_swizzle
    refusal(doing(0xfe, 0x03, 0x00)), // atomic.fence
    refusal(doing(0xfb, 0x00, 0x00)), // struct.new
    refusal(doing(0x06, 0x40, 0x0b)), // try
    refusal(doing(0xfc, 0x13)), // i64.add128
    refusal(doing(0xff)),
    refusal(assemble([1, 1, 0x5f, 0])), // a struct type
  ]).toMatchInlineSnapshot(`
    [
      "accepted",
      "accepted",
      "app/bad-import: The module uses relaxed SIMD, which is not the same on every processor.",
      "app/bad-import: The module uses threads.",
      "app/bad-import: The module uses garbage collection.",
      "app/bad-import: The module uses the old form of exceptions.",
      "app/bad-import: The module uses wide arithmetic.",
      "app/bad-import: The module uses the instruction 0xff.",
      "app/bad-import: The module uses garbage collection.",
    ]
  `)
})

test('bytes that look like refused instructions are fine as constants', () => {
  expect(refusal(doing(0x41, 0xfe, 0x01, 0x1a))).toBe('accepted')
  expect(refusal(doing(0x44, 0xfe, 0xfb, 0xff, 6, 6, 6, 6, 6, 0x1a))).toBe('accepted')
  expect(refusal(doing(0x02, 0x40, 0x41, 0, 0x0e, 2, 0, 0, 0, 0x0b))).toBe('accepted') // br_table
})

test('property: damaged modules are refused in words, never otherwise', () => {
  const whole = doing(0x02, 0x40, 0x41, 0, 0x0e, 2, 0, 0, 0, 0x0b)
  for (let at = 0; at < whole.length; at++)
    for (let value = 0; value < 256; value += 5) {
      const copy = whole.slice()
      copy[at] = value
      expect(refusal(copy)).toMatch(/^accepted$|^app\//)
    }
  expect(refusal(whole.slice(0, -1))).toMatch(/^app\/not-wasm/)
})
