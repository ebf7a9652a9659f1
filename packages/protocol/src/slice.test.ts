import fc from 'fast-check'
import { concat, type Hex, keccak256, numberToHex } from 'viem'
import { expect, test } from 'vitest'
import * as Slice from './slice.ts'

const digestsOf = (count: number): Hex[] =>
  Array.from({ length: count }, (_, n) => keccak256(numberToHex(n)))

/** What the chain does with a proof. */
const climb = (leaf: Hex, proof: readonly Hex[]): Hex =>
  proof.reduce((a, b) => keccak256(concat(BigInt(a) < BigInt(b) ? [a, b] : [b, a])), leaf)

test('a slice of one task has the task’s leaf for a root, and nothing to prove it with', () => {
  const digests = digestsOf(1)
  expect(Slice.root(7n, digests)).toBe(Slice.leaf(7n, digests[0] as Hex))
  expect(Slice.proof(7n, digests, 0)).toEqual([])
})

test('an odd task moves up unchanged', () => {
  const digests = digestsOf(3)
  expect(Slice.proof(0n, digests, 2)).toHaveLength(1)
  expect(Slice.proof(0n, digests, 0)).toHaveLength(2)
})

test('a bound slice commits to its bytes, and a task’s proof ends with their leaf', () => {
  const digests = digestsOf(3)
  const results = '0x1234'
  const bound = Slice.bind(Slice.root(0n, digests), results)
  const proof = [...Slice.proof(0n, digests, 1), Slice.resultsLeaf(results)]
  expect(climb(Slice.leaf(1n, digests[1] as Hex), proof)).toBe(bound)
  expect(Slice.bind(Slice.root(0n, digests), '0x1235')).not.toBe(bound)
})

test('no slice is empty', () => {
  expect(() => Slice.root(0n, [])).toThrow(RangeError)
})

test('property: every task’s proof leads to the root, and no other digest’s does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70 }),
      fc.nat(),
      fc.bigInt(0n, 9n),
      (count, any, first) => {
        const digests = digestsOf(count)
        const position = any % count
        const index = first + BigInt(position)
        const proof = Slice.proof(first, digests, position)
        const root = Slice.root(first, digests)
        expect(climb(Slice.leaf(index, digests[position] as Hex), proof)).toBe(root)
        expect(climb(Slice.leaf(index, keccak256('0xbad0')), proof)).not.toBe(root)
      },
    ),
  )
})
