import { createHash, randomBytes } from 'node:crypto'
import type { Secret } from '@traboule/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVault, type Sealed } from './vault.ts'

const key = (n: number) => new Uint8Array(createHash('sha256').update(`key ${n}`).digest())
const vault = createVault([key(1)], randomBytes)
const owner = '0x748E091bf16048cb5103E0E10F9D5a8b7fBDd860'
const place: Secret.Place = { kind: 'user', owner, name: 'a name' }
const unreadable = expect.objectContaining({ code: 'secret/unreadable' })

test('property: opens what it sealed, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, name) => {
      const at = { ...place, name }
      expect(vault.open(at, vault.seal(at, value))).toBe(value)
    }),
  )
})

test('seals the same value differently each time, and shows nothing of it', () => {
  const [one, two] = [vault.seal(place, 'hunter2'), vault.seal(place, 'hunter2')]
  expect(one.sealed).not.toBe(two.sealed)
  expect(one.wrappedKey).not.toBe(two.wrappedKey)
  expect(Buffer.from(one.sealed, 'base64').toString('latin1')).not.toContain('hunter2')
})

test.each([
  ['kind', { ...place, kind: 'requester' as const }],
  ['owner', { ...place, owner: '0x748E091bf16048cb5103E0E10F9D5a8b7fBDd861' as const }],
  ['name', { ...place, name: 'another' }],
])('does not open a record that was copied to another %s', (_, other) => {
  expect(() => vault.open(other, vault.seal(place, 'x'))).toThrow(unreadable)
})

test('does not open a value under another record’s key', () => {
  const [one, two] = [vault.seal(place, '1'), vault.seal(place, '2')]
  expect(() => vault.open(place, { ...one, sealed: two.sealed })).toThrow(unreadable)
  expect(() => vault.open(place, { ...one, wrappedKey: two.wrappedKey })).toThrow(unreadable)
})

test('property: does not open what was altered or cut anywhere', () => {
  const record = vault.seal(place, 'a value')
  const fields = fc.constantFrom<'sealed' | 'wrappedKey'>('sealed', 'wrappedKey')
  fc.assert(
    fc.property(fields, fc.nat(), fc.integer({ min: 1, max: 255 }), (field, where, by) => {
      const bytes = Buffer.from(record[field], 'base64')
      const at = where % bytes.length
      const altered = Buffer.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ by
      const change = (to: Buffer): Sealed => ({ ...record, [field]: to.toString('base64') })
      expect(() => vault.open(place, change(altered))).toThrow(unreadable)
      expect(() => vault.open(place, change(bytes.subarray(0, at)))).toThrow(unreadable)
    }),
  )
})

test('does not open with another master key, even under the same name', () => {
  const record = vault.seal(place, 'x')
  const other = createVault([key(2)], randomBytes)
  expect(() => other.open(place, record)).toThrow(unreadable)
  expect(() => other.open(place, { ...record, keyId: other.keyId })).toThrow(unreadable)
})

test('goes over to a newer master key, after which the older one is not needed', () => {
  const record = vault.seal(place, 'x')
  const both = createVault([key(2), key(1)], randomBytes)
  expect(both.open(place, record)).toBe('x')
  const newer = both.rewrap(place, record)
  expect(createVault([key(2)], randomBytes).open(place, newer)).toBe('x')
  expect(() => vault.open(place, newer)).toThrow(unreadable)
})

test('marks depend on the key, and survive a rotation', () => {
  expect(vault.mark('a')).toBe(vault.mark('a'))
  expect(vault.mark('a')).not.toBe(vault.mark('b'))
  expect(createVault([key(2)], randomBytes).mark('a')).not.toBe(vault.mark('a'))
  expect(createVault([key(2), key(1)], randomBytes).mark('a')).toBe(vault.mark('a'))
})
