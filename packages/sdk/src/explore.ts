/**
 * Explore: a market as a whole, page by page: what there is, what happened, what is behind an id.
 *
 * It is the market's index that answers, which nobody needs to trust: whatever money depends on is
 * read from the chain by the other modules.
 */
import { AppError, type Order, Scalar } from '@traboule/protocol'
import type {
  Book,
  ChainEvent,
  chronicleApi,
  Figures,
  MarketDeal,
  marketApi,
  Request,
} from '@traboule/protocol/api'
import { type Address, type Hex, TransactionReceiptNotFoundError } from 'viem'
import { getTransactionReceipt } from 'viem/actions'
import { reach } from './chain.ts'
import * as Deals from './deal.ts'
import { resolve } from './ens.ts'
import { openBook, openChronicle, openGraph, openMarket } from './market.ts'
import type { Network } from './network.ts'
import * as Registry from './registry.ts'
import * as Tasks from './task.ts'

export type { ChainEvent, Figures, MarketDeal }

/** Some items of a listing, and what to ask for to get more of them. */
export type Page<T> = Readonly<{
  items: readonly T[]
  /** How many there are in all, where the market counts them; of very many, an estimate. */
  count: number | undefined
  /** Give it as `after` to get the next page; undefined at the end. */
  next: string | undefined
}>

/**
 * How much there is of everything, as of the newest block that the market has seen.
 *
 * @example
 * ```ts
 * const { deals, tasks, locked } = await explore.figures(network)
 * ```
 */
export function figures(network: Network): Promise<Figures> {
  const { chainId } = network.profile
  return openChronicle(network).figures({ query: { chainId } })
}

type Asked<R extends (typeof marketApi)['deals'] | (typeof chronicleApi)['events']> = Partial<
  Omit<Request<R>['query'], 'chainId' | 'pageIndex' | 'page'>
>

/**
 * What happened on the hub, newest first; `after` is the `next` of the page before.
 *
 * @example
 * ```ts
 * const { items, next } = await explore.events(network, { task: taskId })
 * for (const { name, blockTimestamp } of items) console.log(blockTimestamp, name)
 * ```
 */
export async function events(
  network: Network,
  asked: Asked<(typeof chronicleApi)['events']> = {},
): Promise<Page<ChainEvent>> {
  const { chainId } = network.profile
  const page = await openChronicle(network).events({ query: { ...asked, chainId } })
  return { items: page.events, count: undefined, next: page.nextCursor }
}

/**
 * Deals, newest first.
 *
 * @example
 * ```ts
 * const { items, count } = await explore.deals(network, { requester: friend })
 * ```
 */
export async function deals(
  network: Network,
  asked: Asked<(typeof marketApi)['deals']> = {},
): Promise<Page<MarketDeal>> {
  const { chainId } = network.profile
  const page = await openMarket(network).deals({ query: { ...asked, chainId } })
  return { items: page.deals, count: page.count, next: page.nextCursor }
}

/**
 * One page of the open orders of a kind, cheapest first (requests: best paying first).
 *
 * @example
 * ```ts
 * const { items, next } = await explore.orders(network, 'workerpool', { category: 0n })
 * ```
 */
export async function orders<K extends Order.Kind>(
  network: Network,
  kind: K,
  asked: Partial<Omit<Book.Find<K>, 'chainId' | 'pageIndex' | 'page'>> = {},
): Promise<Page<Book.Entry<K>>> {
  const { chainId } = network.profile
  const page = await openBook(network, kind).find({ query: { ...asked, chainId } } as never) // the book checks filters itself
  return { items: page.orders as Book.Entry<K>[], count: page.count, next: page.nextCursor }
}

/**
 * What workerpools were paid in a category, in candles of `interval` seconds, oldest first.
 *
 * @example
 * ```ts
 * const { deals: last } = await explore.prices(network, { category: 0n })
 * ```
 */
export async function prices(
  network: Network,
  { category, interval }: Readonly<{ category: bigint; interval?: number }>,
) {
  const { chainId } = network.profile
  const query = { chainId, category, ...(interval !== undefined && { interval }) }
  const { ohlc, candles } = await openMarket(network).ohlc({ query })
  const deals = ohlc.map(([time, price, volume]) => ({ time, price: BigInt(price), volume }))
  return { deals, candles }
}

