/**
 * Next: what a worker should do about a task, from what it holds and what the chain says.
 *
 * No message tells a worker to reveal or to upload: it looks, and does what is due. Asking again
 * after a crash, a reorg or a lost receipt gives the right answer by itself.
 */
import type { Contribution, Task } from '@traboule/protocol'
import type { Hex } from 'viem'

/** What the worker has. */
export type Progress = Readonly<{
  /** Digest of the result that lies on disk; undefined until it was computed. */
  digest: Hex | undefined
  /** Whether storage is known to have the result. */
  uploaded: boolean
}>

/** What the chain says, as of one block. */
export type Facts = Readonly<{
  task: Task.Task
  /** This worker's own contribution to it. */
  mine: Pick<Contribution.Contribution, 'status' | 'resultHash'>
  /** Unix seconds of that block. */
  now: bigint
}>

/** `over`: nothing more can be done, as far as the chain goes now. */
export type Step = 'compute' | 'contribute' | 'reveal' | 'upload' | 'wait' | 'over'

export function next(progress: Progress, facts: Facts): Step {
  const { task, mine, now } = facts
  if (mine.status === 'rejected') return 'over' // it did not reveal in time, and may not come back
  switch (task.status) {
    case 'active':
      return mine.status === 'unset'
        ? open(progress, task, now)
        : waitUntil(task.finalDeadline, now)
    case 'revealing':
      return agreed(progress, facts)
    default:
      return 'over' // completed, failed, or gone with the block that initialized it
  }
}

function open({ digest }: Progress, task: Task.Task, now: bigint): Step {
  if (now >= task.contributionDeadline) return 'over'
  return digest === undefined ? 'compute' : 'contribute'
}

function agreed({ digest, uploaded }: Progress, { task, mine, now }: Facts): Step {
  if (mine.status === 'unset') return 'over' // the others sufficed
  if (mine.status === 'proved' && digest !== undefined && !uploaded) return 'upload'
  const mayReveal = mine.status === 'contributed' && mine.resultHash === task.consensusValue
  if (mayReveal && digest !== undefined && now < task.revealDeadline) return 'reveal'
  return waitUntil(task.finalDeadline, now)
}

/** After the final deadline only a refund can come, and that needs no worker. */
function waitUntil(deadline: bigint, now: bigint): Step {
  return now < deadline ? 'wait' : 'over'
}
