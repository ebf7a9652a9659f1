/**
 * Choose: the deal to make of a request and the offers in the book. The best one costs least in all;
 * of those, it holds most tasks; of those, its offers have waited longest. Decides and does nothing.
 */
import { Match, Order, Salt } from '@traboule/protocol'
import type { Address, Hex } from 'viem'

/** An open order as the book has it. */
export type Offer<K extends Order.Kind = Order.Kind> = Readonly<{
  order: Order.Order<K>
  hash: Hex
  /** Tasks that it can still be matched for. */
  remaining: bigint
  /** Milliseconds since 1970. */
  publishedAt: number
}>

/** What a deal can be made of; `dataset` is empty when the request is without. */
export type Offers = Readonly<{ [K in Order.Kind as Exclude<K, 'request'>]: readonly Offer<K>[] }>

export type Choice = Readonly<{
  orders: Order.Quartet
  /** Of the orders that count: three, or four with a dataset. */
  hashes: readonly Hex[]
  volume: bigint
  /** nRLC per task: what app, dataset and workerpool are paid together. */
  price: bigint
}>

export type Chooser = Readonly<{
  /** Who would send the match: an order's salt may name the only one who may. */
  matcher: Address
  /** Who is in the groups that orders are restricted to. */
  isMember: Match.Facts['isMember']
  /** Choices that the chain refused lately, by `nameOf`. */
  refused: ReadonlySet<string>
}>

const none: Offer<'dataset'> = {
  order: Order.noDataset,
  hash: '0x',
  remaining: Match.MAX_VOLUME,
  publishedAt: 0,
}

/** What a choice is called. */
export const nameOf = (hashes: readonly Hex[]): string => hashes.join('-')

/** The best deal for a request now; `undefined` when there is none. */
export function choose(
  request: Offer<'request'>,
  offers: Offers,
  chooser: Chooser,
): Choice | undefined {
  if (request.remaining <= 0n || !mayMatch(request, chooser)) return undefined
  const apps = sorted(offers.app, (order) => order.appprice, chooser)
  const pools = sorted(offers.workerpool, (order) => order.workerpoolprice, chooser)
  const datasets = hasDataset(request)
    ? sorted(offers.dataset, (order) => order.datasetprice, chooser)
    : [none]
  const [app, dataset, pool] = [apps[0], datasets[0], pools[0]]
  if (!app || !dataset || !pool) return undefined
  const least = priceOf(app, dataset, pool)
  let best: Choice | undefined
  for (const pool of pools) {
    if (best && priceOf(app, dataset, pool) > best.price) break
    best = cheapestWith(pool, { request, apps, datasets, chooser, best })
    // Nothing can be cheaper, or hold more: what follows has only waited less.
    if (best?.price === least && best.volume === request.remaining) break
  }
  return best
}

type Search = Readonly<{
  request: Offer<'request'>
  apps: readonly Offer<'app'>[]
  datasets: readonly Offer<'dataset'>[]
  chooser: Chooser
  best: Choice | undefined
}>

/** The best of all deals with one workerpool order and the best so far. */
function cheapestWith(pool: Offer<'workerpool'>, search: Search): Choice | undefined {
  let { best } = search
  for (const app of search.apps)
    for (const dataset of search.datasets) {
      const price = priceOf(app, dataset, pool)
      if (best && price > best.price) break // datasets only get dearer
      const volume = least(
        app.remaining,
        dataset.remaining,
        pool.remaining,
        search.request.remaining,
      )
      if (best && price === best.price && volume <= best.volume) continue
      best = agreed(app, dataset, pool, search) ?? best
    }
  return best
}

function agreed(
  app: Offer<'app'>,
  dataset: Offer<'dataset'>,
  pool: Offer<'workerpool'>,
  { request, chooser }: Search,
): Choice | undefined {
  const orders = {
    app: app.order,
    dataset: dataset.order,
    workerpool: pool.order,
    request: request.order,
  }
  const counting = [app, ...(dataset === none ? [] : [dataset]), pool, request]
  const hashes = counting.map(({ hash }) => hash)
  const terms = { categoryExists: true, isMember: chooser.isMember } // the book lists no others
  if (chooser.refused.has(nameOf(hashes)) || Match.disagreement(orders, terms)) return undefined
  const volume = least(...counting.map(({ remaining }) => remaining), Match.MAX_VOLUME)
  return { orders, hashes, volume, price: priceOf(app, dataset, pool) }
}

/** Usable offers: cheapest first, then those that hold more, then those that waited longer. */
function sorted<K extends Order.Kind>(
  offers: readonly Offer<K>[],
  price: (order: Order.Order<K>) => bigint,
  chooser: Chooser,
): Offer<K>[] {
  const usable = offers.filter((offer) => offer.remaining > 0n && mayMatch(offer, chooser))
  return usable.toSorted(
    (a, b) =>
      order(price(a.order), price(b.order)) ||
      order(b.remaining, a.remaining) ||
      a.publishedAt - b.publishedAt ||
      (a.hash < b.hash ? -1 : 1),
  )
}

function mayMatch({ order }: { order: { salt: Hex } }, { matcher }: Chooser): boolean {
  const named = Salt.read(order.salt).matcher
  return named === undefined || matcher.toLowerCase().endsWith(named.slice(2))
}

const priceOf = (app: Offer<'app'>, dataset: Offer<'dataset'>, pool: Offer<'workerpool'>): bigint =>
  app.order.appprice + dataset.order.datasetprice + pool.order.workerpoolprice

const hasDataset = ({ order }: Offer<'request'>) => BigInt(order.dataset) !== 0n
const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const least = (...all: readonly bigint[]): bigint => all.reduce((a, b) => (a < b ? a : b))
