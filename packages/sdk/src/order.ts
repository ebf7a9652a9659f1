/** Order: writing, signing, publishing, finding and closing the four kinds. */
import { AppError, Order, Salt, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Book } from '@traboule/protocol/api'
import { type Address, bytesToHex, type Hex, type TransactionReceipt } from 'viem'
import { read, write } from './chain.ts'
import { openBook } from './market.ts'
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

/** An order in the market's book. */
export type Published<K extends Order.Kind> = Book.Entry<K>

/**
 * Puts a signed order in the market's book.
 *
 * @example
 * ```ts
 * const { orderHash } = await order.publish(network, 'app', signed)
 * ```
 */
export async function publish<K extends Order.Kind>(
  network: Network,
  kind: K,
  signed: Order.Order<K>,
): Promise<Published<K>> {
  const { chainId } = network.profile
  const json = Order.toJson(signed)
  const body = { order: json } as unknown as { order: Order.Order<K> } // the same, as JSON carries it
  const { published } = await openBook(network, kind).publish({ query: { chainId }, body })
  return published as Published<K>
}

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

/**
 * Revokes every order that the network's wallet ever signed, at once and for little gas.
 *
 * @example
 * ```ts
 * await order.revokeAll(network)
 * ```
 */
export function revokeAll(network: Network): Promise<TransactionReceipt> {
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'revokeAllOrders', args: [] })
}

/**
 * Writes, signs and publishes an order in one call.
 *
 * @example
 * ```ts
 * const { orderHash } = await order.offer(network, 'app', { app, appprice: 100n, volume: 1000n })
 * ```
 */
export async function offer<K extends Order.Kind>(
  network: Network,
  kind: K,
  draft: Draft<K>,
  terms: Terms = {},
): Promise<Published<K>> {
  return publish(network, kind, await make(network, kind, draft, terms))
}

/**
 * Takes an order out of the book. Whoever has a copy may still match it: `cancel` ends it for good.
 *
 * @example
 * ```ts
 * await order.unpublish(network, 'app', orderHash)
 * ```
 */
export async function unpublish(network: Network, kind: Order.Kind, orderHash: Hex): Promise<void> {
  const { chainId } = network.profile
  const body = { target: 'unpublish_orderHash', orderHash } as const
  await openBook(network, kind).unpublish({ query: { chainId }, body })
}

/** What a book is asked for; see the market's API for each kind's filters. */
export type Filters<K extends Order.Kind> = Omit<
  Book.Find<K>,
  'chainId' | 'pageIndex' | 'page' | 'after'
>

/**
 * The open orders of a kind, cheapest first (requests: best paying first), page by page as they are
 * read. Orders restricted to somebody appear only when that somebody is named.
 *
 * @example
 * ```ts
 * for await (const { order: offer, remaining } of order.list(network, 'workerpool', { category: 0n }))
 *   console.log(offer.workerpoolprice, remaining)
 * ```
 */
export async function* list<K extends Order.Kind>(
  network: Network,
  kind: K,
  filters: Partial<Filters<K>> = {},
): AsyncGenerator<Published<K>> {
  const { chainId } = network.profile
  let after: string | undefined
  do {
    const query = { ...filters, chainId, ...(after !== undefined && { after }) }
    const page = await openBook(network, kind).find({ query } as never) // the book checks filters itself
    for (const entry of page.orders) yield entry as Published<K>
    after = page.nextCursor
  } while (after !== undefined)
}

/**
 * One published order, whatever became of it. Throws `order/unknown`.
 *
 * @example
 * ```ts
 * const { status, remaining } = await order.show(network, 'app', orderHash)
 * ```
 */
export async function show<K extends Order.Kind>(
  network: Network,
  kind: K,
  orderHash: Hex,
): Promise<Published<K>> {
  const { chainId } = network.profile
  const found = await openBook(network, kind).show({ params: { orderHash }, query: { chainId } })
  return found as Published<K>
}

const manage = {
  app: 'manageAppOrder',
  dataset: 'manageDatasetOrder',
  workerpool: 'manageWorkerpoolOrder',
  request: 'manageRequestOrder',
} as const satisfies Record<Order.Kind, string>

const SIGN = 0
const CLOSE = 1

/**
 * Closes an order on chain: nobody can match it any more. Only its signer may.
 *
 * @example
 * ```ts
 * await order.cancel(network, 'app', signed)
 * ```
 */
export function cancel<K extends Order.Kind>(
  network: Network,
  kind: K,
  signed: Order.Order<K>,
): Promise<TransactionReceipt> {
  return operate(network, kind, { order: signed, operation: CLOSE, sign: '0x' })
}

/**
 * Signs an order by a transaction, for wallets that cannot sign typed data; its `sign` may be `0x`.
 *
 * @example
 * ```ts
 * await order.presign(network, 'app', { ...order.create(network, 'app', { app }), sign: '0x' })
 * ```
 */
export function presign<K extends Order.Kind>(
  network: Network,
  kind: K,
  unsigned: Order.Order<K>,
): Promise<TransactionReceipt> {
  return operate(network, kind, { order: unsigned, operation: SIGN, sign: '0x' })
}

function operate(network: Network, kind: Order.Kind, operation: object) {
  const functionName = manage[kind]
  return write(network, {
    ...{ address: network.profile.hub, abi: hubAbi, functionName, args: [operation] },
  })
}

/**
 * How many tasks an order can still be matched for, as the chain counts; a closed one for none.
 *
 * @example
 * ```ts
 * const left = await order.remaining(network, 'app', signed)
 * ```
 */
export async function remaining<K extends Order.Kind>(
  network: Network,
  kind: K,
  order: Order.Order<K>,
): Promise<bigint> {
  const args = [hash(network, kind, order)] as const
  const address = network.profile.hub
  const consumed = await read(network, {
    ...{ address, abi: hubAbi, functionName: 'viewConsumed' as const, args },
  })
  return order.volume - consumed
}
