import { type Order, Scalar } from '@traboule/protocol'
import {
  aDatasetOrder,
  anAddress,
  anAppOrder,
  aRequestOrder,
  aWorkerpoolOrder,
  someBytes32,
} from '@traboule/protocol/testing'
import { type Database, migrate, openDatabase, openPlaces } from '@traboule/service-kit'
import { freshDatabase } from '@traboule/service-kit/testing'
import fc from 'fast-check'
import { sql } from 'kysely'
import type { Hex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { offersFor } from '../src/broker/offers.ts'
import type { Tables } from '../src/db/schema.ts'
import { rowOf } from '../src/orders/entry.ts'
import { insert } from '../src/orders/publish.ts'
import { find } from '../src/orders/search.ts'
import { migrated } from './support/market.ts'

const stack = new AsyncDisposableStack()
let database: Database<Tables>

beforeAll(async () => {
  const { url } = stack.use(await freshDatabase(migrated))
  database = stack.use(await openDatabase<Tables>(url))
  await openPlaces(database.db)
  await migrate(database.db, 'market', new URL('../src/db/migrations/', import.meta.url))
})
afterAll(() => stack.disposeAsync())
beforeEach(() => sql`truncate market.orders`.execute(database.db))

let hashes = 0
const signer = anAddress(0x51)

async function keep<K extends Order.Kind>(
  kind: K,
  ...orders: readonly Order.Order<K>[]
): Promise<Hex[]> {
  const rows = orders.map((order) => {
    const kept = { kind, order, hash: someBytes32(++hashes), signer, proof: 'key' as const }
    return rowOf(kept, order.volume, hashes)
  })
  await database.db.transaction().execute((tx) => insert(tx, rows))
  return rows.map(({ hash }) => hash)
}

async function found(kind: Order.Kind, query: Record<string, unknown>): Promise<Hex[]> {
  const { orders, count } = await find(database.db, kind, query, 1)
  expect(count).toBe(orders.length)
  return orders.map(({ orderHash }) => orderHash)
}

test('lists the cheapest first, then the oldest; requests that pay most first', async () => {
  const prices = [3n, 1n, 2n, 1n]
  const offers = await keep(
    'workerpool',
    ...prices.map((workerpoolprice) => aWorkerpoolOrder({ workerpoolprice })),
  )
  expect(await found('workerpool', {})).toEqual([1, 3, 2, 0].map((n) => offers[n]))
  const wishes = await keep(
    'request',
    ...prices.map((workerpoolmaxprice) => aRequestOrder({ workerpoolmaxprice })),
  )
  expect(await found('request', { workerpool: 'any' })).toEqual([0, 2, 1, 3].map((n) => wishes[n]))
})

test('shows restricted orders only to those who ask for them', async () => {
  const [me, you] = [anAddress(1), anAddress(2)]
  const [open, mine, yours] = await keep(
    'app',
    anAppOrder(),
    anAppOrder({ requesterrestrict: me }),
    anAppOrder({ requesterrestrict: you }),
  )
  expect(await found('app', {})).toEqual([open])
  expect(await found('app', { requester: me })).toEqual([open, mine])
  expect(await found('app', { requester: me, isRequesterStrict: true })).toEqual([mine])
  expect(await found('app', { requester: 'any' })).toEqual([open, mine, yours])
})

test('filters by tag, volume, trust, category and owner', async () => {
  const tee = someBytes32(9)
  const [plain, tagged, large] = await keep(
    'workerpool',
    aWorkerpoolOrder({ trust: 1n }),
    aWorkerpoolOrder({ tag: tee, trust: 5n, category: 2n }),
    aWorkerpoolOrder({ volume: 100n, trust: 10n }),
  )
  expect(await found('workerpool', { minTag: tee })).toEqual([tagged])
  expect(await found('workerpool', { minTag: someBytes32(1) })).toEqual([tagged])
  expect(await found('workerpool', { maxTag: someBytes32(0) })).toEqual([plain, large])
  expect(await found('workerpool', { minVolume: 50n })).toEqual([large])
  expect(await found('workerpool', { minVolume: 2n ** 200n })).toEqual([])
  expect(await found('workerpool', { minTrust: 5n })).toEqual([tagged, large])
  expect(await found('workerpool', { category: 2n })).toEqual([tagged])
  expect(await found('workerpool', { workerpoolOwner: signer })).toEqual([plain, tagged, large])
  expect(await found('workerpool', { workerpoolOwner: anAddress(9) })).toEqual([])
})

test('a cursor neither skips nor repeats, although orders come and go between pages', async () => {
  const kept = await keep(
    'app',
    ...Array.from({ length: 35 }, (_, n) => anAppOrder({ appprice: BigInt(n % 7) })),
  )
  const seen: Hex[] = []
  let after: string | undefined
  do {
    const page = await find(database.db, 'app', { pageSize: 10, after }, 1)
    seen.push(...page.orders.map(({ orderHash }) => orderHash))
    after = page.nextCursor
    await keep('app', anAppOrder({ appprice: 0n })) // before every page but the first
    await sql`delete from market.orders where hash = ${seen[0] ?? ''}`.execute(database.db)
  } while (after)
  expect(seen.filter((hash) => kept.includes(hash)).toSorted()).toEqual(kept.toSorted())
  expect(new Set(seen).size).toBe(seen.length)
  await expect(find(database.db, 'app', { after: 'bm90IGEgY3Vyc29y' }, 1)).rejects.toMatchObject({
    code: 'request/invalid',
  })
})

test('pages by number too, and says when there are no more', async () => {
  await keep('app', ...Array.from({ length: 25 }, () => anAppOrder()))
  const page = (pageIndex: number) => find(database.db, 'app', { pageIndex, pageSize: 10 }, 1)
  expect(await page(0)).toMatchObject({ count: 25, nextPage: 1 })
  expect(await page(2)).toMatchObject({ count: 25 })
  expect((await page(2)).nextPage).toBeUndefined()
  expect((await page(2)).orders).toHaveLength(5)
})

test('estimates how many there are once they are many', async () => {
  for (let n = 0; n < 6; n++)
    await keep('app', ...Array.from({ length: 2_000 }, () => anAppOrder()))
  await sql`analyze market.orders`.execute(database.db)
  const { count, countIsEstimate } = await find(database.db, 'app', {}, 1)
  expect(countIsEstimate).toBe(true)
  expect(count).toBeGreaterThan(1_000)
})

test('bulks see only free dataset orders without end', async () => {
  const free = { datasetprice: 0n, volume: Scalar.MAX_SAFE }
  const [bulk] = await keep('dataset', aDatasetOrder(free), aDatasetOrder({ ...free, volume: 5n }))
  expect(await found('dataset', { bulkOnly: true })).toEqual([bulk])
})

const fewAddresses = fc.constantFrom(Scalar.nullAddress, anAddress(1), anAddress(2))
const few = (most: number) => fc.bigInt({ min: 0n, max: BigInt(most) })
const fewTags = fc.constantFrom(0, 1, 8, 9).map(someBytes32)
const somePools = fc.array(
  fc.record({
    workerpool: fc.constantFrom(anAddress(7), anAddress(8)),
    workerpoolprice: few(5),
    volume: fc.bigInt({ min: 1n, max: 3n }),
    tag: fewTags,
    category: few(1),
    trust: few(3),
    apprestrict: fewAddresses,
    datasetrestrict: fewAddresses,
    requesterrestrict: fewAddresses,
  }),
  { maxLength: 60 },
)
const aWish = fc.record({
  app: fc.constantFrom(anAddress(1), anAddress(3)),
  dataset: fewAddresses,
  workerpool: fc.constantFrom(Scalar.nullAddress, anAddress(7)),
  requester: fc.constantFrom(anAddress(2), anAddress(4)),
  workerpoolmaxprice: fc.oneof(few(5), fc.constant(2n ** 256n - 1n)),
  tag: fewTags,
  category: few(2),
  trust: few(4),
})

test('property: the broker finds the cheapest workerpool orders that a request may have', async () => {
  await fc.assert(
    fc.asyncProperty(somePools, aWish, async (pools, wish) => {
      await sql`truncate market.orders`.execute(database.db)
      const orders = pools.map((over) => aWorkerpoolOrder(over))
      const kept = await keep('workerpool', ...orders)
      const order = aRequestOrder(wish)
      const request = { order, hash: someBytes32(1), remaining: 1n, publishedAt: 0 }
      const { workerpool } = await offersFor(database.db, request, { pools: 5 })
      const fits = orders.filter((offer) => suits(offer, order)).map((o) => o.workerpoolprice)
      const cheapest = fits.toSorted((a, b) => Number(a - b)).slice(0, 5)
      expect(workerpool.map((o) => o.order.workerpoolprice).toSorted()).toEqual(cheapest)
      for (const offer of workerpool) {
        expect(kept).toContain(offer.hash)
        expect(suits(offer.order, order)).toBe(true)
      }
    }),
    { numRuns: 40 },
  )
})

function suits(offer: Order.Order<'workerpool'>, request: Order.Order<'request'>): boolean {
  const open = (restriction: Hex, party: Hex) => [Scalar.nullAddress, party].includes(restriction)
  return (
    offer.category === request.category &&
    offer.trust >= request.trust &&
    offer.workerpoolprice <= request.workerpoolmaxprice &&
    (BigInt(offer.tag) & BigInt(request.tag)) === BigInt(request.tag) &&
    [Scalar.nullAddress, offer.workerpool].includes(request.workerpool) &&
    open(offer.apprestrict, request.app) &&
    open(offer.datasetrestrict, request.dataset) &&
    open(offer.requesterrestrict, request.requester)
  )
}
