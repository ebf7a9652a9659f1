import { Order } from '@traboule/protocol'
import { type Api, bookApi, marketApi } from '@traboule/protocol/api'
import { anAddress } from '@traboule/protocol/testing'
import fc from 'fast-check'
import { type Hex, hashTypedData } from 'viem'
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

const query = (text: string, variables?: unknown) => JSON.stringify({ query: text, variables })
const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ')

/** What breaks readers of GraphQL that trust who asks. */
const traps: Readonly<Record<string, string>> = {
  'a deep selection': query(`${'{deals'.repeat(900)}{id}${'}'.repeat(900)}`),
  'deep fragments': query(`{deals{${'...{'.repeat(900)}id${'}'.repeat(900)}}}`),
  'a fragment of itself': query('{deals{...f}} fragment f on Deal {...f}'),
  'many names for the same': query(`{${times(900, (n) => `a${n}: deals(first: 1000) {id}`)}}`),
  'a deep list': query(`{deals(where: {id_in: ${'['.repeat(2_000)}${']'.repeat(2_000)}}) {id}}`),
  'deep variables': `{"query":"{deals{id}}","variables":{"a":${'['.repeat(99_999)}${']'.repeat(99_999)}}}`,
  'a prototype':
    '{"query":"{deals{id}}","variables":{"__proto__":{"first":1}},"__proto__":{"query":1}}',
  'the field of a prototype': query(
    '{__proto__{id} constructor{id} deals(orderBy: __proto__){id}}',
  ),
  'a zero': query('{deals(where: {params: "\\u0000"}){id} deal(id: "\\u0000"){id}}'),
  'half a character': query('query($id: ID!){deal(id: $id){id}}', { id: '\ud800' }),
  'a huge text': query(`{deals(where: {params: "${'x'.repeat(19_000)}"}){id}}`),
  'a huge body': query('x'.repeat(600_000)),
  'a huge number': query(`{deals(where: {botSize_gt: "${'9'.repeat(400)}"}){id}}`),
  'no number': query('{deals(where: {botSize: "1e400", trust: "NaN"}, first: -1, skip: -1){id}}'),
  'a distant block': query('{deals(block: {number: 2147483647}){id}}'),
  'many ids': query('query($in: [ID!]){deals(where: {id_in: $in}){id}}', {
    in: Array.from({ length: 20_000 }, (_, n) => `0x${n}`),
  }),
}

test.each(Object.keys(traps))('the graph answers who sends %s', async (name) => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const { status, body } = await market.raw('/graphql', { ...init, body: traps[name] ?? '' })
  expect(status, JSON.stringify(body)).toBeLessThan(500)
  expect(JSON.stringify(body)).not.toMatch(/service.bug|went wrong/)
})

/** Runtime codes of wallets that say nothing of use about a signature, each in another way. */
const wallets: Readonly<Record<string, Hex>> = {
  reverts: '0x5f5ffd',
  loops: '0x5b5f56',
  fails: '0xfe',
  'burns all gas on memory': '0x5b5959525f56',
  'answers with a megabyte': '0x620fffff5ff3',
  'answers with nothing': '0x00',
}

test.each(Object.keys(wallets))(
  'a wallet that %s is not believed, and costs little',
  async (does) => {
    const { stranger } = world.people
    const wallet = anAddress(0xbad + Object.keys(wallets).indexOf(does))
    await world.node('anvil_setCode', [wallet, wallets[does]])
    const { body } = await market.raw(`/challenge?chainId=${world.chainId}&address=${wallet}`)
    const { EIP712Domain: _, ...types } = body.data.types
    const typed = { ...body.data, types }
    const signature = await stranger.signTypedData(typed)
    const headers = {
      'content-type': 'application/json',
      authorization: `${hashTypedData(typed)}_${signature}_${wallet}`,
    }
    const order = JSON.stringify({ order: Order.toJson(await world.signed('app')) })
    const init = { method: 'POST', headers, body: order }
    const asked = Array.from({ length: 5 }, () =>
      market.raw(`/apporders?chainId=${world.chainId}`, init),
    )
    for (const answer of await Promise.all(asked))
      expect(answer).toMatchObject({ status: 403, body: { error: 'invalid authorization' } })
  },
)
