import { expect, test } from 'vitest'
import * as Salt from './salt.ts'
import { anAddress, someBytes32 } from './testing.ts'

test('a plain salt has no terms and belongs to epoch 0', () => {
  expect(Salt.read(someBytes32(7))).toEqual({ epoch: 0n })
})

test('terms survive being written into a salt', () => {
  const matcher = anAddress(0xabc)
  const unique = Uint8Array.of(1, 2, 3)
  const salt = Salt.write({ expiry: 1_800_000_000n, epoch: 9n, matcher, unique })
  expect(salt).toBe('0x7472626c76303031006b49d20000090000000000000000000000000abc010203')
  expect(Salt.read(salt)).toEqual({
    expiry: 1_800_000_000n,
    epoch: 9n,
    matcher: `0x${matcher.slice(-28)}`,
  })
})
