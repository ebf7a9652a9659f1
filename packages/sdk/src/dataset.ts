/** Dataset: data that others may compute on. */
import { Multiaddr } from '@traboule/protocol'
import { datasetRegistryAbi, hubAbi } from '@traboule/protocol/abi'
import { type Address, type Hex, sha256, type TransactionReceipt } from 'viem'
import { read } from './chain.ts'
import { type Network, signerOf } from './network.ts'
import * as Registry from './registry.ts'
import * as Storage from './storage.ts'

export type Dataset = Readonly<{
  address: Address
  owner: Address
  name: string
  /** Where its bytes are, such as `/ipfs/Qm…`. */
  location: string
  /** sha256 of its bytes, encrypted if they are; workers refuse others. */
  checksum: Hex
}>

export type Description = Readonly<{ name: string; location: string; checksum: Hex }>

/**
 * Uploads data and registers it in the name of the network's wallet. Encrypt it first if not
 * everybody may read it: see `encryption`.
 *
 * @example
 * ```ts
 * const address = await dataset.deploy(network, { name: 'prices', bytes })
 * ```
 */
export async function deploy(
  network: Network,
  { name, bytes }: Readonly<{ name: string; bytes: Uint8Array }>,
): Promise<Address> {
  const { location } = await Storage.upload(network, bytes)
  return register(network, { name, location, checksum: sha256(bytes) })
}

/**
 * Registers data whose bytes are somewhere already.
 *
 * @example
 * ```ts
 * const address = await dataset.register(network, { name: 'prices', location, checksum })
 * ```
 */
export function register(network: Network, description: Description): Promise<Address> {
  const { name, location, checksum } = description
  const args = [name, Multiaddr.encode(location), checksum]
  return Registry.create(network, {
    ...{ kind: 'dataset', abi: datasetRegistryAbi, functionName: 'createDataset', args },
  })
}

/**
 * What a dataset is, and whose. Throws `resource/unknown`.
 *
 * @example
 * ```ts
 * const { owner, location } = await dataset.show(network, address)
 * ```
 */
export async function show(network: Network, address: Address): Promise<Dataset> {
  await Registry.ensureKnown(network, 'dataset', address)
  const { hub } = network.profile
  const ask = { address: hub, abi: hubAbi, functionName: 'viewDataset', args: [address] } as const
  const found = await read(network, ask)
  return {
    ...{ address, owner: found.owner, name: found.m_datasetName },
    location: Multiaddr.decode(found.m_datasetMultiaddr),
    checksum: found.m_datasetChecksum,
  }
}

/**
 * The datasets of an owner; the wallet's own when none is named.
 *
 * @example
 * ```ts
 * const mine = await dataset.list(network)
 * ```
 */
export async function list(network: Network, owner?: Address): Promise<readonly Dataset[]> {
  const addresses = await Registry.owned(network, 'dataset', owner ?? signerOf(network).address)
  return Promise.all(addresses.map((address) => show(network, address)))
}

/**
 * Gives a dataset to another owner.
 *
 * @example
 * ```ts
 * await dataset.transfer(network, { dataset: address, to: friend })
 * ```
 */
export function transfer(
  network: Network,
  { dataset, to }: Readonly<{ dataset: Address; to: Address }>,
): Promise<TransactionReceipt> {
  return Registry.transfer(network, { kind: 'dataset', entry: dataset, to })
}
