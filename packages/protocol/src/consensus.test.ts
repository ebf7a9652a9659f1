import fc from 'fast-check'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { add, empty, reached, type Vote, weightOf } from './consensus.ts'

const RIGHT: Hex = '0xaa'
const WRONG: Hex = '0xbb'
const tallyOf = (votes: readonly Vote[]) => votes.reduce(add, empty)
const newcomers = (count: number, resultHash: Hex) =>
  Array.from({ length: count }, () => ({ resultHash, weight: 2n }))

test('weighs newcomers 2 until their score is 12, then a third of it less one', () => {
  expect([0n, 11n, 12n, 15n, 30n, 300n].map(weightOf)).toEqual([2n, 2n, 3n, 4n, 9n, 99n])
})

test.each([
  [1, 2n],
  [2, 4n],
  [3, 8n],
  [5, 32n],
  [20, 1_048_576n],
])('%i newcomers who agree carry trust %i and no more', (count, trust) => {
  const tally = tallyOf(newcomers(count, RIGHT))
  expect(reached(tally, RIGHT, trust)).toBe(true)
  expect(reached(tally, RIGHT, trust + 1n)).toBe(false)
})

test.each([
  [3, 3n],
  [4, 6n],
  [5, 11n],
  [10, 342n],
])('%i newcomers against one carry trust %i', (count, trust) => {
  const tally = tallyOf([...newcomers(count, RIGHT), ...newcomers(1, WRONG)])
  expect(reached(tally, RIGHT, trust)).toBe(true)
  expect(reached(tally, RIGHT, trust + 1n)).toBe(false)
})

test('trust 0 asks as little as trust 1: any single answer', () => {
  const tally = tallyOf(newcomers(1, RIGHT))
  expect([reached(tally, RIGHT, 0n), reached(tally, RIGHT, 1n)]).toEqual([true, true])
})

test('nobody has voted for a result that is not there', () => {
  expect(reached(empty, RIGHT, 1n)).toBe(false)
})

const votes = fc.array(
  fc.record({
    resultHash: fc.constantFrom<Hex>('0x01', '0x02', '0x03'),
    weight: fc.bigInt({ min: 2n, max: 99n }),
  }),
  { maxLength: 12 },
)

test('property: the order of votes does not matter', () => {
  fc.assert(
    fc.property(votes, (cast) => {
      const [one, other] = [tallyOf(cast), tallyOf(cast.toReversed())]
      expect(one.total).toBe(other.total)
      expect(new Map(one.groups)).toEqual(new Map(other.groups))
    }),
  )
})

test('property: at most one result can reach a trust above 1', () => {
  fc.assert(
    fc.property(votes, fc.bigInt({ min: 2n, max: 1_000n }), (cast, trust) => {
      const tally = tallyOf(cast)
      const winners = [...tally.groups.keys()].filter((hash) => reached(tally, hash, trust))
      expect(winners.length).toBeLessThanOrEqual(1)
    }),
  )
})

test('property: one more vote for a result never makes it less credible', () => {
  fc.assert(
    fc.property(votes, fc.bigInt({ min: 1n, max: 1_000n }), (cast, trust) => {
      const tally = tallyOf(cast)
      fc.pre(reached(tally, '0x01', trust))
      expect(reached(add(tally, { resultHash: '0x01', weight: 2n }), '0x01', trust)).toBe(true)
    }),
  )
})
