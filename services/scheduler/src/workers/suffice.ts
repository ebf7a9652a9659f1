/**
 * Suffice: whether votes carry what was asked, by the chain's arithmetic and by what the pool knows.
 *
 * The chain believes scores, which grow where nobody looks; the pool believes checks. A result goes to
 * the chain when both believe it.
 */
import { Consensus, Contribution } from '@traboule/protocol'
import { accepted } from '@traboule/protocol/credibility'
import type { Address, Hex } from 'viem'
import type { Ballot } from '../tasks/ballots.ts'
import type { Opening, Vote } from './choose.ts'

export type Belief = Readonly<{
  /** How likely the worker's word alone is wrong. */
  doubtOf(worker: Address): number
  /** Whether its word counts for nothing. */
  isBarred(worker: Address): boolean
  /** Whether the task takes one worker more than it needs, as a check. */
  checked: boolean
  /** Whether to wait until the pool believes the result; when time runs short the chain’s word is enough. */
  strict: boolean
}>

export type Sufficient = Readonly<{
  resultHash: Hex
  /** Ballots to send, in the order in which no other result is ever agreed on. */
  send: readonly Vote[]
}>

type Some = Readonly<{ worker: Address; weight: bigint }>

/** What the votes come to if all of `hoped` agree with the leading result; undefined if too little. */
export function suffices(task: Opening, hoped: readonly Some[] = []): Sufficient | undefined {
  const { belief } = task
  const resultHash = leading(task)
  const extra = hoped.map(({ worker, weight }) => ({ worker, weight, resultHash }))
  const ballots = [...unsent(task), ...extra]
  if (belief && !believed([...task.votes, ...ballots], resultHash, task)) return undefined
  const send = sequence(ballots, resultHash, task)
  return send && { resultHash, send }
}

/** Ballots that may still go to the chain: neither there already, nor thrown out of it. */
export function unsent({
  votes,
  ballots,
  rejected,
}: Pick<Opening, 'votes' | 'ballots' | 'rejected'>): readonly Ballot[] {
  const heard = new Set([...votes.map(({ worker }) => worker), ...rejected])
  return ballots.filter(({ worker }) => !heard.has(worker))
}

/** The most that a result may be doubted: 1 in trust. */
export const mostDoubt = (trust: bigint): number => (trust > 1n ? 1 / Number(trust) : 1)

/** The votes that count, as the pool believes them. */
export function believable(votes: readonly Vote[], { doubtOf, isBarred }: Belief) {
  return votes
    .filter(({ worker }) => !isBarred(worker))
    .map(({ worker, resultHash }) => ({ worker, result: resultHash, doubt: doubtOf(worker) }))
}

/** Where the task is checked, its result must be known without the vote that came last. */
function believed(votes: readonly Vote[], resultHash: Hex, { belief, trust }: Opening): boolean {
  if (!belief?.strict) return true
  const counted = believable(votes, belief)
  const most = mostDoubt(trust)
  const known = belief.checked && trust > 1n ? counted.slice(0, -1) : counted
  return accepted(counted, most) === resultHash && accepted(known, most) === resultHash
}

/** The result with most behind it: as the pool believes, or else as the chain counts. */
function leading(task: Opening): Hex {
  const { belief } = task
  const cast = [...task.votes, ...unsent(task)]
  const odds = new Map<Hex, number>()
  for (const { worker, resultHash, weight } of cast) {
    if (belief?.isBarred(worker)) continue
    const doubt = belief?.doubtOf(worker)
    const own = doubt === undefined ? Number(weight) : (1 - doubt) / doubt
    odds.set(resultHash, (odds.get(resultHash) ?? 1) * own)
  }
  const [best] = [...odds].sort(([, a], [, b]) => b - a)
  return best?.[0] ?? Contribution.resultHash(task.taskId, task.taskId)
}

/**
 * The ballots that bring the chain to `resultHash`. Who dissents goes first, to pay for it, unless its
 * weight alone would decide; of those who agree the heaviest last, so that most of them are paid.
 */
function sequence(
  ballots: readonly Vote[],
  resultHash: Hex,
  { votes, trust: asked, belief }: Opening,
): readonly Vote[] | undefined {
  const trust = asked > 1n ? asked : 1n
  const byWeight = [...ballots].sort((a, b) => Number(a.weight - b.weight))
  let tally = votes.reduce(Consensus.add, Consensus.empty)
  const send: Vote[] = []
  for (const ballot of byWeight.filter((each) => each.resultHash !== resultHash)) {
    const next = Consensus.add(tally, ballot)
    if (Consensus.reached(next, ballot.resultHash, trust)) continue
    tally = next
    send.push(ballot)
  }
  for (const ballot of byWeight) {
    if (ballot.resultHash !== resultHash || belief?.isBarred(ballot.worker)) continue
    tally = Consensus.add(tally, ballot)
    send.push(ballot)
    if (Consensus.reached(tally, resultHash, trust)) return send
  }
  return undefined
}
