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

/** Somebody who listens to a topic from a number on; what they are told is pushed to `heard`. */
async function listen(topic: string, heard: Told[], after?: number): Promise<Socket> {
  const socket = io(market.url, {
    path: '/ws',
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  })
  socket.onAny((event, payload, sequence) => heard.push({ event, payload, sequence }))
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

test('who disconnects at any moment and comes back misses nothing and hears nothing twice', async () => {
  const disconnects = Number(process.env.FEED_DISCONNECTS ?? 40)
  const { sequence: start } = await market.api.changes({ query: { chainId } })
  const heard: Told[] = []
  let publishing = true
  const hashes: string[] = []
  const publisher = (async () => {
    while (publishing) {
      await Promise.all([publishApp(), publishApp()])
      const book = market.book('app', world.people.appOwner)
      const body = { target: 'unpublish_all', app: world.app } as const
      hashes.push(...(await book.unpublish({ query: { chainId }, body })).unpublished)
    }
  })()
  const last = () => heard.at(-1)?.sequence ?? start
  for (let n = 0; n < disconnects; n++) {
    const before = heard.length
    const socket = await listen('orders', heard, last())
    await until(
      async () => heard.length,
      (length) => length > before || n % 3 === 0,
    )
    socket.removeAllListeners()
    socket.offAny()
    socket.disconnect()
  }
  publishing = false
  await publisher
  const { sequence: end } = await market.api.changes({ query: { chainId } })
  const socket = await listen('orders', heard, last())
  await until(
    async () => last(),
    (sequence) => sequence >= end,
  )
  socket.disconnect()

  const truth: Told[] = []
  for (let after = start; after < end; after = truth.at(-1)?.sequence ?? end)
    truth.push(...((await market.api.changes({ query: { chainId, after } })).changes as Told[]))
  const orders = truth.filter(({ event }) => event.includes('order_'))
  expect(heard.map(({ sequence, event }) => [sequence, event])).toEqual(
    orders.map(({ sequence, event }) => [sequence, event]),
  )
})

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
