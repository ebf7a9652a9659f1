import { Match, Order, Salt, Tag } from '@traboule/protocol'
import {
  aDatasetOrder,
  anAddress,
  anAppOrder,
  aRequestOrder,
  aWorkerpoolOrder,
  someBytes32,
} from '@traboule/protocol/testing'
import fc from 'fast-check'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { type Choice, choose, nameOf, type Offer, type Offers } from './choose.ts'

const matcher = anAddress(0xb0)
const isMember = () => false
const chooser = { matcher, isMember, refused: new Set<string>() }
let count = 0
const offer = <K extends Order.Kind>(
  order: Order.Order<K>,
  remaining = order.volume,
): Offer<K> => ({
  order,
  remaining,
  hash: someBytes32(++count),
  publishedAt: count,
})

const app = anAddress(0xa)
const dataset = anAddress(0xd)
const pools = [anAddress(0xb), anAddress(0xbb)] as const
const nobody = Order.noDataset.dataset
const tags = [Tag.encode([]), Tag.encode(['tee', 'tdx']), Tag.encode(['gpu'])]
const price = fc.bigInt(0n, 4n)
const volume = fc.bigInt(1n, 4n)
const tag = fc.oneof(
  { weight: 6, arbitrary: fc.constant(tags[0] as Hex) },
  { weight: 1, arbitrary: fc.constantFrom(...tags) },
)
const orNobody = (...others: Hex[]) =>
  fc.constantFrom(...Array.from({ length: 8 }, () => nobody), ...others)
const salt = fc.constantFrom(
  someBytes32(1),
  someBytes32(1),
  someBytes32(1),
  Salt.write({ matcher, unique: Uint8Array.of(1, 2, 3) }),
  Salt.write({ matcher: anAddress(0x77), unique: Uint8Array.of(1, 2, 3) }),
)
const common = { volume, tag, salt, requesterrestrict: orNobody(anAddress(0xc), anAddress(0xcc)) }
const anApp = fc
  .record({
    ...common,
    appprice: price,
    datasetrestrict: orNobody(dataset),
    workerpoolrestrict: orNobody(...pools),
  })
  .map((over) => offer(anAppOrder(over)))
const aDataset = fc
  .record({
    ...common,
    datasetprice: price,
    apprestrict: orNobody(app),
    workerpoolrestrict: orNobody(...pools),
  })
  .map((over) => offer(aDatasetOrder({ dataset, ...over })))
const aPool = fc
  .record({
    ...common,
    workerpool: fc.constantFrom(...pools),
    workerpoolprice: price,
    trust: fc.bigInt(0n, 3n),
    category: fc.constantFrom(0n, 0n, 0n, 1n),
    apprestrict: orNobody(app, anAddress(0xaa)),
    datasetrestrict: orNobody(dataset),
  })
  .map((over) => offer(aWorkerpoolOrder(over)))
const aRequest = fc
  .record({
    volume,
    tag,
    appmaxprice: price,
    datasetmaxprice: price,
    workerpoolmaxprice: price,
    dataset: fc.constantFrom(nobody, dataset),
    workerpool: orNobody(...pools),
    trust: fc.bigInt(0n, 2n),
  })
  .map((over) => offer(aRequestOrder(over)))
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 5 })
const book = fc.record({ app: some(anApp), dataset: some(aDataset), workerpool: some(aPool) })

const facts = { categoryExists: true, isMember: () => false }
const allowed = ({ order }: Offer) => {
  const named = Salt.read(order.salt).matcher
  return !named || matcher.endsWith(named.slice(2))
}

