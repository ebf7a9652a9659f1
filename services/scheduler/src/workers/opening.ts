/** Opening: what recruiting must know of a task, gathered from where it is kept. */
import { Consensus, Course, Enclave } from '@traboule/protocol'
import type { Address } from 'viem'
import type { Offer } from '../ads/matchmaker.ts'
import type { Ballots } from '../tasks/ballots.ts'
import type { Open } from '../tasks/board.ts'
import { deadlines } from '../tasks/decide.ts'
import type { Draw } from './draw.ts'
import type { Lease } from './lease.ts'
import type { Leases } from './leases.ts'
import type { Pace } from './pace.ts'
import type { Records } from './records.ts'

export type Openings = Readonly<{ of(task: Open): Offer }>

export type OpeningsOptions = Readonly<{
  leases: Leases
  ballots: Ballots
  records: Records
  draw: Draw
  pace: Pace
  clock: Readonly<{ now(): number }>
}>

/** The weight of a voter whose score we never read: one that came with an old authorisation. */
const NEWCOMER = 2n

export function openOpenings(options: OpeningsOptions): Openings {
  const { records, draw, pace, clock } = options
  return {
    of(task) {
      const { taskId, terms, progress } = task
      const leases = options.leases.on(taskId)
      const weightOf = (worker: Address) =>
        leases.findLast((lease) => lease.worker === worker)?.weight ?? NEWCOMER
      const votes = progress.votes.map((vote) => ({ ...vote, weight: weightOf(vote.worker) }))
      const { contribution } = deadlines(terms, progress)
      const { doubtOf, isBarred } = records
      const strict = isEarly(progress.begunAt, contribution, clock.now())
      return {
        taskId,
        terms,
        trust: trustOf(task, votes),
        appType: terms.appType,
        enclave: Enclave.required(terms.tag),
        votes,
        ballots: options.ballots.on(taskId),
        belief: { doubtOf, isBarred, checked: draw.isChecked(taskId), strict },
        rejected: progress.rejected,
        leases,
        slow: leases.filter((lease) => pace.isSlow(terms.dealId, lease)).map(idOf),
        contributionDeadline: contribution,
      }
    },
  }
}

const idOf = ({ leaseId }: Lease) => leaseId

/** Whether less than half of the time to contribute is over. */
function isEarly(begunAt: bigint, deadline: bigint, nowMs: number): boolean {
  return nowMs / 1_000 < Number(begunAt + deadline) / 2
}

/** What the deal asks for or, of a contested result, what the chain does. */
function trustOf({ terms, progress: { contest } }: Open, votes: Offer['votes']): bigint {
  if (!contest) return terms.trust
  const cast = votes.reduce(Consensus.add, Consensus.empty)
  return Course.trustAfter(cast.groups.get(contest.resultHash) ?? NEWCOMER)
}
