import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket, until } from './support/market.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
let market: Market
let chainId: number

beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world)
  chainId = world.chainId
})
afterAll(async () => {
  await market[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

type Told = Readonly<{ event: string; payload: unknown; sequence: number }>

/** A connection whose events are pushed to `heard`. */
function open(heard: Told[]): Socket {
  const options = { path: '/ws', transports: ['websocket'], forceNew: true, reconnection: false }
  const socket = io(market.url, options)
  socket.onAny((event, payload, sequence) => heard.push({ event, payload, sequence }))
  return socket
}

/** Somebody who listens to a topic from a number on. */
async function listen(topic: string, heard: Told[], after?: number): Promise<Socket> {
  const socket = open(heard)
  const answer = await socket.timeout(10_000).emitWithAck('join', { chainId, topic, after })
  expect(answer).toBe(true)
  return socket
}

async function publishApp() {
  const body = { order: await world.signed('app') }
  const { published } = await market
    .book('app', world.people.appOwner)
    .publish({ query: { chainId }, body })
  return published.orderHash
}

test('tells of orders and deals as they come and go', async () => {
  const [orders, deals]: Told[][] = [[], []]
  const sockets = [await listen('orders', orders ?? []), await listen('deals', deals ?? [])]
  const orderHash = await publishApp()
  const book = market.book('app', world.people.appOwner)
  await book.unpublish({ query: { chainId }, body: { target: 'unpublish_orderHash', orderHash } })
  const order = await world.signed('app', { volume: 2n })
  await book.publish({ query: { chainId }, body: { order } })
  const dealid = await world.match({ app: order })
  await until(
    async () => orders?.length ?? 0,
    (length) => length >= 4,
  )
  await until(
    async () => deals?.length ?? 0,
    (length) => length >= 1,
  )
  expect(orders?.map(({ event }) => event)).toEqual([
    'apporder_published',
    'apporder_unpublished',
    'apporder_published',
    'apporder_updated',
  ])
  expect(orders?.[0]?.payload).toMatchObject({ orderHash, status: 'open', remaining: 1 })
  expect(orders?.[1]?.payload).toBe(orderHash)
  expect(orders?.[3]?.payload).toMatchObject({ remaining: 1, status: 'open' })
  expect(deals).toMatchObject([{ event: 'deal_created', payload: { dealid, volume: 1 } }])
  await world.node('anvil_reorg', [1, []])
  await until(
    async () => deals?.length ?? 0,
    (length) => length >= 2,
  )
  expect(deals?.[1]).toMatchObject({ event: 'deal_removed', payload: dealid })
  for (const socket of sockets) socket.disconnect()
})

/** How often those who listen leave, all together, and how many they are. */
const DISCONNECTS = Number(process.env.FEED_DISCONNECTS ?? 1_000)
const LISTENERS = 20

/**
 * Listens from `start` on, and leaves and comes back so often: at once, in the middle of what was
 * missed, when that was told, or when something new happened.
 */
async function comeAndGo(times: number, start: number, ask: () => void): Promise<Told[]> {
  const heard: Told[] = []
  const after = () => heard.at(-1)?.sequence ?? start
  for (let n = 0; n < times; n++) {
    const socket = open(heard)
    const event = new Promise((resolve) => socket.onAny(resolve))
    const joined = socket.emitWithAck('join', { chainId, topic: 'orders', after: after() })
    joined.catch(() => undefined) // it left before the answer
    if (n % 4 === 1) await Promise.race([event, joined])
    if (n % 4 > 1) await joined
    if (n % 4 === 3) ask()
    if (n % 4 === 3) await event
    socket.offAny()
    socket.disconnect()
  }
  return heard
}

/** Somebody who publishes and takes back whenever asked: what follows an ask is told after it. */
function openTrade() {
  let asked = Promise.withResolvers<void>()
  let over = false
  const trading = (async () => {
    const book = market.book('app', world.people.appOwner)
    for (;;) {
      await asked.promise
      if (over) return
      asked = Promise.withResolvers()
      await Promise.all([publishApp(), publishApp()])
      const body = { target: 'unpublish_all', app: world.app } as const
      await book.unpublish({ query: { chainId }, body })
    }
  })()
  return {
    ask: () => asked.resolve(),
    async [Symbol.asyncDispose]() {
      over = true
      asked.resolve()
      await trading
    },
  }
}

test('who disconnects at any moment and comes back misses nothing and hears nothing twice', async () => {
  const { sequence: start } = await market.api.changes({ query: { chainId } })
  const all = await everybody(start)
  const truth = await ordersAfter(start)
  expect(truth.length).toBeGreaterThanOrEqual(Math.floor(DISCONNECTS / LISTENERS / 4))
  for (const heard of all) {
    const end = truth.at(-1)?.sequence ?? start
    const socket = await listen('orders', heard, heard.at(-1)?.sequence ?? start)
    await until(
      async () => heard.at(-1)?.sequence,
      (sequence) => sequence === end,
    )
    socket.disconnect()
    expect(heard.map(({ sequence, event }) => [sequence, event])).toEqual(
      truth.map(({ sequence, event }) => [sequence, event]),
    )
  }
})

/** What each heard who came and went. */
async function everybody(start: number): Promise<Told[][]> {
  await using trade = openTrade()
  const times = Math.ceil(DISCONNECTS / LISTENERS)
  const each = () => comeAndGo(times, start, trade.ask)
  return await Promise.all(Array.from({ length: LISTENERS }, each))
}

/** What happened to orders after a number, as one who only asks is told. */
async function ordersAfter(start: number): Promise<Told[]> {
  const all: Told[] = []
  for (;;) {
    const after = all.at(-1)?.sequence ?? start
    const { changes } = await market.api.changes({ query: { chainId, after } })
    if (changes.length === 0) return all.filter(({ event }) => event.includes('order_'))
    all.push(...(changes as Told[]))
  }
}

test('refuses topics and chains that it does not have', async () => {
  const socket = io(market.url, { path: '/ws', transports: ['websocket'], forceNew: true })
  expect(await socket.emitWithAck('join', { chainId: chainId + 1, topic: 'orders' })).toMatchObject(
    { ok: false },
  )
  expect(await socket.emitWithAck('join', { chainId, topic: '__proto__' })).toMatchObject({
    ok: false,
  })
  expect(await socket.emitWithAck('join', null)).toMatchObject({ ok: false })
  expect(await socket.emitWithAck('leaveAll')).toBe(true)
  socket.disconnect()
})
