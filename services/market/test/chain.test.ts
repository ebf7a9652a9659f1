import { type Order, Salt } from '@traboule/protocol'
import { appRegistryAbi, hubAbi } from '@traboule/protocol/abi'
import type { Abi, Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Market, openMarket, until } from './support/market.ts'
import { openWorld, RLC, type World } from './support/world.ts'

let world: World
let market: Market
let query: { chainId: number }

beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world)
  query = { chainId: world.chainId }
})
afterAll(async () => {
  await market[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

async function publish<K extends Order.Kind>(kind: K, over: Partial<Order.Unsigned<K>> = {}) {
  const { appOwner, datasetOwner, poolOwner, requester } = world.people
  const by = { app: appOwner, dataset: datasetOwner, workerpool: poolOwner, request: requester }[
    kind
  ]
  const order = await world.signed(kind, over)
  const { published } = await market.book(kind, by).publish({ query, body: { order } })
  return { order, orderHash: published.orderHash }
}

const entry = (kind: Order.Kind, orderHash: Hex) => () =>
  market.book(kind).show({ query, params: { orderHash } })
const becomes = (kind: Order.Kind, hash: Hex, status: string) =>
  until(entry(kind, hash), (shown) => shown.status === status)

describe('the book follows the chain', () => {
  test('a match takes tasks from all its orders, and shows as a deal', async () => {
    const app = await publish('app', { volume: 5n })
    const workerpool = await publish('workerpool', { volume: 3n })
    const request = await publish('request', { volume: 2n })
    const dealid = await world.match({
      app: app.order,
      workerpool: workerpool.order,
      request: request.order,
    })
    await becomes('request', request.orderHash, 'filled')
    expect(await entry('app', app.orderHash)()).toMatchObject({ remaining: 3n, status: 'open' })
    expect(await entry('workerpool', workerpool.orderHash)()).toMatchObject({ remaining: 1n })
    const deal = await market.api.deal({ query, params: { dealid } })
    expect(deal).toMatchObject({
      dealid,
      app: { pointer: world.app, price: RLC },
      workerpool: { pointer: world.workerpool, owner: world.people.poolOwner.address },
      requestHash: request.orderHash,
      volume: 2n,
      botSize: 2n,
      category: 0n,
    })
    const found = await market.api.deals({
      query: { ...query, requestorderHash: request.orderHash },
    })
    expect(found).toMatchObject({ count: 1, deals: [deal] })
  })

  test('a closed order is canceled, and a revoked one too', async () => {
    const { order, orderHash } = await publish('dataset')
    await world.hubCall(world.people.datasetOwner, 'manageDatasetOrder', [
      { order, operation: 1, sign: '0x' },
    ])
    await becomes('dataset', orderHash, 'canceled')
    const plain = await publish('dataset')
    await world.hubCall(world.people.datasetOwner, 'revokeAllOrders', [])
    await becomes('dataset', plain.orderHash, 'canceled')
    const salt = Salt.write({ epoch: 1n, unique: Uint8Array.of(0, 0, 1) })
    const { orderHash: next } = await publish('dataset', { salt })
    expect(await entry('dataset', next)()).toMatchObject({ status: 'open' })
  })

  test('an order dies when its signer withdraws the stake, and lives again with it', async () => {
    const { orderHash } = await publish('workerpool', { workerpoolprice: 100n * RLC, volume: 10n })
    const { poolOwner } = world.people
    const { stake } = await world.client.readContract({
      address: world.hub,
      abi: hubAbi,
      functionName: 'viewAccount',
      args: [poolOwner.address],
    })
    await world.hubCall(poolOwner, 'withdraw', [stake - 10n * RLC])
    await becomes('workerpool', orderHash, 'dead')
    await world.deposit(poolOwner, stake - 10n * RLC)
    await becomes('workerpool', orderHash, 'open')
  })

  test('an order dies with the sale of its asset, and requests for it with the order', async () => {
    const { appOwner, stranger } = world.people
    const app = await world.createApp(appOwner, 'an app for sale')
    const offer = await publish('app', { app })
    const request = await publish('request', { app })
    const registry = [world.registries.app, appRegistryAbi as Abi] as const
    const sell = [appOwner.address, stranger.address, BigInt(app)]
    await world.call(appOwner, ...registry, 'safeTransferFrom', sell)
    await becomes('app', offer.orderHash, 'dead')
    await becomes('request', request.orderHash, 'dead')
    await world.call(stranger, ...registry, 'safeTransferFrom', [
      stranger.address,
      appOwner.address,
      BigInt(app),
    ])
    await becomes('app', offer.orderHash, 'open')
    await becomes('request', request.orderHash, 'open')
  })

  test('an order is listed no longer once its time is over', async () => {
    const { timestamp } = await world.client.getBlock()
    const salt = Salt.write({ expiry: timestamp + 5n, unique: Uint8Array.of(0, 0, 2) })
    const { orderHash } = await publish('app', { salt })
    await world.node('evm_increaseTime', [10])
    await world.node('evm_mine')
    await becomes('app', orderHash, 'dead')
  })

  test('an order that its owner signed on chain needs no signature', async () => {
    const order = { ...(await world.signed('app')), sign: '0x' as const }
    const book = market.book('app', world.people.appOwner)
    await expect(book.publish({ query, body: { order } })).rejects.toMatchObject({
      message: 'invalid sign',
    })
    await world.hubCall(world.people.appOwner, 'manageAppOrder', [
      { order, operation: 0, sign: '0x' },
    ])
    const { published } = await book.publish({ query, body: { order } })
    expect(published.status).toBe('open')
  })

  test('categories are those of the chain', async () => {
    const { categories, count } = await market.api.categories({ query })
    expect(count).toBe(5)
    expect(categories.map(({ name }) => name)).toEqual(['XS', 'S', 'M', 'L', 'XL'])
    await world.hubCall(world.people.owner, 'createCategory', ['tiny', '""', 30n])
    await until(
      () => market.api.categories({ query: { ...query, maxWorkClockTimeRef: 100n } }),
      (page) => page.count === 1,
    )
  })
})

test.each([1, 5, 20, 64])('a reorg of depth %i takes back what happened in it', async (depth) => {
  const app = await publish('app', { volume: 5n })
  await world.node('anvil_mine', ['0x1'])
  const workerpool = await publish('workerpool', { volume: 5n })
  const request = await publish('request', { volume: 2n })
  const orders = { app: app.order, workerpool: workerpool.order, request: request.order }
  const dealid = await world.match(orders)
  await becomes('request', request.orderHash, 'filled')
  await world.node('anvil_mine', [`0x${(depth - 1).toString(16)}`])
  const head = await world.client.getBlockNumber()
  await until(
    () => market.raw(`/metrics?chainId=${world.chainId}`),
    ({ body }) => body.lastBlock >= head,
  )

  await world.node('anvil_reorg', [depth, []])
  await becomes('request', request.orderHash, 'open')
  expect(await entry('app', app.orderHash)()).toMatchObject({ remaining: 5n, status: 'open' })
  await expect(market.api.deal({ query, params: { dealid } })).rejects.toMatchObject({
    code: 'deal/unknown',
  })

  expect(await world.match(orders)).toBe(dealid)
  await becomes('request', request.orderHash, 'filled')
  expect(
    await market.api.deals({ query: { ...query, requestorderHash: request.orderHash } }),
  ).toMatchObject({ count: 1 })
})
