/** Deal: orders that met, and the bag of tasks they paid for. */
import { AppError, Course, Deal, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Hex, TransactionReceipt } from 'viem'
import * as Category from './category.ts'
import { read, write } from './chain.ts'
import type { Network } from './network.ts'
import * as Tasks from './task.ts'

/** A deal with its deadlines, in Unix seconds, and the ids of its tasks. */
export type Known = Deal.Deal &
  Readonly<{
    contributionDeadline: bigint
    finalDeadline: bigint
    tasks: readonly Readonly<{ taskId: Hex; index: bigint }>[]
  }>

/**
 * A deal of the chain. Throws `deal/unknown`.
 *
 * @example
 * ```ts
 * const { app, tasks, finalDeadline } = await deal.show(network, dealId)
 * ```
 */
export async function show(network: Network, dealId: Hex): Promise<Known> {
  const found = await find(network, dealId)
  if (!found) throw new AppError('deal/unknown', `There is no deal ${dealId}.`, { dealId })
  const { workClockTimeRef, contributeWithin, finishWithin } = await Category.show(
    network,
    found.category,
  )
  const term = { ...found, timeRef: workClockTimeRef }
  const last = Course.lastStart(term)
  return {
    ...found,
    contributionDeadline: last + contributeWithin,
    finalDeadline: last + finishWithin + Course.graceOf(term),
    tasks: Deal.indexes(found).map((index) => ({ taskId: Task.id(dealId, index), index })),
  }
}

/**
 * A deal of the chain, or undefined.
 *
 * @example
 * ```ts
 * const found = await deal.find(network, dealId)
 * ```
 */
export async function find(network: Network, dealId: Hex): Promise<Deal.Deal | undefined> {
  const { hub } = network.profile
  const ask = { address: hub, abi: hubAbi, functionName: 'viewDeal', args: [dealId] } as const
  return Deal.fromChain(dealId, await read(network, ask))
}

/**
 * Takes back the money of a deal's tasks whose final deadline passed; anybody may do it.
 *
 * @example
 * ```ts
 * const refunded = await deal.claim(network, dealId)
 * ```
 */
export async function claim(network: Network, dealId: Hex): Promise<readonly Hex[]> {
  const first = await openOf(network, dealId)
  for (let open = first; idsOf(open).length > 0; ) {
    const refusal = await claimAll(network, dealId, open).catch((error: AppError) => error)
    if (!refusal) break
    const left = await openOf(network, dealId)
    // Anybody may have claimed some of them meanwhile: only then is there reason to try again.
    if (refusal.code !== 'chain/reverted' || idsOf(left).length === idsOf(open).length)
      throw refusal
    open = left
  }
  return idsOf(first)
}

/** Tasks that are neither paid nor refunded. */
type OpenTasks = Readonly<{ begun: readonly Hex[]; untouched: Known['tasks'] }>

async function openOf(network: Network, dealId: Hex): Promise<OpenTasks> {
  const { tasks } = await show(network, dealId)
  const views = await Promise.all(tasks.map(({ taskId }) => Tasks.find(network, taskId)))
  const begun = views.filter(({ status }) => status === 'active' || status === 'revealing')
  const untouched = tasks.filter((_, n) => views[n]?.status === 'unset')
  return { begun: begun.map(({ taskId }) => taskId), untouched }
}

const idsOf = ({ begun, untouched }: OpenTasks): readonly Hex[] => [
  ...begun,
  ...untouched.map(({ taskId }) => taskId),
]

async function claimAll(network: Network, dealId: Hex, { begun, untouched }: OpenTasks) {
  for (const some of chunks(begun)) await claimBegun(network, some)
  for (const some of chunks(untouched)) await claimUntouched(network, dealId, some)
}

function claimBegun(network: Network, ids: readonly Hex[]): Promise<TransactionReceipt> {
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'claimArray', args: [ids] })
}

function claimUntouched(
  network: Network,
  dealId: Hex,
  tasks: Known['tasks'],
): Promise<TransactionReceipt> {
  const args = [tasks.map(() => dealId), tasks.map(({ index }) => index)]
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'initializeAndClaimArray', args })
}

/** Claims that fit one transaction on any chain: about 250,000 gas each. */
const TOGETHER = 40

function chunks<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / TOGETHER)
  return Array.from({ length: count }, (_, n) => all.slice(n * TOGETHER, (n + 1) * TOGETHER))
}
