/** Lease: the scheduler's patience with a task that is being worked on. */
import { AppError } from '@traboule/protocol'
import type { Parts } from '../parts.ts'
import type { Entry } from './entry.ts'

/** How long to wait before renewing again when the scheduler does not answer. */
const AGAIN_MS = 1_000
/** A message of the scheduler's API is at most this long. */
const MOST_TEXT = 500
const PATIENCE_MS = 2_000

/** The moment (ms) to renew a lease granted now: well before it ends, with room for two retries. */
export function renewalOf(expiresInMs: number, now: number): number {
  return now + Math.floor(expiresInMs / 3)
}

/** Renews the entry's lease. One that is over ends a computation, but not the use of a result. */
export async function renew(entry: Entry, { scheduler, clock, log }: Parts): Promise<void> {
  const { leaseId, taskId } = entry.held.lease
  const { phase, percent } = entry
  entry.renewAt = Number.POSITIVE_INFINITY // not again before this one is answered
  try {
    const answer = await scheduler.renew({ params: { leaseId }, body: { phase, percent } })
    // A phase entered meanwhile is news again.
    entry.renewAt =
      entry.phase === phase && entry.percent === percent
        ? renewalOf(answer.expiresInMs, clock.now())
        : 0
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    entry.renewAt = isOver(error) ? undefined : clock.now() + AGAIN_MS
    log[isOver(error) ? 'warn' : 'debug']('lease.not-renewed', { taskId, leaseId, error })
    if (entry.held.digest === undefined && isOver(error)) entry.busy?.abort(error)
  }
}

const isOver = ({ code }: AppError) => code === 'lease/unknown' || code === 'lease/expired'

/** Tells the scheduler why a task is given back, so that another worker gets it at once. */
export async function giveBack(leaseId: string, reason: AppError, parts: Parts): Promise<void> {
  const { scheduler, log } = parts
  const query = { code: reason.code, message: reason.message.slice(0, MOST_TEXT) }
  await scheduler
    .release({ params: { leaseId }, query }, AbortSignal.timeout(PATIENCE_MS))
    .catch((error) => log.debug('lease.not-released', { leaseId, error })) // it will expire
}
