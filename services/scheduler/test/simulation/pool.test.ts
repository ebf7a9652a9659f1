/** A whole pool in memory: hours of workers of every kind, decided upon second by second. */
import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import fc from 'fast-check'
import { type Address, type Hex, keccak256, zeroHash } from 'viem'
import { expect, test } from 'vitest'
import { type Action, decide, situation } from '../../src/tasks/decide.ts'
import { conflicting, proofs } from '../../src/tasks/progress.ts'
import { choose, enough, type Opening } from '../../src/workers/choose.ts'
import type { Lease } from '../../src/workers/lease.ts'
import { openTask, type SimulatedTask } from './hub.ts'

/** How a worker behaves, and how many seconds it computes. */
type Nature = 'honest' | 'liar' | 'silent' | 'vanishes before revealing' | 'never uploads'
type Member = Readonly<{ worker: Address; nature: Nature; seconds: number }>

const term = { tag: zeroHash, startTime: 1_000n, timeRef: 60n }
const LEASE = 30
/** Seconds between two looks at the chain. */
const STEP = 2n
const truth = (taskId: Hex) => keccak256(taskId)
const lie = (taskId: Hex, worker: Address) => keccak256(`${taskId}${worker.slice(2)}`)

/** Runs a bag until nothing is open; returns the tasks and every lease given. */
function play(members: readonly Member[], bag: number, trust: bigint) {
  const tasks = Array.from({ length: bag }, (_, n) =>
    openTask({ ...term, taskId: someBytes32(n + 1), trust }),
  )
  const leases = new Map<Hex, Lease[]>(tasks.map(({ taskId }) => [taskId, []]))
  const uploaded = new Set<Hex>()
  const actions: Action['do'][] = []

  const openingOf = (task: SimulatedTask): Opening => ({
    taskId: task.taskId,
    trust,
    enclave: false,
    appType: 'WASI',
    votes: task.state().votes.map((vote) => ({ ...vote, weight: 2n })),
    ballots: [],
    belief: undefined,
    rejected: task.state().rejected,
    leases: leases.get(task.taskId) ?? [],
    contributionDeadline: 0n,
  })
  const change = (lease: Lease, to: Partial<Lease>) => {
    const others = leases.get(lease.taskId)?.filter((each) => each !== lease) ?? []
    leases.set(lease.taskId, [...others, { ...lease, ...to }])
  }
  const next = (task: SimulatedTask, now: bigint) => {
    const more = { ours: true, uploaded: uploaded.has(task.taskId) }
    return decide(situation(term, task.state(), more), now)
  }

  /** The scheduler's second. */
  const tend = (now: bigint) => {
    for (const lease of [...leases.values()].flat())
      if (lease.state === 'held' && lease.expiresAt <= Number(now) * 1000)
        change(lease, { state: 'expired', endedAt: Number(now) * 1000 })
    for (const task of tasks) {
      const action = next(task, now)
      actions.push(action.do)
      if (action.do === 'initialize') expect(task.initialize(now)).toBe(true)
      if (action.do === 'reopen') expect(task.reopen(now)).toBe(true)
      if (action.do === 'finalize') expect(task.finalize(now)).toBe(true)
      if (action.do === 'claim') expect(task.claim(now)).toBe(true)
    }
  }

  /** One worker's second. */
  const work = ({ worker, nature, seconds }: Member, now: bigint) => {
    const nowMs = Number(now) * 1000
    for (const task of tasks) {
      const mine = leases.get(task.taskId)?.find((l) => l.worker === worker && l.state === 'held')
      const digest = nature === 'liar' ? lie(task.taskId, worker) : truth(task.taskId)
      if (mine && nature !== 'silent' && nowMs >= mine.grantedAt + seconds * 1000)
        task.contribute(worker, digest, now)
      const proved = task.state().proofs.some((proof) => proof.worker === worker)
      if (nature !== 'vanishes before revealing' && !proved && task.reveal(worker, digest, now))
        if (nature !== 'never uploads') uploaded.add(task.taskId)
    }
    const caught = tasks.some((task) => conflicting(task.state()).includes(worker))
    if (caught) return
    const open = tasks.filter((task) => next(task, now).do === 'recruit').map(openingOf)
    const [chosen] = choose({ worker, appTypes: ['WASI'] }, open, nowMs)
    if (!chosen) return
    expect(enough(chosen)).toBe(false)
    const lease: Lease = {
      leaseId: '',
      taskId: chosen.taskId,
      worker,
      state: 'held',
      weight: 2n,
      grantedAt: nowMs,
      expiresAt: nowMs + (nature === 'silent' ? LEASE : 60) * 1000,
      endedAt: undefined,
      phase: undefined,
      percent: undefined,
      failure: undefined,
    }
    leases.get(chosen.taskId)?.push(lease)
  }

  for (let now = term.startTime; now < term.startTime + 10n * term.timeRef; now += STEP) {
    tend(now)
    for (const member of members) work(member, now)
  }
  tend(term.startTime + 10n * term.timeRef)
  return { tasks, actions, leases: [...leases.values()].flat() }
}

const natures: readonly Nature[] = [
  'honest',
  'honest',
  'honest',
  'liar',
  'silent',
  'vanishes before revealing',
  'never uploads',
]
const anyMembers = fc
  .array(
    fc.record({ nature: fc.constantFrom(...natures), seconds: fc.integer({ min: 0, max: 40 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((members) => members.map((member, n) => ({ ...member, worker: anAddress(n + 1) })))

// From trust 3 on one vote is not enough, and the liars here do not agree with each other.
test('property: every task ends, truthfully or refunded, and no step is refused by the chain', () => {
  return fc.assert(
    fc.property(
      anyMembers,
      fc.integer({ min: 1, max: 6 }),
      fc.bigInt(3n, 40n),
      (members, bag, trust) => {
        const { tasks } = play(members, bag, trust)
        for (const task of tasks) {
          const progress = task.state()
          expect(['completed', 'failed']).toContain(progress.status)
          if (progress.status === 'completed')
            expect(proofs(progress)[0]?.digest).toBe(truth(task.taskId))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('property: enough honest workers complete every task, whatever the others do', () => {
  const honest = Array.from({ length: 9 }, (_, n): Member => {
    return { worker: anAddress(100 + n), nature: 'honest', seconds: 5 }
  })
  const others = anyMembers.map((members) => members.slice(0, 3))
  return fc.assert(
    fc.property(others, fc.integer({ min: 1, max: 4 }), (members, bag) => {
      const { tasks } = play([...honest, ...members], bag, 5n)
      expect(tasks.map((task) => task.state().status)).toEqual(tasks.map(() => 'completed'))
    }),
    { numRuns: 25 },
  )
})

test('asks three newcomers for each task at trust 5 when all are honest', () => {
  const members = Array.from({ length: 6 }, (_, n): Member => {
    return { worker: anAddress(n + 1), nature: 'honest', seconds: 3 }
  })
  const { leases, tasks } = play(members, 10, 5n)
  expect(leases).toHaveLength(30)
  expect(tasks.every((task) => task.state().status === 'completed')).toBe(true)
})
