/**
 * A pool whose workers hand in votes, in memory and in virtual time, on seeded schedules with faults.
 *
 * The rules under test are the scheduler's own (`choose`, `verdict`, `decide`); leases, ballots and
 * checks are what its rows would be, so that a restart loses nothing here either. `SCHEDULES=10000`
 * plays more; docs/reference/scheduler-invariants.md tells what holds.
 */
import { Contribution } from '@traboule/protocol'
import { doubtOf } from '@traboule/protocol/credibility'
import { anAddress, type Dice, dice, someBytes32 } from '@traboule/protocol/testing'
import { type Address, type Hex, keccak256, zeroHash } from 'viem'
import { expect, test } from 'vitest'
import type { Ballot } from '../../src/tasks/ballots.ts'
import { decide, situation } from '../../src/tasks/decide.ts'
import { verdict } from '../../src/tasks/verdict.ts'
import { choose, enough, type Opening } from '../../src/workers/choose.ts'
import type { Lease } from '../../src/workers/lease.ts'
import { openTask, type SimulatedTask } from './hub.ts'

const SCHEDULES = Number(process.env.SCHEDULES ?? 40)
const term = { tag: zeroHash, startTime: 1_000n, timeRef: 60n }
const LEASE_MS = 30_000
const STEP = 5n
const END = term.startTime + 10n * term.timeRef
const policy = { saboteurs: 0.2, checking: 0.1, blacklisting: true }

const natures = [
  'honest',
  'honest',
  'honest',
  'liar',
  'sleeper',
  'silent',
  'never reveals',
] as const
type Member = Readonly<{
  worker: Address
  nature: (typeof natures)[number]
  seconds: number
  /** On chain. */
  weight: bigint
}>

/** What a schedule does to the scheduler, each with its chance at every step. */
type Faults = Readonly<{ lost: number; behind: number; stopped: number }>

type Plan = Readonly<{ members: readonly Member[]; bag: number; trust: bigint; faults: Faults }>

function planOf({ roll, of }: Dice): Plan {
  const members = Array.from({ length: 3 + of(9) }, (_, n): Member => {
    const nature = natures[of(natures.length)] ?? 'honest'
    const weight = [2n, 2n, 9n, 99n][of(4)] ?? 2n
    return { worker: anAddress(n + 1), nature, seconds: of(40), weight }
  })
  const faults = { lost: roll() * 0.3, behind: roll() * 0.3, stopped: roll() * 0.2 }
  return { members, bag: 1 + of(4), trust: BigInt(1 + of(120)), faults }
}

const truth = (taskId: Hex) => keccak256(taskId)
const lie = (taskId: Hex) => keccak256(truth(taskId))

