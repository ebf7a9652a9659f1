/**
 * Book: how the order book does with a million orders, on PostgreSQL.
 *
 * `npm run bench:book` prints how long filtered pages take over HTTP and how many orders a second
 * can be published. `-- --orders 100000` makes the book smaller. Everything runs on this machine:
 * server, database, chain and the callers.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Order } from '@traboule/protocol'
import { bookApi, client as callers, marketApi } from '@traboule/protocol/api'
import { someBytes32 } from '@traboule/protocol/testing'
import { Client } from 'pg'
import { startPostgres } from '../scripts/postgres.ts'
import { startProcess } from '../services/market/test/support/process.ts'
import { openWorld, type World } from '../services/market/test/support/world.ts'

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '1000' },
    published: { type: 'string', default: '10000' },
  },
})
const [ORDERS, PAGES, PUBLISHED] = [values.orders, values.pages, values.published].map(Number)

/** Resting orders of every kind, as a busy book has them: few tags, skewed prices, some restricted. */
const resting = `
insert into market.orders (hash, kind, signer, app, dataset, workerpool, requester, beneficiary, category,
  trust, rank, volume, remaining, tag, expires_at, proof, status, document, published_at)
select '0x' || lpad(to_hex(n), 64, '0'), kind, addr(n % 20000),
  case when kind in ('app', 'request') then addr(n % 5000) when n % 50 = 0 then addr(n % 997) else zero end,
  case when kind = 'dataset' then addr(n % 5000) else zero end,
  case when kind = 'workerpool' then addr(n % 500) when n % 40 = 0 then addr(n % 499) else zero end,
  case when kind = 'request' then addr(n % 20000) when n % 20 = 0 then addr(n % 991) else zero end,
  null, case when kind in ('workerpool', 'request') then n % 5 end,
  case when kind in ('workerpool', 'request') then (n % 4) * 5 end,
  case when kind = 'request' then -1 else 1 end * (1000000000 * random() ^ 3)::bigint,
  1 + n % 1000, 1 + n % 1000, (case when n % 3 = 0 then tee when n % 100 = 1 then gpu else none end),
  null, 'key', 'open',
  jsonb_build_object('app', addr(n % 5000), 'appprice', 1, 'volume', 1 + n % 1000, 'tag', lpad('', 64, '0'),
    'datasetrestrict', zero, 'workerpoolrestrict', zero, 'requesterrestrict', zero,
    'salt', lpad(to_hex(n), 64, '0'), 'sign', repeat('ab', 65)),
  1700000000000 + n
from (select n, (array['workerpool','workerpool','app','app','request','dataset'])[1 + n % 6] as kind,
    '0x0000000000000000000000000000000000000000' as zero, 0::bit(256) as none,
    (lpad('1001', 256, '0'))::bit(256) as tee, (lpad('100000000', 256, '0'))::bit(256) as gpu
  from generate_series(1, $1::bigint) n) as rows`

const address = (n: number) => `0x${(n + 1).toString(16).padStart(40, '0')}` as const
const any = (most: number) => Math.floor(Math.random() * most)
const TEE = someBytes32(9)

/** Questions that people ask, each different. */
const questions: Readonly<Record<string, () => string>> = {
  'workerpools of a category': () => `workerpoolorders?category=${any(5)}`,
  'with trust and volume': () =>
    `workerpoolorders?category=${any(5)}&minTrust=${any(16)}&minVolume=${any(900)}`,
  'with a tag': () => `workerpoolorders?category=${any(5)}&minTag=${TEE}`,
  'that a requester may use': () =>
    `workerpoolorders?category=${any(5)}&requester=${address(any(991))}&app=${address(any(997))}`,
  'of one workerpool': () => `workerpoolorders?workerpool=${address(any(500))}&category=${any(5)}`,
  'of one app': () => `apporders?app=${address(any(5_000))}&minVolume=${any(100)}`,
  'of an app’s owner': () => `apporders?appOwner=${address(any(20_000))}`,
  'apps without a tag': () => `apporders?app=any&maxTag=${someBytes32(0)}`,
  'requests of a category': () => `requestorders?category=${any(5)}&maxTrust=${any(16)}`,
  'requests of one': () => `requestorders?requester=${address(any(20_000))}`,
}

