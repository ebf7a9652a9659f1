import { zeroHash } from 'viem'
import { expect, test } from 'vitest'
import * as Course from './course.ts'
import { encode } from './tag.ts'

const contestable = encode(['contestable'])
const term = { tag: Course.withLife(contestable, 3), startTime: 1_000n, timeRef: 10n }

test('a tag says how long a deal lives, beside its other switches', () => {
  expect(Course.lifeOf(term.tag)).toBe(3n)
  expect(Course.isContestable(term.tag)).toBe(true)
  expect(Course.withLife(term.tag, 0)).toBe(contestable)
  expect(Course.isContestable(Course.withLife(zeroHash, 255))).toBe(false)
  for (const life of [-1, 256, 0.5, Number.NaN])
    expect(() => Course.withLife(zeroHash, life)).toThrow(/cannot live/)
})

test('a task starts when it is begun, at the latest at the end of the deal’s life', () => {
  expect(Course.startOf(term, 1_250n)).toBe(1_250n)
  expect(Course.startOf(term, 9_999n)).toBe(1_300n)
  expect(Course.startOf({ ...term, tag: contestable }, 1_050n)).toBe(1_000n)
})

test('a contest asks for four times what the contested votes weigh', () => {
  expect(Course.trustAfter(2n)).toBe(8n)
  expect(Course.trustAfter(2n ** 60n)).toBe(2n ** 48n - 1n)
})

test('five prices answer for a result that can be contested, or more if the pool asks for it', () => {
  expect(Course.stakePercent(zeroHash, 30n)).toBe(30n)
  expect(Course.stakePercent(contestable, 30n)).toBe(500n)
  expect(Course.stakePercent(contestable, 600n)).toBe(600n)
  expect(Course.graceOf(term)).toBe(20n)
  expect(Course.graceOf({ ...term, tag: zeroHash })).toBe(0n)
})
