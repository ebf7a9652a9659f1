/** Chain: what a worker reads of the hub. */
import { AppError, Contribution, Deal, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit/process'
import type { Address, Hex } from 'viem'
import type { Facts } from './tasks/next.ts'

/** Where to read. */
export type Hub = Readonly<{ client: ChainClient; hub: Address }>

/** A block that facts are read at. */
export type Block = Readonly<{ number: bigint; timestamp: bigint }>

export async function readDeal({ client, hub }: Hub, dealId: Hex): Promise<Deal.Deal> {
  const view = await reading(
    client.readContract({ address: hub, abi: hubAbi, functionName: 'viewDeal', args: [dealId] }),
  )
  const deal = Deal.fromChain(dealId, view)
  if (!deal) throw new AppError('deal/unknown', `There is no deal ${dealId}.`, { dealId })
  return deal
}

export async function readTask({ client, hub }: Hub, taskId: Hex, at?: bigint): Promise<Task.Task> {
  const view = await reading(
    client.readContract({
      address: hub,
      abi: hubAbi,
      functionName: 'viewTask',
      args: [taskId],
      ...(at !== undefined && { blockNumber: at }),
    }),
  )
  return Task.fromChain(taskId, view)
}

/** One worker's contribution to a task. */
export async function readContribution(
  { client, hub }: Hub,
  taskId: Hex,
  worker: Address,
  at?: bigint,
): Promise<Facts['mine']> {
  const view = await reading(
    client.readContract({
      address: hub,
      abi: hubAbi,
      functionName: 'viewContribution',
      args: [taskId, worker],
      ...(at !== undefined && { blockNumber: at }),
    }),
  )
  return { status: Contribution.statuses[view.status] ?? 'unset', resultHash: view.resultHash }
}

/** A task and `worker`'s contribution to it, both as of `block`. */
export async function readFacts(
  hub: Hub,
  taskId: Hex,
  worker: Address,
  block: Block,
): Promise<Facts> {
  const [task, mine] = await Promise.all([
    readTask(hub, taskId, block.number),
    readContribution(hub, taskId, worker, block.number),
  ])
  return { task, mine, now: block.timestamp }
}

export async function readHead({ client }: Hub): Promise<Block & { readonly hash: Hex }> {
  const { number, timestamp, hash } = await reading(client.getBlock({ blockTag: 'latest' }))
  return { number, timestamp, hash }
}

export async function readApp({ client, hub }: Hub, app: Address) {
  return reading(
    client.readContract({ address: hub, abi: hubAbi, functionName: 'viewApp', args: [app] }),
  )
}

export async function readDataset({ client, hub }: Hub, dataset: Address) {
  return reading(
    client.readContract({
      address: hub,
      abi: hubAbi,
      functionName: 'viewDataset',
      args: [dataset],
    }),
  )
}

/** What `worker` has on the hub, in nRLC: free to be staked, and locked already. */
export async function readAccount({ client, hub }: Hub, worker: Address) {
  return reading(
    client.readContract({ address: hub, abi: hubAbi, functionName: 'viewAccount', args: [worker] }),
  )
}

/** Who vouches for enclaves on this hub; the null address when workerpools' owners do. */
export async function readBroker({ client, hub }: Hub): Promise<Address> {
  return reading(client.readContract({ address: hub, abi: hubAbi, functionName: 'teebroker' }))
}

/** A reading that fails is the node's failure, and worth another try. */
async function reading<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