/** Plays a plan until nothing is open, and expects what must hold at every step. */
function play(plan: Plan, chance: Dice) {
  const { members, trust, faults } = plan
  const weightOf = (worker: Address) => members.find((each) => each.worker === worker)?.weight ?? 2n
  const tasks = Array.from({ length: plan.bag }, (_, n) =>
    openTask({ ...term, taskId: someBytes32(n + 1), trust, weightOf }),
  )
  const leases: Lease[] = []
  const ballots: Ballot[] = []
  const uploaded = new Set<Hex>()
  const checks = new Map<string, Map<Address, boolean>>() // by task, then worker
  const passed = (worker: Address) => [...checks.values()].filter((all) => all.get(worker)).length
  const isBarred = (worker: Address) =>
    [...checks.values()].some((all) => all.get(worker) === false)
  const doubt = (worker: Address) => doubtOf(passed(worker), policy)

  const openingOf = (task: SimulatedTask, now: bigint): Opening => ({
    ...{ taskId: task.taskId, trust, appType: 'WASI', enclave: false },
    votes: task.state().votes.map((vote) => ({ ...vote, weight: weightOf(vote.worker) })),
    ballots: ballots.filter(({ taskId }) => taskId === task.taskId),
    belief: {
      ...{ doubtOf: doubt, isBarred, checked: Number(BigInt(task.taskId)) % 2 === 0 },
      strict: now < term.startTime + 3n * term.timeRef,
    },
    rejected: task.state().rejected,
    leases: leases.filter(({ taskId }) => taskId === task.taskId),
    contributionDeadline: term.startTime + 7n * term.timeRef,
  })
  const next = (task: SimulatedTask, now: bigint) =>
    decide(situation(term, task.state(), { ours: true, uploaded: uploaded.has(task.taskId) }), now)

  const end = (lease: Lease, to: Partial<Lease>) => {
    leases[leases.indexOf(lease)] = { ...lease, ...to }
  }

  function gather(task: SimulatedTask, now: bigint): void {
    const opening = openingOf(task, now)
    const found = verdict(opening, Number(now) * 1000)
    expect(verdict(opening, Number(now) * 1000)).toEqual(found) // deciding again decides the same
    if (!found) return
    if (opening.belief?.strict && trust > 1n)
      expect(found.doubt).toBeLessThanOrEqual(1 / Number(trust))
    const told = new Map(checks.get(task.taskId))
    for (const worker of found.lesson.passed)
      told.set(worker as Address, told.get(worker as Address) ?? true)
    for (const worker of found.lesson.failed) told.set(worker as Address, false)
    checks.set(task.taskId, told)
    for (const lease of leases)
      if (lease.state === 'held' && isBarred(lease.worker))
        end(lease, { state: 'released', endedAt: Number(now) * 1000 })
    if (chance.roll() < faults.lost) return // the transaction never arrives: decided again next time
    for (const [n, { worker, resultHash }] of found.send.entries()) {
      const digest = [truth, lie]
        .map((of) => of(task.taskId))
        .find((each) => Contribution.resultHash(task.taskId, each) === resultHash)
      expect(task.contribute(worker, digest ?? '0x', now)).toBe(true) // all or nothing, on chain
      expect(task.state().status).toBe(n === found.send.length - 1 ? 'revealing' : 'active')
    }
    expect(task.state().agreed?.resultHash).toBe(found.resultHash)
  }

  function tend(now: bigint): void {
    const nowMs = Number(now) * 1000
    for (const lease of leases)
      if (lease.state === 'held' && lease.expiresAt <= nowMs)
        end(lease, { state: 'expired', endedAt: nowMs })
    for (const task of tasks) {
      const action = next(task, now).do
      if (action === 'recruit') gather(task, now)
      else if (action === 'initialize') expect(task.initialize(now)).toBe(true)
      else if (action === 'reopen') expect(task.reopen(now)).toBe(true)
      else if (action === 'finalize') expect(task.finalize(now)).toBe(true)
      else if (action === 'claim') expect(task.claim(now)).toBe(true)
    }
  }

  function ask({ worker, weight, nature, seconds }: Member, now: bigint): void {
    const nowMs = Number(now) * 1000
    if (isBarred(worker)) return
    const open = tasks.filter((task) => next(task, now).do === 'recruit')
    const [chosen] = choose(
      { worker, appTypes: ['WASI'] },
      open.map((task) => openingOf(task, now)),
      nowMs,
    )
    if (!chosen) return
    expect(enough(chosen)).toBe(false)
    const before = leases.filter((each) => each.worker === worker && each.taskId === chosen.taskId)
    expect(before.some(({ state }) => state === 'held')).toBe(false)
    expect(before.length).toBeLessThan(3)
    expect(ballots.some((each) => each.worker === worker && each.taskId === chosen.taskId)).toBe(
      false,
    )
    const lasts = nature === 'silent' ? LEASE_MS : Math.max(LEASE_MS, seconds * 1000 + 10_000)
    leases.push({
      ...{ leaseId: `${leases.length}`, taskId: chosen.taskId, worker, state: 'held', weight },
      ...{ grantedAt: nowMs, expiresAt: nowMs + lasts, endedAt: undefined },
      ...{ phase: undefined, percent: undefined, failure: undefined },
    })
  }

  function work(member: Member, now: bigint): void {
    const { worker, nature, seconds, weight } = member
    const nowMs = Number(now) * 1000
    const alone = doubt(worker) <= 1 / Number(trust)
    for (const lease of leases.filter((each) => each.worker === worker && each.state === 'held')) {
      if (nature === 'silent' || nowMs < lease.grantedAt + seconds * 1000) continue
      const task = tasks.find(({ taskId }) => taskId === lease.taskId)
      if (!task || next(task, now).do !== 'recruit') continue
      const lies = nature === 'liar' || (nature === 'sleeper' && alone)
      const digest = (lies ? lie : truth)(task.taskId)
      const resultHash = Contribution.resultHash(task.taskId, digest)
      const signs = { resultSeal: '0x', workerSign: '0x', authorizationSign: '0x' } as const
      ballots.push({ taskId: task.taskId, worker, resultHash, weight, handedIn: nowMs, ...signs })
      end(lease, { state: 'released', endedAt: nowMs })
    }
    for (const task of tasks) {
      const proved = task.state().proofs.some((proof) => proof.worker === worker)
      if (nature === 'never reveals' || proved) continue
      for (const digest of [truth(task.taskId), lie(task.taskId)])
        if (
          ballots.some(
            (each) =>
              each.worker === worker &&
              each.resultHash === Contribution.resultHash(task.taskId, digest),
          )
        )
          if (task.reveal(worker, digest, now)) uploaded.add(task.taskId)
    }
  }

  const isOver = (task: SimulatedTask) => ['completed', 'failed'].includes(task.state().status)
  for (let now = term.startTime; now <= END && !tasks.every(isOver); now += STEP) {
    const isStopped = chance.roll() < faults.stopped && now < END
    if (!isStopped) tend(now)
    for (const member of members) {
      work(member, now)
      if (!isStopped && chance.roll() >= faults.behind) ask(member, now)
    }
    const late = leases.filter(
      (lease) => lease.state === 'held' && lease.expiresAt <= Number(now - STEP) * 1000,
    )
    if (!isStopped) expect(late).toEqual([])
  }
  return { tasks, leases, barred: members.filter(({ worker }) => isBarred(worker)) }
}

test(
  `${SCHEDULES} schedules with faults: every task ends, and nothing that must hold ever fails`,
  () => {
    let completed = 0
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const chance = dice(seed)
      const plan = planOf(chance)
      try {
        const { tasks, barred } = play(plan, chance)
        for (const task of tasks) expect(['completed', 'failed']).toContain(task.state().status)
        completed += tasks.filter((task) => task.state().status === 'completed').length
        const colluding = plan.members.filter(
          ({ nature }) => nature === 'liar' || nature === 'sleeper',
        )
        // Whoever is right is thrown out only where so many collude that the assumption is broken.
        if (colluding.length < 2)
          expect(
            barred
              .map(({ nature }) => nature)
              .filter((each) => each !== 'liar' && each !== 'sleeper'),
          ).toEqual([])
      } catch (cause) {
        throw new Error(
          `schedule ${seed}: ${JSON.stringify(plan, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`,
          { cause },
        )
      }
    }
    expect(completed).toBeGreaterThan(SCHEDULES / 2)
  },
  Math.max(240_000, SCHEDULES * 1_000),
)
