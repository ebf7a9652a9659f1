/** Category: how long a task may take, and so when its deadlines are. */
import { AppError, type Category, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { TransactionReceipt } from 'viem'
import { read, write } from './chain.ts'
import type { Network } from './network.ts'

/** A category of the chain; times in seconds from a deal's match. */
export type Known = Category.Category &
  Readonly<{ id: bigint; contributeWithin: bigint; finishWithin: bigint }>

/**
 * One category of the chain. Throws `category/unknown`.
 *
 * @example
 * ```ts
 * const { name, finishWithin } = await category.show(network, 0n)
 * ```
 */
export async function show(network: Network, id: bigint): Promise<Known> {
  const count = await countOf(network)
  if (id >= count)
    throw new AppError('category/unknown', `There is no category ${id}.`, { id, count })
  return view(network, id)
}

/**
 * Every category of the chain, in order.
 *
 * @example
 * ```ts
 * const names = (await category.list(network)).map(({ name }) => name)
 * ```
 */
export async function list(network: Network): Promise<readonly Known[]> {
  const count = Number(await countOf(network))
  return Promise.all(Array.from({ length: count }, (_, id) => view(network, BigInt(id))))
}

/**
 * Adds a category; only the hub's owner may.
 *
 * @example
 * ```ts
 * await category.create(ownersNetwork, { name: 'XXS', description: '', workClockTimeRef: 60n })
 * ```
 */
export async function create(
  network: Network,
  { name, description, workClockTimeRef }: Category.Category,
): Promise<TransactionReceipt> {
  const args = [name, description, workClockTimeRef] as const
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'createCategory', args })
}

const countOf = (network: Network) =>
  read(network, {
    ...{ address: network.profile.hub, abi: hubAbi },
    ...{ functionName: 'countCategory', args: [] },
  })

async function view(network: Network, id: bigint): Promise<Known> {
  const address = network.profile.hub
  const ask = { address, abi: hubAbi, functionName: 'viewCategory', args: [id] } as const
  const { name, description, workClockTimeRef } = await read(network, ask)
  return {
    ...{ id, name, description, workClockTimeRef },
    contributeWithin: workClockTimeRef * Task.deadlineRatio.contribution,
    finishWithin: workClockTimeRef * Task.deadlineRatio.final,
  }
}
