/** Ask: as long as there is a free place, ask the scheduler for a task. */
import { AppError } from '@traboule/protocol'
import type { Lease } from '@traboule/protocol/api'
import { type Loop, startLoop } from '@traboule/service-kit/process'
import type { Parts } from '../parts.ts'
import { accept } from '../steps/accept.ts'
import { adOf } from './ad.ts'
import type { Desk } from './desk.ts'
import { giveBack } from './lease.ts'

/** The scheduler wants to hear of at most this many tasks; newer ones matter more. */
const MOST_HOLDING = 256

/** Starts asking; the loop's `nudge` asks at once, as when a place became free. */
export function startAsking(parts: Parts, desk: Desk, signal: AbortSignal): Loop {
  const { scheduler, runners, gpus, enclave, config, clock, log } = parts
  const ad = adOf(config, gpus.all)
  let notBefore = 0

  async function ask(): Promise<void> {
    const capacity = config.CAPACITY - desk.computing()
    if (capacity <= 0 || clock.now() < notBefore) return
    const holding = desk.holding().slice(-MOST_HOLDING)
    const able = { appTypes: [...runners.types], ...(enclave && { enclave: enclave.address }) }
    const body = { capacity, ...able, holding, ad, ballots: true }
    const { leases, askAgainInMs } = await scheduler.ask({ body }, signal)
    notBefore = leases.length > 0 ? 0 : clock.now() + askAgainInMs
    await Promise.all(leases.map(take))
  }

  async function take(lease: Lease): Promise<void> {
    try {
      await desk.take(await accept(lease, parts, signal), lease.expiresInMs)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.warn('lease.refused', { taskId: lease.taskId, error, hint: error.hint })
      await giveBack(lease.leaseId, error, parts)
    }
  }

  return startLoop(ask, { name: 'ask', everyMs: config.POLL_MS, clock, log, signal })
}
