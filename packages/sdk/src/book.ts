/** Book: the orders that the market keeps for everybody to find. */
import { Order } from '@traboule/protocol'
import type { Book } from '@traboule/protocol/api'
import type { Hex } from 'viem'
import { type Draft, make, type Terms } from './draft.ts'
import { openBook } from './market.ts'
import type { Network } from './network.ts'

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
