/** Receipt: how surely a result is right, as the pool that computed it says. */
import { client, type Receipt, schedulerApi } from '@traboule/protocol/api'
import type { Hex } from 'viem'
import type { Network } from './network.ts'
import { urlOf } from './profile.ts'

/**
 * How surely the result of a task is right, and what that rests on: replicas, checks and the draw.
 * Throws `task/unknown`, or `network/no-service` where the profile names no scheduler.
 *
 * @example
 * ```ts
 * const { asked, credibility, replicas } = await task.receipt(network, taskId)
 * ```
 */
export function receipt(network: Network, taskId: Hex): Promise<Receipt> {
  const scheduler = client(schedulerApi, urlOf(network.profile, 'scheduler'), {
    fetch: network.fetch,
  })
  return scheduler.receipt({ params: { taskId } })
}
