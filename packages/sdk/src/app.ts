/** App: a program that others may run. */
import { Cid, Multiaddr } from '@traboule/protocol'
import { appRegistryAbi, hubAbi } from '@traboule/protocol/abi'
import { type Address, type Hex, sha256, type TransactionReceipt } from 'viem'
import { read } from './chain.ts'
import { type Network, signerOf } from './network.ts'
import * as Registry from './registry.ts'
import * as Storage from './storage.ts'

export type App = Readonly<{
  address: Address
  owner: Address
  name: string
  /** What runs it: `WASI`, or `DOCKER` on other networks. */
  type: string
  /** Where its bytes are, such as `/ipfs/Qm…`. */
  location: string
  /** sha256 of its bytes; workers refuse others. */
  checksum: Hex
  /** What a TEE needs to know of it; empty for most. */
  mrenclave: Hex
}>

export type Description = Readonly<{
  name: string
  type?: string
  location: string
  checksum: Hex
  mrenclave?: Hex
}>

/** A program that may not be registered yet. */
export type Module = Readonly<{ name: string; wasm: Uint8Array }>

/**
 * Uploads a WASI module and registers it in the name of the network's wallet. The same module under
 * the same name is one app, however often this is called.
 *
 * @example
 * ```ts
 * const address = await app.deploy(network, { name: 'hello', wasm })
 * ```
 */
export async function deploy(network: Network, { name, wasm }: Module): Promise<Address> {
  const { location } = await Storage.upload(network, wasm)
  return register(network, { name, location, checksum: sha256(wasm) })
}

/**
 * Where a module of the network's wallet is, or would be if it was deployed: nothing is uploaded,
 * signed or sent.
 *
 * @example
 * ```ts
 * const address = await app.predict(network, { name: 'hello', wasm })
 * ```
 */
export function predict(network: Network, { name, wasm }: Module): Promise<Address> {
  const location = `/ipfs/${Cid.of(wasm)}`
  return Registry.predict(network, creationOf({ name, location, checksum: sha256(wasm) }))
}

/**
 * Registers an app whose bytes are somewhere already.
 *
 * @example
 * ```ts
 * const address = await app.register(network, { name: 'hello', location: '/ipfs/Qm…', checksum })
 * ```
 */
export function register(network: Network, description: Description): Promise<Address> {
  return Registry.create(network, creationOf(description))
}

function creationOf(description: Description): Registry.Creation {
  const { name, type = 'WASI', location, checksum, mrenclave = '0x' } = description
  const args = [name, type, Multiaddr.encode(location), checksum, mrenclave]
  return { kind: 'app', abi: appRegistryAbi, functionName: 'createApp', args }
}

/**
 * What an app is, and whose. Throws `resource/unknown`.
 *
 * @example
 * ```ts
 * const { name, checksum } = await app.show(network, address)
 * ```
 */
export async function show(network: Network, address: Address): Promise<App> {
  await Registry.ensureKnown(network, 'app', address)
  const { hub } = network.profile
  const ask = { address: hub, abi: hubAbi, functionName: 'viewApp', args: [address] } as const
  const found = await read(network, ask)
  return {
    ...{ address, owner: found.owner, name: found.m_appName, type: found.m_appType },
    location: Multiaddr.decode(found.m_appMultiaddr),
    checksum: found.m_appChecksum,
    mrenclave: found.m_appMREnclave,
  }
}

/**
 * The apps of an owner; the wallet's own when none is named.
 *
 * @example
 * ```ts
 * const mine = await app.list(network)
 * ```
 */
export async function list(network: Network, owner?: Address): Promise<readonly App[]> {
  const addresses = await Registry.owned(network, 'app', owner ?? signerOf(network).address)
  return Promise.all(addresses.map((address) => show(network, address)))
}

/**
 * Gives an app to another owner.
 *
 * @example
 * ```ts
 * await app.transfer(network, { app: address, to: friend })
 * ```
 */
export function transfer(
  network: Network,
  { app, to }: Readonly<{ app: Address; to: Address }>,
): Promise<TransactionReceipt> {
  return Registry.transfer(network, { kind: 'app', entry: app, to })
}