/** Every deal that the chain would make, by trying all of them. */
function everyDeal(request: Offer<'request'>, offers: Offers): Pick<Choice, 'price' | 'volume'>[] {
  const datasets = request.order.dataset === nobody ? [undefined] : offers.dataset
  return offers.app.flatMap((app) =>
    datasets.flatMap((dataset) =>
      offers.workerpool.flatMap((pool) => {
        const orders = {
          app: app.order,
          dataset: dataset?.order ?? Order.noDataset,
          workerpool: pool.order,
          request: request.order,
        }
        const all = [app, ...(dataset ? [dataset] : []), pool, request]
        if (!all.every(allowed) || Match.disagreement(orders, facts)) return []
        const volume = all.map(({ remaining }) => remaining).reduce((a, b) => (a < b ? a : b))
        const { appprice } = app.order
        return [
          { volume, price: appprice + orders.dataset.datasetprice + pool.order.workerpoolprice },
        ]
      }),
    ),
  )
}

const better = (a: Pick<Choice, 'price' | 'volume'>, b: Pick<Choice, 'price' | 'volume'>) =>
  a.price < b.price || (a.price === b.price && a.volume > b.volume)

test('property: no deal that the chain would make is better than the one chosen', () => {
  let chosen = 0
  fc.assert(
    fc.property(aRequest, book, (request, offers) => {
      const all = everyDeal(request, offers)
      const choice = choose(request, offers, chooser)
      expect(choice === undefined).toBe(all.length === 0)
      if (!choice) return
      chosen++
      expect(all.filter((each) => better(each, choice))).toEqual([])
      expect(Match.disagreement(choice.orders, facts)).toBeUndefined()
      expect(choice.volume).toBeGreaterThan(0n)
    }),
    { numRuns: 2_000 },
  )
  expect(chosen).toBeGreaterThan(100) // else the books are too poor to test anything
})

test('property: the choice does not depend on the order in which offers are listed', () => {
  fc.assert(
    fc.property(aRequest, book, (request, offers) => {
      const turned = {
        app: offers.app.toReversed(),
        dataset: offers.dataset.toReversed(),
        workerpool: offers.workerpool.toReversed(),
      }
      expect(choose(request, turned, chooser)).toEqual(choose(request, offers, chooser))
    }),
  )
})

const simple = (...volumes: bigint[]) => ({
  app: [offer(anAppOrder({ volume: 100n }))],
  dataset: [],
  workerpool: volumes.map((volume, n) =>
    offer(aWorkerpoolOrder({ volume, workerpoolprice: BigInt(n), workerpool: anAddress(0xb + n) })),
  ),
})

test('a bag that no pool has room for is split, the cheapest pool first', () => {
  let request = offer(aRequestOrder({ volume: 10n, workerpoolmaxprice: 9n }))
  let offers: Offers = simple(4n, 3n, 50n)
  const volumes: bigint[] = []
  for (;;) {
    const choice = choose(request, offers, chooser)
    if (!choice) break
    volumes.push(choice.volume)
    const less = <T extends Offer>(each: T): T =>
      choice.hashes.includes(each.hash)
        ? { ...each, remaining: each.remaining - choice.volume }
        : each
    request = less(request)
    offers = { ...offers, app: offers.app.map(less), workerpool: offers.workerpool.map(less) }
  }
  expect(volumes).toEqual([4n, 3n, 3n])
})

test('of equal prices the larger offer is taken, then the older', () => {
  const request = offer(aRequestOrder({ volume: 5n }))
  const pool = (volume: bigint) => offer(aWorkerpoolOrder({ volume }))
  const [small, large, later] = [pool(2n), pool(9n), pool(9n)]
  const offers = { ...simple(), workerpool: [small, later, large] }
  expect(choose(request, offers, chooser)?.hashes).toContain(large.hash)
})

test('what the chain refused is not chosen again', () => {
  const request = offer(aRequestOrder({ volume: 5n, workerpoolmaxprice: 9n }))
  const offers = simple(5n, 5n)
  const first = choose(request, offers, chooser)
  const refused = new Set([nameOf(first?.hashes ?? [])])
  expect(choose(request, offers, { ...chooser, refused })?.price).toBe(1n)
})
