/**
 * Book: how the order book does with a million orders, on PostgreSQL.
 *
 * `npm run bench:book` prints how long filtered pages take over HTTP, how long the broker searches
 * for a match, and how many orders a second can be published; the last line has the figures as JSON.
 * `-- --orders 100000` makes the book smaller. Everything runs on this machine: server, database,
 * chain and the callers.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { Order } from '@traboule/protocol'
import { bookApi, client as callers, marketApi } from '@traboule/protocol/api'
import { someBytes32 } from '@traboule/protocol/testing'
import { Client } from 'pg'
import { numberToHex, parseEther } from 'viem'
import { type HDAccount, mnemonicToAccount } from 'viem/accounts'
import { startPostgres } from '../scripts/postgres.ts'
import { startProcess } from '../services/market/test/support/process.ts'
import { openWorld, type World } from '../services/market/test/support/world.ts'
import { match } from './matching.ts'
import { fill } from './resting.ts'

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '3000' },
    matched: { type: 'string', default: '500' },
    published: { type: 'string', default: '11000' },
  },
})
const [ORDERS, PAGES, MATCHED, PUBLISHED] = [
  values.orders,
  values.pages,
  values.matched,
  values.published,
].map(Number)

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
  RATE_LIMIT: '0',
}
const market = stack.use(await startProcess(env))
const query = { chainId: world.chainId }

/** Orders of one seller: as many as the book keeps of one. */
const OF_ONE = 50

/** Resting orders that matching is measured against; the rest comes after. */
const TO_MATCH = 100_000

const load = () => Number((loadavg()[0] ?? 0).toFixed(1))
const began = load()
const first = Math.min(ORDERS ?? 0, TO_MATCH)
console.log(`filling the book with ${first} orders`)
await fill(postgres.url, 0, first)
const matching = await matched()
console.log(`filling the book with ${ORDERS} orders`)
await fill(postgres.url, first, ORDERS ?? 0)
const asked: Record<string, Figures> = {}
for (const [name, ask] of Object.entries(questions)) asked[name] = await pages(name, ask)
const published = await publishing(world)
console.log(
  JSON.stringify({
    orders: ORDERS,
    pageP99Ms: Math.max(...Object.values(asked).map(({ p99 }) => p99)),
    pages: asked,
    matching,
    published,
    load: [began, load()],
  }),
)

async function started() {
  const postgres = await startPostgres()
  if (!postgres) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return postgres
}

function elsewhere(url: string) {
  return { url, async [Symbol.asyncDispose]() {} }
}

async function pages(name: string, ask: () => string): Promise<Figures> {
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
  return told(name, times)
}

/** The broker's search, warmed up as a broker is. */
async function matched() {
  await match(postgres.url, 100)
  const { times, found } = await match(postgres.url, MATCHED ?? 0)
  return { ...told(`matching (${found} of ${times.length})`, times), found, against: first }
}

type Figures = Readonly<{ median: number; p99: number }>

/** Milliseconds. */
function told(name: string, times: number[]): Figures {
  times.sort((a, b) => a - b)
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(1))
  const [median, p99] = [at(0.5), at(0.99)]
  console.log(`${name.padEnd(28)} median ${median} ms, p99 ${p99} ms`)
  return { median, p99 }
}

type Seller = Readonly<{ signer: HDAccount; orders: readonly Order.Order<'app'>[] }>

/** Sellers of one app each, with orders to publish. */
async function sellers({ createApp, node, signed }: World, count: number): Promise<Seller[]> {
  console.log(`signing ${count * OF_ONE} orders of ${count} sellers`)
  const mnemonic = 'test test test test test test test test test test test junk'
  const found: Seller[] = []
  await inTurns([...Array(count).keys()], 8, async (n) => {
    const signer = mnemonicToAccount(mnemonic, { addressIndex: 1_000 + n })
    await node('anvil_setBalance', [signer.address, numberToHex(parseEther('1'))])
    const app = await createApp(signer, `app ${n}`)
    const orders = Array.from({ length: OF_ONE }, () => signed('app', { app }, signer))
    found.push({ signer, orders: await Promise.all(orders) })
  })
  return found
}

async function publishing(world: World) {
  const all = await sellers(world, Math.ceil((PUBLISHED ?? 0) / OF_ONE))
  const options = { chainId: world.chainId, service: 'market', timeoutMs: 120_000 }
  const alone = all.splice(0, Math.ceil(all.length / 10))
  const singles = alone.flatMap(({ signer, orders }) => {
    const book = callers(bookApi('app'), market.url, { ...options, signer })
    return orders.map((order) => () => book.publish({ query, body: { order } }))
  })
  const beganAlone = await beginning()
  await inTurns(singles, 32, (publish) => publish())
  const single = await tell('published one a request', singles.length, beganAlone)

  const began = await beginning()
  await inTurns(all, 8, async ({ signer, orders }) => {
    const body = {
      orders: orders.map((order) => ({ kind: 'app' as const, order: Order.toJson(order) })),
    }
    const api = callers(marketApi, market.url, { ...options, signer })
    const { results } = await api.publishMany({ query, body })
    const failed = results.find(({ error }) => error)
    if (failed) throw new Error(failed.error)
  })
  return {
    single,
    together: await tell(`published ${OF_ONE} a request`, all.length * OF_ONE, began),
  }
}

/** Wall time, and how long the market and the database have computed, in milliseconds. */
async function beginning() {
  const database = computedBy(await processesOf(postgres.url))
  const computed = { server: computedBy([market.process.pid]), database }
  return { at: performance.now(), ...computed }
}

/** On a machine that does other things too, the processor's time says more than the rate does. */
async function tell(what: string, count: number, began: Awaited<ReturnType<typeof beginning>>) {
  const now = await beginning()
  const rate = Math.round((count * 1_000) / (now.at - began.at))
  const each = (of: 'server' | 'database') => Number(((now[of] - began[of]) / count).toFixed(2))
  const [server, postgres] = [each('server'), each('database')]
  console.log(
    `${what.padEnd(28)} ${rate} orders/s; each takes ${server} ms of the server’s processor, ${postgres} ms of the database’s`,
  )
  return { ordersPerSecond: rate, serverMsEach: server, databaseMsEach: postgres }
}

/** From Linux; 0 elsewhere. */
function computedBy(pids: readonly (number | undefined)[]): number {
  return pids.reduce<number>((sum, pid) => {
    const fields = statOf(pid)
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10 // ticks of 10 ms
  }, 0)
}

function statOf(pid: number | string | undefined): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  } catch {
    return []
  }
}

/** The processes of the database: whoever has the parent that ours there has. */
async function processesOf(url: string): Promise<readonly number[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const [, parent] = statOf(rows[0]?.pid)
  await client.end()
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return pids.filter((pid) => parent !== undefined && statOf(pid)[1] === parent).map(Number)
}

/** Works through `items`, with `workers` at once. */
async function inTurns<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values()
  const one = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: workers }, one))
}
