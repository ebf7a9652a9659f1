import { Order } from '@traboule/protocol'
import { type Api, bookApi, marketApi } from '@traboule/protocol/api'
import fc from 'fast-check'
import { hashTypedData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket } from './support/market.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
let market: Market

beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world, { RATE_LIMIT: '0' })
})
afterAll(async () => {
  await market[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** An authorization that is good, so that what is asked is looked at. */
async function authorization() {
  const { appOwner } = world.people
  const { body } = await market.raw(
    `/challenge?chainId=${world.chainId}&address=${appOwner.address}`,
  )
  const { EIP712Domain: _, ...types } = body.data.types
  const typed = { ...body.data, types }
  return `${hashTypedData(typed)}_${await appOwner.signTypedData(typed)}_${appOwner.address}`
}

const tables: readonly Api[] = [marketApi, ...Order.kinds.map((kind) => bookApi(kind))]
const routes = tables.flatMap((table) => Object.values(table))

const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'any',
    '-1',
    '1e400',
    '9007199254740993',
    `${2n ** 256n}`,
    '0x',
    `0x${'0'.repeat(63)}`,
    `0x${'f'.repeat(64)}`,
    '__proto__',
    "'; drop table market.orders; --",
    '\u0000',
    '\ud800',
    'true',
    'null',
    'eyJhIjoxfQ',
  ),
)
const names = [
  'pageIndex',
  'pageSize',
  'after',
  'app',
  'dataset',
  'workerpool',
  'requester',
  'beneficiary',
  'category',
  'minTag',
  'maxTag',
  'minVolume',
  'minTrust',
  'maxTrust',
  'appOwner',
  'isAppStrict',
  'bulkOnly',
  'address',
  'apporderHash',
  'interval',
  '__proto__',
  'constructor',
]
const anyQuery = fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 4 })
const anyBody = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.record({ order: fc.dictionary(odd, odd) }).map((body) => JSON.stringify(body)),
  fc
    .record({ target: fc.constantFrom('unpublish_all', 'unpublish_orderHash', 'x'), app: odd })
    .map((b) => JSON.stringify(b)),
  fc.string({ unit: 'binary' }),
)

test('property: whatever is asked, every route answers in JSON and blames the asker', async () => {
  const runs = Number(process.env.PROPERTY_RUNS ?? 150)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      anyQuery,
      odd,
      anyBody,
      async (route, query, segment, body) => {
        const path = route.path.replace(
          /:\w+/,
          () => encodeURIComponent(segment.toWellFormed()) || 'x',
        )
        const search = new URLSearchParams({ chainId: String(world.chainId), ...query })
        const headers = {
          'content-type': 'application/json',
          ...(route.auth && { authorization: await authorization() }),
        }
        const init = { method: route.method, headers, ...(route.method !== 'GET' && { body }) }
        const answer = await market.raw(`${path}?${search}`, init)
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
        expect(answer.body.ok).toBe(answer.status < 400)
        if (answer.status >= 400) expect(answer.body.error).toEqual(expect.any(String))
      },
    ),
    { numRuns: runs },
  )
}, 240_000)
