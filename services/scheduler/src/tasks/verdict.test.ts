import { doubtOf } from '@traboule/protocol/credibility'
import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import fc from 'fast-check'
import type { Address } from 'viem'
import { describe, expect, test } from 'vitest'
import { enough, type Opening } from '../workers/choose.ts'
import type { Ballot } from './ballots.ts'
import { verdict } from './verdict.ts'

const [ann, bob, cid, dan] = [anAddress(1), anAddress(2), anAddress(3), anAddress(4)]
const [right, wrong] = [someBytes32(1), someBytes32(2)]
const taskId = someBytes32(7)
const policy = { saboteurs: 0.2, checking: 0.1, blacklisting: true }

/** Everybody has the score to decide a task of trust 50 alone, on chain. */
const ballot = (worker: Address, over: Partial<Ballot> = {}): Ballot => ({
  ...{ taskId, worker, resultHash: right, resultSeal: '0x', workerSign: '0x' },
  ...{ authorizationSign: '0x', weight: 99n, handedIn: 0, ...over },
})

type Known = Readonly<{ checks?: Record<Address, number>; barred?: readonly Address[] }>

const belief = ({ checks = {}, barred = [] }: Known = {}, over: object = {}) => ({
  doubtOf: (worker: Address) => doubtOf(checks[worker] ?? 0, policy),
  isBarred: (worker: Address) => barred.includes(worker),
  checked: false,
  strict: true,
  ...over,
})

const aTask = (over: Partial<Opening> = {}): Opening => ({
  ...{ taskId, trust: 50n, appType: 'WASI', enclave: false, votes: [], ballots: [] },
  ...{ belief: belief(), rejected: [], leases: [], contributionDeadline: 100n, ...over },
})

const sent = (task: Opening, nowMs = 0) => verdict(task, nowMs)?.send.map(({ worker }) => worker)

describe('when ballots are sent', () => {
  test('not by reputation alone: three who were never checked, though the chain believes one', () => {
    expect(sent(aTask({ ballots: [ballot(ann)] }))).toBeUndefined()
    expect(sent(aTask({ ballots: [ballot(ann), ballot(bob)] }))).toBeUndefined()
    expect(sent(aTask({ ballots: [ballot(ann), ballot(bob), ballot(cid)] }))).toEqual([ann])
  })
  test('one who passed enough checks is enough', () => {
    const known = belief({ checks: { [ann]: 5 } })
    expect(sent(aTask({ ballots: [ballot(ann)], belief: known }))).toEqual([ann])
  })
  test('whoever was caught counts for nothing', () => {
    const known = belief({ checks: { [ann]: 500 }, barred: [ann] })
    expect(sent(aTask({ ballots: [ballot(ann)], belief: known }))).toBeUndefined()
  })
  test('the chain’s word is enough when time runs short', () => {
    const hasty = belief({}, { strict: false })
    expect(sent(aTask({ ballots: [ballot(ann)], belief: hasty }))).toEqual([ann])
  })
  test('never more than the chain believes: newcomers who agree are as many as it asks', () => {
    const known = belief({ checks: { [ann]: 500 } })
    const light = [ann, bob, cid].map((worker) => ballot(worker, { weight: 2n }))
    expect(sent(aTask({ trust: 10n, ballots: light, belief: known }))).toBeUndefined()
    expect(sent(aTask({ trust: 8n, ballots: light, belief: known }))).toEqual([ann, bob, cid])
  })
})

describe('a task that is a check', () => {
  const checks = { [ann]: 5, [bob]: 0 }
  const check = belief({ checks }, { checked: true })
  test('waits for one more worker, and tells whether it was right', () => {
    expect(sent(aTask({ ballots: [ballot(ann)], belief: check }))).toBeUndefined()
    expect(enough(aTask({ ballots: [ballot(ann)], belief: check }))).toBe(false)
    const both = verdict(aTask({ ballots: [ballot(ann), ballot(bob)], belief: check }), 0)
    expect(both?.lesson).toEqual({ passed: [bob], failed: [] })
  })
  test('catches a sleeper, whom the chain would believe at once', () => {
    const lie = ballot(bob, { resultHash: wrong })
    const both = verdict(aTask({ ballots: [ballot(ann), lie], belief: check }), 0)
    expect(both).toBeUndefined() // five checks against a stranger: one more is asked
    const known = belief({ checks: { [ann]: 50 } }, { checked: true })
    const caught = verdict(aTask({ ballots: [lie, ballot(ann), ballot(cid)], belief: known }), 0)
    expect(caught).toMatchObject({ resultHash: right, lesson: { failed: [bob] } })
  })
  test('does not wait for ever where nobody else comes', () => {
    expect(sent(aTask({ ballots: [ballot(ann)], belief: check }), 5_000)).toEqual([ann])
  })
})

test('a dissenter goes first, to pay for it, but never where its weight would decide', () => {
  const lie = ballot(dan, { resultHash: wrong, weight: 2n })
  const agreeing = [ballot(ann), ballot(bob), ballot(cid), ballot(anAddress(5))]
  expect(sent(aTask({ trust: 20n, ballots: [...agreeing, lie] }))?.[0]).toBe(dan)
  const heavy = ballot(dan, { resultHash: wrong })
  expect(sent(aTask({ trust: 20n, ballots: [...agreeing, heavy] }))).not.toContain(dan)
})

test('sends no ballot again that the chain threw out for not being opened', () => {
  const light = [ann, bob, cid, dan].map((worker) => ballot(worker, { weight: 2n }))
  const reopened = aTask({ trust: 8n, ballots: light, rejected: [ann] })
  expect(sent(reopened)).toEqual([bob, cid, dan])
})

const anyBallots = fc.array(
  fc.record({
    resultHash: fc.constantFrom(right, wrong, someBytes32(3)),
    weight: fc.bigInt(2n, 120n),
    checks: fc.nat(30),
  }),
  { maxLength: 10 },
)

test('property: what is sent is agreed on by its last vote, and for no other result before', () => {
  fc.assert(
    fc.property(anyBallots, fc.bigInt(1n, 500n), (all, trust) => {
      const ballots = all.map((each, n) => ballot(anAddress(n + 1), each))
      const checks = Object.fromEntries(all.map((each, n) => [anAddress(n + 1), each.checks]))
      const found = verdict(aTask({ trust, ballots, belief: belief({ checks }) }), 0)
      if (!found) return
      const groups = new Map<string, bigint>()
      for (const [n, { resultHash, weight }] of found.send.entries()) {
        groups.set(resultHash, (groups.get(resultHash) ?? 1n) * weight)
        const total = [...groups.values()].reduce((sum, group) => sum + group, 1n)
        const isReached = (groups.get(resultHash) ?? 0n) * trust > total * (trust - 1n)
        expect(isReached).toBe(n === found.send.length - 1)
      }
      expect(found.send.at(-1)?.resultHash).toBe(found.resultHash)
      expect(found.doubt).toBeLessThanOrEqual(trust > 1n ? 1 / Number(trust) : 1)
    }),
  )
})
