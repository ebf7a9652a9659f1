/** Gather: from ballots that suffice to votes on chain, and what they tell of those who cast them. */
import type { Clock, Log } from '@traboule/service-kit'
import type { Address } from 'viem'
import type { Metrics } from '../metrics.ts'
import type { Leases } from '../workers/leases.ts'
import type { Openings } from '../workers/opening.ts'
import type { Records } from '../workers/records.ts'
import type { Open } from './board.ts'
import type { Receipts } from './receipt.ts'
import type { Order } from './transactions.ts'
import { verdict } from './verdict.ts'

export type GatherOptions = Readonly<{
  leases: Leases
  openings: Openings
  records: Records
  receipts: Receipts
  metrics: Pick<Metrics, 'lease'>
  clock: Clock
  log: Log
}>

/** The votes of a task, once they suffice. What they tell of their workers is kept first. */
export async function gather(task: Open, options: GatherOptions): Promise<readonly Order[]> {
  const { openings, records, receipts, clock } = options
  const opening = openings.of(task)
  const found = verdict(opening, clock.now())
  if (!found) return []
  await receipts.keep(opening)
  await dismiss(await records.learn(task.taskId, found.lesson), options)
  return [{ do: 'contribute', task, ballots: found.send }]
}

/** Whoever gave a result that is known to be wrong is not waited for. */
async function dismiss(workers: readonly Address[], options: GatherOptions): Promise<void> {
  const { leases, metrics, log } = options
  for (const worker of workers) log.warn('worker.barred', { worker })
  for (const { taskId, worker } of await leases.revoke(workers)) {
    metrics.lease('revoked')
    log.warn('lease.revoked', { taskId, worker })
  }
}