await using stack = new AsyncDisposableStack()
const postgres = stack.use(
  process.env.DATABASE_URL ? elsewhere(process.env.DATABASE_URL) : await started(),
)
const world = stack.use(await openWorld())
const env = {
  PORT: '0',
  RPC_URL: world.anvil.rpcUrl,
  HUB: world.hub,
  DATABASE_URL: postgres.url,
  OPEN_ORDERS: '1000000000',
  RATE_LIMIT: '0',
}
const market = stack.use(await startProcess(env))
const query = { chainId: world.chainId }

console.log(`filling the book with ${ORDERS} orders`)
await fill(ORDERS ?? 0)
for (const [name, ask] of Object.entries(questions)) await pages(name, ask)
await publishing(world)

async function started() {
  const postgres = await startPostgres()
  if (!postgres) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return postgres
}

function elsewhere(url: string) {
  return { url, async [Symbol.asyncDispose]() {} }
}

async function fill(orders: number): Promise<void> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await client.query(`create or replace function addr(n bigint) returns text language sql immutable as
    $$ select '0x' || lpad(to_hex(n + 1), 40, '0') $$`)
  await client.query(resting, [orders])
  await client.query('insert into market.tags select distinct tag from market.orders')
  await client.query('vacuum analyze market.orders')
  await client.end()
}

async function pages(name: string, ask: () => string): Promise<void> {
  const times: number[] = []
  const each = Math.ceil((PAGES ?? 0) / Object.keys(questions).length)
  for (let n = 0; n < each; n++) {
    const url = `${market.url}/${ask()}&chainId=${world.chainId}&pageSize=20`
    const began = performance.now()
    const response = await fetch(url)
    await response.text()
    times.push(performance.now() - began)
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
  console.log(`${name.padEnd(28)} median ${at(0.5)} ms, p99 ${at(0.99)} ms`)
}

async function publishing({ people, signed }: World): Promise<void> {
  const signer = people.appOwner
  const total = PUBLISHED ?? 0
  console.log(`signing ${total} orders`)
  const orders = await Promise.all(Array.from({ length: total }, () => signed('app')))
  const options = { chainId: world.chainId, service: 'market', signer, timeoutMs: 120_000 }
  const api = callers(marketApi, market.url, options)
  const book = callers(bookApi('app'), market.url, options)

  const alone = orders.splice(0, Math.floor(total / 10))
  const beganAlone = beginning()
  await inTurns(alone, 1, 32, ([order]) =>
    book.publish({ query, body: { order: order as Order.Order<'app'> } }),
  )
  tell('published one a request', alone.length, beganAlone)

  const began = beginning()
  await inTurns(orders, 250, 4, async (some) => {
    const body = {
      orders: some.map((order) => ({ kind: 'app' as const, order: Order.toJson(order) })),
    }
    const { results } = await api.publishMany({ query, body })
    const failed = results.find(({ error }) => error)
    if (failed) throw new Error(failed.error)
  })
  tell('published 250 a request', orders.length, began)
}

/** Wall time, and how long the market's process has computed, in milliseconds. */
function beginning() {
  return { at: performance.now(), computed: computedBy(market.process.pid) }
}

function tell(what: string, count: number, began: ReturnType<typeof beginning>): void {
  const now = beginning()
  const rate = Math.round((count * 1_000) / (now.at - began.at))
  const each = ((now.computed - began.computed) / count).toFixed(2)
  console.log(`${what.padEnd(28)} ${rate} orders/s, ${each} ms of the server's processor each`)
}

/** From Linux; 0 elsewhere. */
function computedBy(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10 // ticks of 10 ms
  } catch {
    return 0
  }
}

/** Works through `items`, `size` at a time, by `workers` at once. */
async function inTurns<T>(
  items: readonly T[],
  size: number,
  workers: number,
  work: (some: readonly T[]) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const one = async () => {
    while (next < items.length) {
      const from = next
      next += size
      await work(items.slice(from, from + size))
    }
  }
  await Promise.all(Array.from({ length: workers }, one))
}
