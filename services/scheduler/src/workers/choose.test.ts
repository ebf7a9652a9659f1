import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choose, enough, type Opening, outstanding, suits } from './choose.ts'
import type { Lease } from './lease.ts'

const [ann, bob, cid, dan] = [anAddress(1), anAddress(2), anAddress(3), anAddress(4)]
const [right, wrong] = [someBytes32(1), someBytes32(2)]

const aTask = (over: Partial<Opening> = {}): Opening => ({
  taskId: someBytes32(7),
  trust: 5n,
  appType: 'WASI',
  enclave: false,
  votes: [],
  ballots: [],
  belief: undefined,
  rejected: [],
  leases: [],
  contributionDeadline: 100n,
  ...over,
})

const aLease = (worker: Lease['worker'], over: Partial<Lease> = {}): Lease => ({
  leaseId: crypto.randomUUID(),
  taskId: someBytes32(7),
  worker,
  state: 'held',
  weight: 2n,
  grantedAt: 0,
  expiresAt: 30_000,
  endedAt: undefined,
  phase: undefined,
  percent: undefined,
  failure: undefined,
  ...over,
})
const lost = (worker: Lease['worker'], endedAt: number) =>
  aLease(worker, { state: 'expired', endedAt })
const vote = (worker: Lease['worker'], resultHash = right) => ({ worker, resultHash, weight: 2n })
const wasi = (worker: Lease['worker']) => ({ worker, appTypes: ['WASI'] })

describe('how many workers a task gets', () => {
  test('one is enough at trust 0, 1 and below 2', () => {
    for (const trust of [0n, 1n]) expect(enough(aTask({ trust, leases: [aLease(ann)] }))).toBe(true)
  })
  test('trust 5 takes three newcomers', () => {
    expect(enough(aTask({ leases: [aLease(ann), aLease(bob)] }))).toBe(false)
    expect(enough(aTask({ leases: [aLease(ann), aLease(bob), aLease(cid)] }))).toBe(true)
  })
  test('a dissenting vote takes one more', () => {
    const votes = [vote(dan, wrong)]
    const three = [aLease(ann), aLease(bob), aLease(cid)]
    expect(enough(aTask({ votes: [...votes, vote(ann), vote(bob)], leases: [aLease(cid)] }))).toBe(
      false,
    )
    expect(
      enough(aTask({ trust: 3n, votes: [...votes, vote(ann), vote(bob)], leases: three })),
    ).toBe(true)
  })
  test('a known worker counts for many', () => {
    expect(enough(aTask({ leases: [aLease(ann, { weight: 9n })] }))).toBe(true)
  })
  test('a silent worker does not count', () => {
    const leases = [aLease(ann), aLease(bob), lost(cid, 10)]
    expect(enough(aTask({ leases }))).toBe(false)
  })
  test('a worker that takes too long is not hoped for, and may still come', () => {
    const leases = [aLease(ann), aLease(bob), aLease(cid)]
    const slow = leases.slice(0, 1).map(({ leaseId }) => leaseId)
    expect(enough(aTask({ leases, slow }))).toBe(false)
    expect(enough(aTask({ leases: [...leases, aLease(dan)], slow }))).toBe(true)
    expect(outstanding(aTask({ leases, slow }))).toHaveLength(3)
  })
  test('a worker that contributed counts once, by its vote', () => {
    const task = aTask({ votes: [vote(ann)], leases: [aLease(ann), aLease(bob), aLease(cid)] })
    expect(outstanding(task).map(({ worker }) => worker)).toEqual([bob, cid])
    expect(enough(task)).toBe(true)
  })
  test('a worker that was thrown out is not waited for', () => {
    const task = aTask({ trust: 1n, rejected: [ann], leases: [aLease(ann)] })
    expect(outstanding(task)).toEqual([])
    expect(enough(task)).toBe(false)
  })
  test('never more than the chain takes', () => {
    const votes = Array.from({ length: 20 }, (_, n) => vote(anAddress(n + 1), someBytes32(n + 1)))
    const rejected = Array.from({ length: 11 }, (_, n) => anAddress(n + 100))
    expect(enough(aTask({ trust: 1_000n, votes, rejected }))).toBe(false)
    expect(enough(aTask({ trust: 1_000n, votes, rejected, leases: [aLease(anAddress(99))] }))).toBe(
      true,
    )
    expect(enough(aTask({ trust: 1_000n, votes, rejected: [...rejected, anAddress(99)] }))).toBe(
      true,
    )
  })
  test('asks once more when the votes seem to suffice and the chain disagrees', () => {
    expect(enough(aTask({ votes: [vote(ann), vote(bob), vote(cid)] }))).toBe(false)
  })
})

describe('whom a task suits', () => {
  test('not a worker that cannot run its app', () => {
    expect(suits({ worker: ann, appTypes: ['DOCKER'] }, aTask(), 0)).toBe(false)
  })
  test('not a worker that voted, was rejected, or is at it', () => {
    expect(suits(wasi(ann), aTask({ votes: [vote(ann)] }), 0)).toBe(false)
    expect(suits(wasi(ann), aTask({ rejected: [ann] }), 0)).toBe(false)
    expect(suits(wasi(ann), aTask({ leases: [aLease(ann)] }), 0)).toBe(false)
    expect(suits(wasi(bob), aTask({ leases: [aLease(ann)] }), 0)).toBe(true)
  })
  test('a worker that lost it only after a pause, and not for ever', () => {
    const once = aTask({ leases: [lost(ann, 1_000)] })
    expect(suits(wasi(ann), once, 5_999)).toBe(false)
    expect(suits(wasi(ann), once, 6_000)).toBe(true)
    const thrice = aTask({ leases: [lost(ann, 1), lost(ann, 2), lost(ann, 3)] })
    expect(suits(wasi(ann), thrice, 1_000_000)).toBe(false)
  })
})

test('finishes what is begun before it begins more, and the urgent first', () => {
  const late = aTask({ taskId: someBytes32(1), contributionDeadline: 900n })
  const soon = aTask({ taskId: someBytes32(2), contributionDeadline: 100n })
  const begun = aTask({ taskId: someBytes32(3), contributionDeadline: 900n, votes: [vote(bob)] })
  const full = aTask({ taskId: someBytes32(4), trust: 1n, leases: [aLease(bob)] })
  expect(choose(wasi(ann), [late, soon, begun, full], 0)).toEqual([begun, soon, late])
})

test('property: agreeing workers are never more than the trust needs, and never too few', () => {
  return fc.assert(
    fc.property(fc.bigInt(0n, 1_000_000n), fc.integer({ min: 1, max: 12 }), (trust, score) => {
      const leases: Lease[] = []
      const weight = BigInt(score + 1)
      for (let n = 1; !enough(aTask({ trust, leases })) && n < 64; n++)
        leases.push(aLease(anAddress(n), { weight }))
      const group = weight ** BigInt(leases.length)
      const asked = trust > 1n ? trust : 1n
      expect(group * asked > (1n + group) * (asked - 1n)).toBe(true)
      const less = weight ** BigInt(leases.length - 1)
      if (leases.length > 1) expect(less * asked > (1n + less) * (asked - 1n)).toBe(false)
    }),
  )
})
