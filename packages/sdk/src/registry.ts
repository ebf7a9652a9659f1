/** Registry: what apps, datasets and workerpools have in common: an ERC-721 entry with an owner. */
import { AppError } from '@traboule/protocol'
import { appRegistryAbi } from '@traboule/protocol/abi'
import {
  type Abi,
  type Address,
  getAddress,
  numberToHex,
  parseEventLogs,
  type TransactionReceipt,
} from 'viem'
import { read, write } from './chain.ts'
import { type Network, signerOf } from './network.ts'

export type Kind = 'app' | 'dataset' | 'workerpool'

/** The address of the registry of a kind. */
function of({ profile }: Network, kind: Kind): Address {
  const { appRegistry: app, datasetRegistry: dataset, workerpoolRegistry: workerpool } = profile
  return { app, dataset, workerpool }[kind]
}

/** The three registries differ in how entries are made; this much they share. */
const shared = appRegistryAbi

/** Whether `entry` is registered. */
export function isKnown(network: Network, kind: Kind, entry: Address): Promise<boolean> {
  const ask = { address: of(network, kind), abi: shared, args: [entry] } as const
  return read(network, { ...ask, functionName: 'isRegistered' })
}

/** Who has `entry`; undefined for one that is not registered. */
export async function ownerOf(
  network: Network,
  kind: Kind,
  entry: Address,
): Promise<Address | undefined> {
  if (!(await isKnown(network, kind, entry))) return undefined
  const ask = { address: of(network, kind), abi: shared, args: [BigInt(entry)] } as const
  return read(network, { ...ask, functionName: 'ownerOf' })
}

/** Throws `resource/unknown` unless `entry` is registered. */
export async function ensureKnown(network: Network, kind: Kind, entry: Address): Promise<void> {
  if (await isKnown(network, kind, entry)) return
  throw new AppError('resource/unknown', `${entry} is not a registered ${kind}.`, { kind, entry })
}

/** Every entry of a kind that `owner` has. */
export async function owned(
  network: Network,
  kind: Kind,
  owner: Address,
): Promise<readonly Address[]> {
  const ask = { address: of(network, kind), abi: shared } as const
  const count = await read(network, { ...ask, functionName: 'balanceOf', args: [owner] })
  const ids = await Promise.all(
    Array.from({ length: Number(count) }, (_, index) =>
      read(network, {
        ...ask,
        functionName: 'tokenOfOwnerByIndex',
        args: [owner, BigInt(index)],
      }),
    ),
  )
  return ids.map(addressOf)
}

/** An entry's token id is its address. */
const addressOf = (id: bigint) => getAddress(numberToHex(id, { size: 20 }))

export type Creation = Readonly<{
  kind: Kind
  abi: Abi
  functionName: string
  /** What follows the owner in the registry's `create…`. */
  args: readonly unknown[]
}>

/** Where an entry of the network's wallet is, or would be. */
export async function predict(network: Network, creation: Creation): Promise<Address> {
  const { kind, abi, functionName: create, args: said } = creation
  const functionName = create.replace('create', 'predict')
  const args = [signerOf(network).address, ...said]
  const ask = { address: of(network, kind), abi, functionName, args }
  return (await read(network, ask)) as Address // by the ABI
}

/** Registers an entry of the network's wallet; the same one twice is found instead of refused. */
export async function create(network: Network, creation: Creation): Promise<Address> {
  const { kind, abi, functionName } = creation
  const address = of(network, kind)
  const args = [signerOf(network).address, ...creation.args]
  const at = await predict(network, creation)
  if (await isKnown(network, kind, at)) return at
  return createdIn(await write(network, { address, abi, functionName, args }))
}

function createdIn({ logs, transactionHash }: TransactionReceipt): Address {
  const [minted] = parseEventLogs({ abi: shared, eventName: 'Transfer', logs })
  if (minted) return addressOf(minted.args.tokenId)
  const sentence = `Transaction ${transactionHash} created nothing.`
  throw new AppError('chain/reverted', sentence, { transactionHash })
}

/** Gives an entry to another owner; orders signed by the old one are worth nothing afterwards. */
export async function transfer(
  network: Network,
  { kind, entry, to }: Readonly<{ kind: Kind; entry: Address; to: Address }>,
): Promise<TransactionReceipt> {
  const args = [signerOf(network).address, to, BigInt(entry)] as const
  const address = of(network, kind)
  return write(network, { address, abi: shared, functionName: 'safeTransferFrom', args })
}
