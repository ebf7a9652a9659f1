/** Chain: what a worker reads of the hub. */
import { AppError, Contribution, Deal, type Order, Scalar, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit/process'
import { type Address, BaseError, ContractFunctionRevertedError, type Hex } from 'viem'
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

/** The last block that is not younger than `timestamp` (Unix seconds). */
export async function readBlockAt({ client }: Hub, timestamp: bigint): Promise<bigint> {
  let [from, to] = [0n, await reading(client.getBlockNumber())]
  while (from < to) {
    const blockNumber = (from + to + 1n) / 2n
    const block = await reading(client.getBlock({ blockNumber }))
    if (block.timestamp <= timestamp) from = blockNumber
    else to = blockNumber - 1n
  }
  return from
}

/** Whether the hub thought, at a block, that a deal without dataset may use `order`. */
export async function readFits(
  { client, hub }: Hub,
  order: Order.Order<'dataset'>,
  dealId: Hex,
  at: bigint,
): Promise<boolean> {
  const functionName = 'assertDatasetDealCompatibility'
  const call = { address: hub, abi: hubAbi, functionName, args: [order, dealId] } as const
  return reading(
    client.readContract({ ...call, blockNumber: at }).then(
      () => true,
      (error) => {
        if (refused(error)) return false
        throw error
      },
    ),
  )
}

/** A node that has no state of that block any more fails, too, and says nothing of the hub's own. */
const refused = (error: unknown): boolean =>
  error instanceof BaseError &&
  error.walk((each) => each instanceof ContractFunctionRevertedError && each.data !== undefined) !==
    null

/** Whether a task's use of a dataset order was taken, and not settled. */
export async function readTaken({ client, hub }: Hub, taskId: Hex, orderHash: Hex) {
  const call = { address: hub, abi: hubAbi, functionName: 'viewUse' } as const
  const [owner] = await reading(client.readContract({ ...call, args: [taskId, orderHash] }))
  return owner !== Scalar.nullAddress
}

/** A reading that fails is the node's failure, and worth another try. */
async function reading<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