/** What an address or an id is of. */
export type Found =
  | Readonly<{ kind: 'deal' | 'task'; id: Hex }>
  | Readonly<{ kind: 'order'; id: Hex; of: Order.Kind }>
  | Readonly<{ kind: Registry.Kind | 'account'; id: Address }>

/**
 * What is behind an address, its name, the id of a deal or a task, or the hash of an order. Any
 * address is at least an account. Throws `request/invalid` for other text, and `id/unknown` for an id
 * of nothing.
 *
 * @example
 * ```ts
 * const { kind, id } = await explore.locate(network, dealId)
 * ```
 */
export async function locate(network: Network, text: string): Promise<Found> {
  const address = Scalar.address.safeParse(text.trim())
  if (address.success) return locateAddress(network, address.data)
  const id = Scalar.bytes32.safeParse(text.trim())
  if (id.success) return locateId(network, id.data)
  if (/^[^\s.]+(\.[^\s.]+)+$/.test(text.trim()))
    return locateAddress(network, await resolve(network, text.trim()))
  throw new AppError('request/invalid', notAnId(text.trim()), { text, fields: ['text'] })
}

/** An asset by what its owner called it. */
export type Named = Readonly<{ kind: Registry.Kind; id: Address; name: string }>

const BY_NAME = `query ($text: String!) {
  app: apps(first: 10, where: { name_contains_nocase: $text }) { id name }
  dataset: datasets(first: 10, where: { name_contains_nocase: $text }) { id name }
  workerpool: workerpools(first: 10, where: { description_contains_nocase: $text }) { id name: description }
}`

/**
 * Apps, datasets and workerpools whose names contain a text, at most ten of each. Names are what
 * owners wrote: two may have the same.
 *
 * @example
 * ```ts
 * for (const { kind, id, name } of await explore.named(network, 'hello')) console.log(kind, id, name)
 * ```
 */
export async function named(network: Network, text: string): Promise<readonly Named[]> {
  const { data } = await openGraph(network).named({ body: { query: BY_NAME, variables: { text } } })
  const kinds = ['app', 'dataset', 'workerpool'] as const
  return kinds.flatMap((kind) => data[kind].map((each) => ({ kind, ...each })))
}

/**
 * Gas that a transaction took, from the chain; undefined while it is not mined.
 *
 * @example
 * ```ts
 * const [{ transactionHash }] = (await explore.events(network, { task: taskId })).items
 * const gas = await explore.gasOf(network, transactionHash)
 * ```
 */
export async function gasOf(network: Network, hash: Hex): Promise<bigint | undefined> {
  const receipt = getTransactionReceipt(network.chain, { hash }).catch(unlessMissing)
  return (await reach(receipt, 'The receipt'))?.gasUsed
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof TransactionReceiptNotFoundError)) throw error
}

function notAnId(text: string): string {
  const digits = /^0x([0-9a-f]+)$/i.exec(text)?.[1]?.length
  if (digits === undefined) return `"${text.slice(0, 80)}" is neither an address nor an id.`
  return `An address has 40 hexadecimal digits after 0x and an id 64; this has ${digits}.`
}

async function locateAddress(network: Network, id: Address): Promise<Found> {
  const kinds = ['app', 'dataset', 'workerpool'] as const
  const known = await Promise.all(kinds.map((kind) => Registry.isKnown(network, kind, id)))
  return { kind: kinds.find((_, n) => known[n]) ?? 'account', id }
}

async function locateId(network: Network, id: Hex): Promise<Found> {
  const [deal, task] = await Promise.all([Deals.find(network, id), Tasks.find(network, id)])
  if (deal) return { kind: 'deal', id }
  if (task.status !== 'unset') return { kind: 'task', id }
  const { chainId } = network.profile
  for (const kind of ['app', 'dataset', 'workerpool', 'request'] as const) {
    const found = await openBook(network, kind)
      .show({ params: { orderHash: id }, query: { chainId } })
      .catch(unlessUnknown)
    if (found) return { kind: 'order', id, of: kind }
  }
  throw new AppError('id/unknown', `No deal, task or order has the id ${id}.`, { id })
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'order/unknown') throw error
}
