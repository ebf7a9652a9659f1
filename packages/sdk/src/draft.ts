/** Draft: writing and signing an order, before anybody else knows of it. */
import { AppError, Order, Salt, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Address, bytesToHex, type Hex } from 'viem'
import { read } from './chain.ts'
import { type Network, signerOf } from './network.ts'

type Required = {
  app: 'app'
  dataset: 'dataset'
  workerpool: 'workerpool'
  request: 'app'
}

/** What an order must say; every other field has a default. */
export type Draft<K extends Order.Kind> = Partial<Order.Unsigned<K>> &
  Pick<Order.Unsigned<K>, Required[K] & keyof Order.Unsigned<K>>

/** Free, for anybody, once. */
const anyone = {
  app: Scalar.nullAddress,
  dataset: Scalar.nullAddress,
  workerpool: Scalar.nullAddress,
  datasetrestrict: Scalar.nullAddress,
  workerpoolrestrict: Scalar.nullAddress,
  requesterrestrict: Scalar.nullAddress,
  apprestrict: Scalar.nullAddress,
  callback: Scalar.nullAddress,
  appprice: 0n,
  datasetprice: 0n,
  workerpoolprice: 0n,
  appmaxprice: 0n,
  datasetmaxprice: 0n,
  workerpoolmaxprice: 0n,
  volume: 1n,
  tag: Scalar.nullBytes32,
  category: 0n,
  trust: 0n,
  params: '',
} as const

/** Terms that an order carries in its salt; hubs of other makers do not look at them. */
export type Terms = Readonly<{
  /** Unix seconds from which the order is worth nothing. */
  expiry?: bigint
  /** The only one who may match it. */
  matcher?: Address
  /** How often the signer has revoked all its orders: see `revokeAll`. */
  epoch?: bigint
}>

/**
 * Writes an order: what is not said is free, for anybody, once, and the salt is random. A request is
 * made by the network's wallet, for itself.
 *
 * @example
 * ```ts
 * const draft = order.create(network, 'app', { app, appprice: 100n, volume: 1000n })
 * ```
 */
export function create<K extends Order.Kind>(
  network: Network,
  kind: K,
  draft: Draft<K>,
  terms: Terms = {},
): Order.Unsigned<K> {
  const salt = saltOf(terms)
  const said = { ...anyone, salt, ...people(network, kind, draft), ...draft }
  const names = Order.typedData[kind].types[Order.typedData[kind].primaryType] ?? []
  const fields = names.map(({ name }) => [name, (said as Record<string, unknown>)[name]])
  return Object.fromEntries(fields) as Order.Unsigned<K> // the names come from the kind's table
}

/** A salt with terms has little room to be random: 3 bytes, beside all else that the order says. */
function saltOf(terms: Terms): Hex {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  const none = terms.expiry === undefined && !terms.matcher && !terms.epoch
  return none ? bytesToHex(random(32)) : Salt.write({ ...terms, unique: random(3) })
}

function people(network: Network, kind: Order.Kind, draft: object) {
  if (kind !== 'request') return {}
  const { requester = signerOf(network).address } = draft as { requester?: Address }
  return { requester, beneficiary: requester }
}

/**
 * Signs an order with the network's wallet.
 *
 * @example
 * ```ts
 * const signed = await order.sign(network, 'app', order.create(network, 'app', { app }))
 * ```
 */
export async function sign<K extends Order.Kind>(
  network: Network,
  kind: K,
  unsigned: Order.Unsigned<K>,
): Promise<Order.Order<K>> {
  const typed = Order.toSign(kind, unsigned, domainOf(network))
  return { ...unsigned, sign: await signerOf(network).signTypedData(typed) }
}

/**
 * The identity of an order on this network.
 *
 * @example
 * ```ts
 * const orderHash = order.hash(network, 'app', signed)
 * ```
 */
export function hash<K extends Order.Kind>(
  network: Network,
  kind: K,
  unsigned: Order.Unsigned<K>,
): Hex {
  return Order.hash(kind, unsigned, domainOf(network))
}

const domainOf = ({ profile }: Network) => Order.domain(profile.chainId, profile.hub)

/**
 * Writes and signs an order that counts, also after `revokeAll`.
 *
 * @example
 * ```ts
 * const signed = await order.make(network, 'app', { app }, { expiry: 1_900_000_000n })
 * ```
 */
export async function make<K extends Order.Kind>(
  network: Network,
  kind: K,
  draft: Draft<K>,
  terms: Terms = {},
): Promise<Order.Order<K>> {
  const epoch = terms.epoch ?? (await epochOf(network, signerOf(network).address))
  return sign(network, kind, create(network, kind, draft, { ...terms, epoch }))
}

/**
 * The epoch that a signer's orders must name; 0 on hubs that know none.
 *
 * @example
 * ```ts
 * const epoch = await order.epochOf(network, friend)
 * ```
 */
export async function epochOf(network: Network, signer: Address): Promise<bigint> {
  const { hub } = network.profile
  const ask = { address: hub, abi: hubAbi, functionName: 'viewEpoch', args: [signer] } as const
  return read(network, ask).catch((error) => {
    if (error instanceof AppError && error.code === 'chain/reverted') return 0n
    throw error
  })
}
