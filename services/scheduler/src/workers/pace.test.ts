import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import { expect, test } from 'vitest'
import type { Lease } from './lease.ts'
import { openPace } from './pace.ts'

const [dealId, other] = [someBytes32(1), someBytes32(2)]

const lease: Lease = {
  ...{ leaseId: 'x', taskId: someBytes32(7), worker: anAddress(1), state: 'held', weight: 2n },
  ...{ grantedAt: 0, expiresAt: 1_000_000, endedAt: undefined, phase: undefined },
  ...{ percent: undefined, failure: undefined },
}

/** A deal whose tasks took these seconds, and a lease that is `age` seconds old. */
function isSlowAt(age: number, seconds: readonly number[], of: Lease = lease): boolean {
  const pace = openPace({ now: () => age * 1_000 })
  for (const each of seconds) pace.note(dealId, each * 1_000)
  return pace.isSlow(dealId, of)
}

test('is late when it takes three times the usual', () => {
  expect(isSlowAt(30, [9, 10, 100])).toBe(false)
  expect(isSlowAt(30.1, [9, 10, 100])).toBe(true)
})

test('nothing is late before it is known what is usual, or where all is quick', () => {
  expect(isSlowAt(900, [10, 10])).toBe(false)
  expect(isSlowAt(5, [1, 1, 1])).toBe(false)
  expect(isSlowAt(5.1, [1, 1, 1])).toBe(true)
})

test('only held leases are late, and only beside their own deal', () => {
  expect(isSlowAt(900, [1, 1, 1], { ...lease, state: 'released' })).toBe(false)
  const pace = openPace({ now: () => 900_000 })
  for (let n = 0; n < 3; n++) pace.note(other, 1_000)
  expect(pace.isSlow(dealId, lease)).toBe(false)
})

test('the latest tasks count', () => {
  expect(isSlowAt(50, [...Array(40).fill(100), ...Array(32).fill(10)])).toBe(true)
})
