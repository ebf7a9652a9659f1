/**
 * Choose: which tasks a worker that asks may have.
 *
 * A task gets as many workers as could, if they agree with its leading result, reach the trust that
 * the requester asked for; not more, since each one costs work that nobody pays.
 */
import type { Address, Hex } from 'viem'
import type { Ballot } from '../tasks/ballots.ts'
import type { Lease } from './lease.ts'
import { type Belief, suffices, unsent } from './suffice.ts'

export type Vote = Readonly<{ worker: Address; resultHash: Hex; weight: bigint }>

/** A task to which workers may contribute now. */
export type Opening = Readonly<{
  taskId: Hex
  trust: bigint
  appType: string
  /** Whether only an enclave may contribute. */
  enclave: boolean
  /** On chain. */
  votes: readonly Vote[]
  /** Handed in; those on chain already may still be among them. */
  ballots: readonly Ballot[]
  /** What the pool knows of its workers; undefined where only the chain’s arithmetic counts. */
  belief: Belief | undefined
  /** Workers that the chain will not hear again on this task. */
  rejected: readonly Address[]
  /** Every lease ever given on this task. */
  leases: readonly Lease[]
  /** Those that take so long that somebody else is asked as well, by their ids. */
  slow?: readonly string[]
  /** Unix seconds. */
  contributionDeadline: bigint
}>

export type Candidate<T extends Opening = Opening> = Readonly<{
  worker: Address
  /** Whether worker and task want each other. */
  accepts?: (task: T) => boolean
  appTypes: readonly string[]
  /** The address of its enclave's key, if it has one. */
  enclave?: Address | undefined
}>

/** Contributions that a task can hold, thrown out ones included (the hub’s MAX_CONTRIBUTORS). */
const MOST = 32
/** How often a worker may lose or give back the same task before it is not asked again. */
const CHANCES = 3
/** Milliseconds before the second chance; longer before the third. */
const PAUSE_MS = 5_000

/**
 * The openings for this worker, best first: those that others have begun, then by what they are
 * worth, then the most urgent.
 */
export function choose<T extends Opening>(
  candidate: Candidate<T>,
  openings: Iterable<T>,
  nowMs: number,
  worth: (fit: readonly T[]) => readonly number[] = (fit) => fit.map(() => 0),
): T[] {
  const fit = [...openings].filter((each) => suits(candidate, each, nowMs) && !enough(each))
  const worths = worth(fit)
  return fit
    .map((task, n) => ({ task, worth: worths[n] ?? 0 }))
    .sort((a, b) => begun(b.task) - begun(a.task) || b.worth - a.worth || urgency(a.task, b.task))
    .map(({ task }) => task)
}

/** Whether this worker could contribute to this task, and may try now. */
export function suits<T extends Opening>(candidate: Candidate<T>, task: T, nowMs: number): boolean {
  const { worker, appTypes, enclave, accepts } = candidate
  if (!appTypes.includes(task.appType) || (task.enclave && enclave === undefined)) return false
  if (task.rejected.includes(worker) || accepts?.(task) === false) return false
  if ([...task.votes, ...task.ballots].some((vote) => vote.worker === worker)) return false
  const before = task.leases.filter((lease) => lease.worker === worker)
  if (before.some(({ state }) => state === 'held') || before.length >= CHANCES) return false
  const last = Math.max(0, ...before.map(({ endedAt }) => endedAt ?? 0))
  return nowMs >= last + PAUSE_MS * before.length
}

/**
 * Whether votes, ballots and the leases under way can reach the trust. Never without a ballot or a
 * lease: a task that is still open although its votes seem to suffice needs at least one more.
 */
export function enough(task: Opening): boolean {
  const pending = outstanding(task)
  const waiting = unsent(task)
  const hoped = pending.filter(({ leaseId }) => !task.slow?.includes(leaseId))
  if (task.votes.length + task.rejected.length + waiting.length + pending.length >= MOST)
    return true
  return hoped.length + waiting.length > 0 && suffices(task, hoped) !== undefined
}

/** Leases whose holder may still contribute. */
export function outstanding({ leases, votes, ballots, rejected }: Votes): Lease[] {
  const heard = new Set([...[...votes, ...ballots].map(({ worker }) => worker), ...rejected])
  return leases.filter(({ state, worker }) => state === 'held' && !heard.has(worker))
}

type Votes = Pick<Opening, 'leases' | 'votes' | 'ballots' | 'rejected'>

const begun = (task: Opening) =>
  task.votes.length + task.ballots.length + outstanding(task).length > 0 ? 1 : 0

const urgency = (a: Opening, b: Opening) => Number(a.contributionDeadline - b.contributionDeadline)
