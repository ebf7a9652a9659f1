/** Decide: the brain of the workerpool. Given a task and the time, the one next step. */
import { Course, Task } from '@traboule/protocol'
import { type Progress, proofs, winners } from './progress.ts'

/** What a decision depends on. Times are Unix seconds of the chain. */
export type Situation = Readonly<{
  status: Task.Status
  /** Whether the deal names our key as the pool's owner: otherwise we may not settle. */
  ours: boolean
  revealed: number
  winners: number
  /** Whether the result can be fetched by the requester. */
  uploaded: boolean
  /** `contest`: from when on a result is paid, though it could have been contested. */
  deadline: Readonly<{ contribution: bigint; reveal: bigint; contest: bigint; final: bigint }>
}>

export type Action =
  | Readonly<{
      do:
        | 'initialize'
        | 'recruit'
        | 'awaitUpload'
        | 'finalize'
        | 'reopen'
        /** The task ran out of time: the requester is refunded. */
        | 'claim'
        /** The same for a task that nobody initialized in time. */
        | 'initializeAndClaim'
        | 'rest'
    }>
  | Readonly<{ do: 'wait'; until: bigint }>

/** The next step for a task in this situation. Asking again gives the same answer. */
export function decide(task: Situation, now: bigint): Action {
  const { status, deadline } = task
  if (status === 'completed' || status === 'failed') return { do: 'rest' }
  if (now >= deadline.final) return { do: status === 'unset' ? 'initializeAndClaim' : 'claim' }
  if (!task.ours) return waitFor(deadline.final)
  if (status === 'unset')
    return now < deadline.contribution ? { do: 'initialize' } : waitFor(deadline.final)
  if (status === 'active')
    return now < deadline.contribution ? { do: 'recruit' } : waitFor(deadline.final)
  return settle(task, now)
}

function settle({ revealed, winners, uploaded, deadline }: Situation, now: bigint): Action {
  const over = now >= deadline.reveal
  if (revealed === 0) {
    if (!over) return waitFor(deadline.reveal)
    // A task reopened after the last contribution could only be claimed.
    return now < deadline.contribution ? { do: 'reopen' } : waitFor(deadline.final)
  }
  if (!uploaded) return { do: 'awaitUpload' }
  if (!over && revealed < winners) return waitFor(deadline.reveal)
  return now < deadline.contest ? waitFor(deadline.contest) : { do: 'finalize' }
}

const waitFor = (until: bigint): Action => ({ do: 'wait', until })

/**
 * The deadlines of a task, counted from when its clock started: the match, unless the deal lives
 * longer or the result was contested. That of the reveal counts from the agreement.
 */
export function deadlines(term: Course.Term, { status, begunAt, agreed, contest }: Progress) {
  const { contribution, reveal, final } = Task.deadlineRatio
  const { timeRef } = term
  const begun = status === 'unset' ? Course.lastStart(term) : Course.startOf(term, begunAt)
  const start = contest?.at ?? begun
  const grace = contest ? 0n : Course.graceOf(term)
  const revealed = (agreed?.at ?? 0n) + timeRef * reveal
  return {
    contribution: start + timeRef * contribution,
    reveal: revealed,
    contest: grace > 0n ? revealed + grace : 0n,
    final: start + timeRef * final + grace,
  }
}

/** The situation of a task whose events summed up to `progress`. */
export function situation(
  term: Course.Term,
  progress: Progress,
  more: Pick<Situation, 'ours' | 'uploaded'>,
): Situation {
  return {
    status: progress.status,
    revealed: proofs(progress).length,
    winners: winners(progress).length,
    deadline: deadlines(term, progress),
    ...more,
  }
}
