import { Order, Scalar } from '@traboule/protocol'
import { someBytes32 } from '@traboule/protocol/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Market, openMarket } from './support/market.ts'
import { type Publisher, publisherOn } from './support/publish.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
let market: Market
let chainId: number
let publish: Publisher['publish']
let authorization: Publisher['authorization']
const json = { 'content-type': 'application/json' }

beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world)
  chainId = world.chainId
  ;({ publish, authorization } = publisherOn(world, market))
})
afterAll(async () => {
  await market[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

describe('publishing', () => {
  test.each(Order.kinds)('keeps a signed %s order, shows it and lists it', async (kind) => {
    if (kind === 'request') await publish('app', await world.signed('app', { appprice: 1n }))
    const order = await world.signed(kind)
    const published = await publish(kind, order)
    expect(published).toMatchObject({ remaining: 1n, status: 'open', chainId, order })
    expect(published.orderHash).toBe(world.hash(kind, order))
    const shown = await market.book(kind).show({
      query: { chainId },
      params: { orderHash: published.orderHash },
    })
    expect(shown).toEqual(published)
    const { orders } = await market.book(kind).find({ query: { chainId } })
    expect(orders.map(({ orderHash }) => orderHash)).toContain(published.orderHash)
  })

  test('speaks as the gateway does: challenge, envelope and JSON numbers', async () => {
    const order = Order.toJson(await world.signed('app', { volume: Scalar.MAX_SAFE }))
    const send = async (header: string) =>
      market.raw(`/apporders?chainId=${chainId}`, {
        method: 'POST',
        headers: { ...json, authorization: header },
        body: JSON.stringify({ order }),
      })
    const header = await authorization()
    const { status, body } = await send(header)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        ok: true,
        published: {
          chainId,
          remaining: 9_007_199_254_740_991,
          status: 'open',
          signer: world.people.appOwner.address,
          order: { app: world.app, appprice: 1_000_000_000, volume: 9_007_199_254_740_991 },
        },
      },
    })
    expect(await send(header)).toMatchObject({
      status: 403,
      body: { ok: false, error: 'invalid authorization', code: 'request/unauthorized' },
    })
    expect(await send(await authorization())).toMatchObject({
      status: 403,
      body: { ok: false, error: 'order already published' },
    })
  })

  test('lets one wallet publish many orders at once, each with its own challenge', async () => {
    const orders = await Promise.all(Array.from({ length: 12 }, () => world.signed('app')))
    const answers = await Promise.all(
      orders.map(async (order) =>
        market.raw(`/apporders?chainId=${chainId}`, {
          method: 'POST',
          headers: { ...json, authorization: await authorization() },
          body: JSON.stringify({ order: Order.toJson(order) }),
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 200))
  })
})

describe('unpublishing', () => {
  test('takes out one order, the last or all of an asset', async () => {
    await using fresh = await openMarket(world)
    const book = fresh.book('workerpool', world.people.poolOwner)
    const hashes: string[] = []
    for (let n = 0; n < 4; n++) {
      const body = { order: await world.signed('workerpool') }
      hashes.push((await book.publish({ query: { chainId }, body })).published.orderHash)
    }
    const [first, second, third, fourth] = hashes as [`0x${string}`, ...string[]]
    const { workerpool } = world
    const missing = someBytes32(0xdead)
    const out = (body: Parameters<typeof book.unpublish>[0]['body']) =>
      book.unpublish({ query: { chainId }, body }).then(({ unpublished }) => unpublished)
    expect(await out({ target: 'unpublish_orderHash', orderHash: first })).toEqual([first])
    expect(await out({ target: 'unpublish_last', workerpool })).toEqual([fourth])
    expect((await out({ target: 'unpublish_all', workerpool })).toSorted()).toEqual(
      [second, third].toSorted(),
    )
    await expect(out({ target: 'unpublish_orderHash', orderHash: missing })).rejects.toMatchObject({
      message: `workerpoolorder with orderHash ${missing} is not published`,
    })
    await expect(
      out({ target: 'unpublish_last', workerpool: missing.slice(0, 42) as `0x${string}` }),
    ).rejects.toMatchObject({
      message: `no open workerpoolorder published by signer ${world.people.poolOwner.address} for workerpool 0x0000000000000000000000000000000000000000`,
    })
  })

  test('leaves other people’s orders alone', async () => {
    const { orderHash } = await publish('app', await world.signed('app'))
    const book = market.book('app', world.people.stranger)
    const body = { target: 'unpublish_orderHash', orderHash } as const
    await expect(book.unpublish({ query: { chainId }, body })).rejects.toMatchObject({
      message: `only order signer ${world.people.appOwner.address} can unpublish an order`,
    })
  })
})
