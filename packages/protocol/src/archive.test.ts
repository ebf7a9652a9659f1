import fc from 'fast-check'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { keccak256 } from 'viem'
import { expect, test } from 'vitest'
import * as Archive from './archive.ts'
import { AppError } from './errors.ts'

const files = new Map([
  ['dir/b.bin', Uint8Array.from({ length: 1_000 }, (_, at) => at % 7)],
  ['2', strToU8('two')],
  ['10', strToU8('ten')],
  ['é.txt', strToU8('accents')],
  ['__proto__', strToU8('a name like any other')],
  ['empty', new Uint8Array()],
])

function refusal(bytes: Uint8Array, most?: Archive.Limits): string {
  try {
    Archive.unzip(bytes, most)
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'accepted'
}

/** Replaces the text `from` wherever it stands; both must be equally long. */
function patched(bytes: Uint8Array, from: string, to: string): Uint8Array {
  return Uint8Array.from(
    Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1'),
  )
}

/** Writes 32 bits at `offset` of the first central entry. */
function inDirectory(bytes: Uint8Array, offset: number, value: number): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(value, copy.indexOf('PK\x01\x02', 0, 'latin1') + offset)
  return Uint8Array.from(copy)
}

test('gives back what it packed, sorted by name', () => {
  const read = Archive.unzip(Archive.zip(files))
  expect([...read.keys()]).toEqual([...files.keys()].sort())
  for (const [path, bytes] of files) expect(read.get(path)).toEqual(bytes)
})

test('packs to the same bytes on every machine and in every order', () => {
  const bytes = Archive.zip(files)
  expect(Archive.zip(new Map([...files].reverse()))).toEqual(bytes)
  expect(keccak256(bytes)).toMatchInlineSnapshot(
    `"0xb820b0d3c2b4801d8061c1740d8a2762f9977cb0babffd49bf267e4912c04708"`,
  )
})

test('is readable by another implementation, and reads what that one writes', () => {
  const plain = new Map([...files].filter(([path]) => path !== '__proto__'))
  const theirs = unzipSync(Archive.zip(plain))
  for (const [path, bytes] of plain) expect(theirs[path]).toEqual(bytes)
  const read = Archive.unzip(zipSync({ a: { b: [strToU8('x'), { level: 9 }] } }))
  expect([...read.keys()]).toEqual(['a/b'])
})

test('refuses names that leave the folder', () => {
  const one = Archive.zip(new Map([['aaaa/x', strToU8('x')]]))
  for (const name of ['../../', '/etc/x', 'a//b/x', 'C:/win', 'a\\..\\x', '..\\..\\', 'aaa/..'])
    expect(refusal(patched(one, 'aaaa/x', name.padEnd(6).slice(0, 6))), name).toBe('archive/unsafe')
  expect(() => Archive.zip(new Map([['../x', strToU8('x')]]))).toThrow(AppError)
})

test('refuses links and repeated names', () => {
  const link = zipSync({ link: [strToU8('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] })
  expect(refusal(link)).toBe('archive/unsafe')
  const twice = Archive.zip(
    new Map([
      ['a1', strToU8('x')],
      ['a2', strToU8('y')],
    ]),
  )
  expect(refusal(patched(twice, 'a2', 'a1'))).toBe('archive/unsafe')
})

test('stops a bomb before it is unpacked', () => {
  const bomb = Archive.zip(new Map([['zeros', new Uint8Array(50_000_000)]]))
  expect(bomb.length).toBeLessThan(60_000)
  expect(refusal(bomb, { entries: 10, bytes: 1_000_000 })).toBe('archive/too-large')
  const modest = inDirectory(bomb, 24, 1_000)
  expect(refusal(modest, { entries: 10, bytes: 1_000_000 })).toBe('archive/malformed')
  const many = Archive.zip(new Map(Array.from({ length: 20 }, (_, n) => [`${n}`, strToU8('x')])))
  expect(refusal(many, { entries: 10, bytes: 1_000_000 })).toBe('archive/too-large')
})

test('refuses an archive that was altered', () => {
  const bytes = Archive.zip(files)
  expect(refusal(inDirectory(bytes, 16, 1))).toBe('archive/malformed')
  expect(refusal(inDirectory(bytes, 42, 5))).toBe('archive/malformed')
  expect(refusal(inDirectory(bytes, 24, 0x7fff_ffff))).toBe('archive/too-large')
  expect(refusal(bytes.slice(0, -1))).toBe('archive/malformed')
  expect(refusal(new Uint8Array())).toBe('archive/malformed')
})

test('property: whatever files are packed, they come out the same', () => {
  const path = fc.stringMatching(/^[a-z0-9_é]{1,9}(\/[a-z0-9_]{1,9}){0,2}$/)
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(path, fc.uint8Array()), { selector: ([p]) => p }),
      (list) => {
        const read = Archive.unzip(Archive.zip(new Map(list)))
        expect(new Map(read)).toEqual(new Map(list))
      },
    ),
  )
})

test('property: damaged archives fail in words, never otherwise', () => {
  const bytes = Archive.zip(files)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      const copy = bytes.slice()
      copy[at] = value
      expect(refusal(copy)).toMatch(/^accepted$|^archive\//)
    }),
    { numRuns: 500 },
  )
})
