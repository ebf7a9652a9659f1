/** Rules: when a pool believes a result. The first is the scheduler's own, by the same functions. */
import { Consensus } from '@traboule/protocol'
import { accepted, doubtOf, lesson, type Policy, type Vote } from '@traboule/protocol/credibility'
import type { Dice } from '@traboule/protocol/testing'

/** A worker's number, and whether its answer is wrong; all wrong answers are the same. */
export type Ballot = Readonly<{ worker: number; wrong: boolean }>

export type Rule = Readonly<{
  /** Whether nobody sees a vote before all are cast. */
  sealed: boolean
  /** Share of assignments that are checks. */
  checking: number
  /** Whether a caught worker stays away. */
  blacklisting: boolean
  /** Whether a result is accepted, and then whether it is the wrong one. */
  accepted(ballots: readonly Ballot[]): { wrong: boolean } | undefined
  /** The task is over with these votes; returns who is caught by it. */
  settled(ballots: readonly Ballot[], wrong: boolean): readonly number[]
  passed(worker: number): void
  /** Forgets what the worker had earned. */
  reset(worker: number): void
  /** Whether this worker's answer alone is accepted. */
  alone(worker: number): boolean
}>

/** Sarmenta's, as `packages/protocol/src/credibility` has it. */
export function credibility(policy: Policy, most: number, workers: number): Rule {
  const checks = new Uint32Array(workers)
  const known = new Float64Array(workers).fill(doubtOf(0, policy))
  const learn = (worker: number, count: number) => {
    checks[worker] = count
    known[worker] = doubtOf(count, policy)
  }
  const votesOf = (ballots: readonly Ballot[]): Vote[] =>
    ballots.map(({ worker, wrong }) => {
      return { worker: `${worker}`, result: wrong ? 'wrong' : 'right', doubt: known[worker] ?? 1 }
    })
  return {
    ...policy,
    sealed: true,
    accepted(ballots) {
      const result = accepted(votesOf(ballots), most)
      return result === undefined ? undefined : { wrong: result === 'wrong' }
    },
    settled: (ballots) => lesson(votesOf(ballots), most).failed.map(Number),
    passed: (worker) => learn(worker, (checks[worker] ?? 0) + 1),
    reset: (worker) => learn(worker, 0),
    alone: (worker) => (known[worker] ?? 1) <= most,
  }
}

const unchecked = { sealed: false, checking: 0, blacklisting: false }

/** What the hub does by itself: weights by score, and no checks. */
export function onChain(trust: bigint, workers: number): Rule {
  const score = new Array<bigint>(workers).fill(0n)
  const weightOf = (worker: number) => Consensus.weightOf(score[worker] ?? 0n)
  const hashes = { right: '0x01', wrong: '0x02' } as const
  return {
    ...unchecked,
    accepted(ballots) {
      const tally = ballots.reduce((sum, { worker, wrong }) => {
        const resultHash = wrong ? hashes.wrong : hashes.right
        return Consensus.add(sum, { resultHash, weight: weightOf(worker) })
      }, Consensus.empty)
      if (Consensus.reached(tally, hashes.right, trust)) return { wrong: false }
      return Consensus.reached(tally, hashes.wrong, trust) ? { wrong: true } : undefined
    },
    settled(ballots, wrong) {
      for (const ballot of ballots) {
        const before = score[ballot.worker] ?? 0n
        if (ballot.wrong !== wrong) score[ballot.worker] = (before * 2n) / 3n
        else if (ballots.length > 1) score[ballot.worker] = before + 1n
      }
      return []
    },
    passed: () => undefined,
    reset: () => undefined,
    alone: (worker) => weightOf(worker) > trust - 1n,
  }
}

/** Adaptive replication as BOINC has it: ten valid results in a row, then mostly unreplicated. */
export function adaptive(workers: number, { roll }: Dice): Rule {
  const valid = new Uint32Array(workers)
  return {
    ...unchecked,
    accepted(ballots) {
      const [first, ...more] = ballots
      if (!first) return undefined
      const row = valid[first.worker] ?? 0
      if (more.length === 0) return row >= 10 && roll() < 1 - 1 / row ? first : undefined
      const lies = ballots.filter(({ wrong }) => wrong).length
      if (lies >= 2) return { wrong: true }
      return ballots.length - lies >= 2 ? { wrong: false } : undefined
    },
    settled(ballots, wrong) {
      for (const ballot of ballots)
        valid[ballot.worker] = ballot.wrong === wrong ? (valid[ballot.worker] ?? 0) + 1 : 0
      return []
    },
    passed: () => undefined,
    reset: () => undefined,
    alone: (worker) => (valid[worker] ?? 0) >= 50,
  }
}

/** The first result that m agree on. */
export function voting(m: number): Rule {
  return {
    ...unchecked,
    accepted(ballots) {
      const lies = ballots.filter(({ wrong }) => wrong).length
      if (lies >= m) return { wrong: true }
      return ballots.length - lies >= m ? { wrong: false } : undefined
    },
    settled: () => [],
    passed: () => undefined,
    reset: () => undefined,
    alone: () => m === 1,
  }
}
