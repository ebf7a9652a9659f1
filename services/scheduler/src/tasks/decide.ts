/** Decide: the brain of the workerpool. Given a task and the time, the one next step. */
import { Task } from '@traboule/protocol'
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
  deadline: Readonly<{ contribution: bigint; reveal: bigint; final: bigint }>
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
  return over || revealed >= winners ? { do: 'finalize' } : waitFor(deadline.reveal)
}

const waitFor = (until: bigint): Action => ({ do: 'wait', until })

/** What the deal fixes about time: the match, and the category's reference time in seconds. */
export type Term = Readonly<{ startTime: bigint; timeRef: bigint }>

/** The deadlines of a task, all counted from the match except the reveal's. */
export function deadlines({ startTime, timeRef }: Term, { agreed }: Progress) {
  const { contribution, reveal, final } = Task.deadlineRatio
  return {
    contribution: startTime + timeRef * contribution,
    reveal: (agreed?.at ?? 0n) + timeRef * reveal,
    final: startTime + timeRef * final,
  }
}

/** The situation of a task whose events summed up to `progress`. */
export function situation(
  term: Term,
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
