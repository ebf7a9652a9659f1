/** Workerpool: workers behind one scheduler, selling computation together. */
import { hubAbi, workerpoolAbi, workerpoolRegistryAbi } from '@traboule/protocol/abi'
import type { Address, TransactionReceipt } from 'viem'
import { read, write } from './chain.ts'
import { type Network, signerOf } from './network.ts'
import * as Registry from './registry.ts'

export type Workerpool = Readonly<{
  address: Address
  owner: Address
  description: string
  /** Percent of a task's price that each of its workers stakes. */
  workerStakeRatio: bigint
  /** Percent of a task's price that the scheduler keeps. */
  schedulerRewardRatio: bigint
}>

/**
 * Registers a workerpool of the network's wallet.
 *
 * @example
 * ```ts
 * const address = await workerpool.deploy(network, { description: 'night shift' })
 * ```
 */
export function deploy(
  network: Network,
  { description }: Readonly<{ description: string }>,
): Promise<Address> {
  return Registry.create(network, {
    ...{ kind: 'workerpool', abi: workerpoolRegistryAbi },
    ...{ functionName: 'createWorkerpool', args: [description] },
  })
}

/**
 * What a workerpool is, and whose. Throws `resource/unknown`.
 *
 * @example
 * ```ts
 * const { workerStakeRatio } = await workerpool.show(network, pool)
 * ```
 */
export async function show(network: Network, address: Address): Promise<Workerpool> {
  await Registry.ensureKnown(network, 'workerpool', address)
  const { hub } = network.profile
  const ask = { address: hub, abi: hubAbi, functionName: 'viewWorkerpool', args: [address] }
  const found = await read(network, { ...ask, functionName: 'viewWorkerpool', args: [address] })
  return {
    ...{ address, owner: found.owner, description: found.m_workerpoolDescription },
    workerStakeRatio: found.m_workerStakeRatioPolicy,
    schedulerRewardRatio: found.m_schedulerRewardRatioPolicy,
  }
}

/**
 * The workerpools of an owner; the wallet's own when none is named.
 *
 * @example
 * ```ts
 * const mine = await workerpool.list(network)
 * ```
 */
export async function list(network: Network, owner?: Address): Promise<readonly Workerpool[]> {
  const addresses = await Registry.owned(network, 'workerpool', owner ?? signerOf(network).address)
  return Promise.all(addresses.map((address) => show(network, address)))
}

/**
 * Changes what workers stake and the scheduler keeps, in percent, for deals to come.
 *
 * @example
 * ```ts
 * await workerpool.changePolicy(network, pool, { workerStakeRatio: 35n, schedulerRewardRatio: 5n })
 * ```
 */
export function changePolicy(
  network: Network,
  address: Address,
  policy: Pick<Workerpool, 'workerStakeRatio' | 'schedulerRewardRatio'>,
): Promise<TransactionReceipt> {
  const args = [policy.workerStakeRatio, policy.schedulerRewardRatio]
  return write(network, { address, abi: workerpoolAbi, functionName: 'changePolicy', args })
}

/**
 * Gives a workerpool to another owner.
 *
 * @example
 * ```ts
 * await workerpool.transfer(network, { workerpool: pool, to: friend })
 * ```
 */
export function transfer(
  network: Network,
  { workerpool, to }: Readonly<{ workerpool: Address; to: Address }>,
): Promise<TransactionReceipt> {
  return Registry.transfer(network, { kind: 'workerpool', entry: workerpool, to })
}
