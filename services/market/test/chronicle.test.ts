import { Deal } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { chronicleApi, client } from '@traboule/protocol/api'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket, until } from './support/market.ts'
import { openWorld, RLC, type World } from './support/world.ts'

let world: World
let market: Market
let query: { chainId: number }
let dealId: Hex
const api = () => client(chronicleApi, market.url)

beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world)
  query = { chainId: world.chainId }
  const { poolOwner } = world.people
  const request = await world.signed('request', { volume: 3n, workerpoolmaxprice: RLC })
  const workerpool = await world.signed('workerpool', { volume: 3n, workerpoolprice: RLC })
  const app = await world.signed('app', { volume: 3n })
  await world.match({ app, workerpool, request })
  for (let n = 0; n < 3; n++) await world.match({})
  dealId = Deal.id(world.hash('request', request), 0n)
  await world.hubCall(poolOwner, 'initialize', [dealId, 0n])
})
afterAll(async () => {
  await market[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** The figures once the index has the newest block. */
async function figures() {
  const newest = Number(await world.client.getBlockNumber({ cacheTime: 0 }))
  return until(
    () => api().figures({ query }),
    ({ block }) => block >= newest,
  )
}

test('counts what the chain has: deals, tasks, assets, and the money on the hub', async () => {
  const told = await figures()
  expect(told).toMatchObject({
    deals: 4,
    tasks: { waiting: 5, active: 1, revealing: 0, completed: 0, failed: 0 },
    ...{ apps: 1, datasets: 1, workerpools: 1, workers: 0 },
  })
  const hub = { address: world.hub, abi: hubAbi } as const
  const supply = await world.client.readContract({ ...hub, functionName: 'totalSupply' })
  expect(told.escrow).toBe(supply)
  const accounts = await Promise.all(
    Object.values(world.people).map(({ address }) =>
      world.client.readContract({ ...hub, functionName: 'viewAccount', args: [address] }),
    ),
  )
  expect(told.locked).toBe(accounts.reduce((sum, { locked }) => sum + locked, 0n))
  expect(told.locked).toBeGreaterThan(0n)
})

test('tells what happened in a deal and its tasks, with block and transaction', async () => {
  await figures()
  const names = 'OrdersMatched,TaskInitialize'
  const { events } = await api().events({ query: { ...query, deal: dealId, names } })
  expect(events.map(({ name }) => name)).toEqual(['TaskInitialize', 'OrdersMatched'])
  for (const { transactionHash, blockNumber } of events) {
    const receipt = await world.client.getTransactionReceipt({ hash: transactionHash })
    expect(receipt.blockNumber).toBe(BigInt(blockNumber))
  }
})

test('tells every event once, page by page, newest first', async () => {
  await figures()
  const all = await api().events({ query: { ...query, pageSize: 1_000 } })
  const pages = []
  let after: string | undefined
  do {
    const page = await api().events({ query: { ...query, pageSize: 10, ...(after && { after }) } })
    pages.push(...page.events)
    after = page.nextCursor
  } while (after)
  expect(pages).toEqual(all.events)
  expect(pages.length).toBeGreaterThan(10)
  const places = pages.map(({ blockNumber, logIndex }) => blockNumber * 1_000 + logIndex)
  expect(places).toEqual([...places].sort((a, b) => b - a))
})

test('says what is wrong with a question', async () => {
  const chain = `chainId=${world.chainId}`
  for (const path of [
    `/events?${chain}&after=e30`,
    `/events?${chain}&task=0x12`,
    `/events?${chain}&names=;drop`,
    '/events',
    '/figures?chainId=1',
  ])
    expect(await market.raw(path)).toMatchObject({ status: 400, body: { ok: false } })
})
