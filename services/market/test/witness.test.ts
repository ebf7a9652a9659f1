import { startAnvil } from '@traboule/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMarket, until } from './support/market.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const health = (market: Awaited<ReturnType<typeof openMarket>>) => market.raw('/health')

test('an endpoint that has the same blocks is told to agree', async () => {
  await using market = await openMarket(world, { WITNESS_URL: world.anvil.rpcUrl })
  const number = Number(await world.client.getBlockNumber())
  const { status } = await until(
    () => health(market),
    ({ body }) => body.witness === 'agrees' && body.index.number === number,
  )
  expect(status).toBe(200)
})

test('an endpoint that lags says nothing against the index; one with another chain is shown', async () => {
  await using other = await startAnvil({ chainId: world.chainId })
  await using market = await openMarket(world, { WITNESS_URL: other.rpcUrl })
  await until(
    () => health(market),
    ({ body }) => body.witness === 'behind',
  )
  const page = `/apporders?chainId=${world.chainId}`
  expect((await market.raw(page)).body).not.toHaveProperty('disputed')

  const mine = { jsonrpc: '2.0', id: 1, method: 'anvil_mine', params: ['0x100'] }
  const headers = { 'content-type': 'application/json' }
  await fetch(other.rpcUrl, { method: 'POST', headers, body: JSON.stringify(mine) })
  const { status } = await until(
    () => health(market),
    ({ body }) => body.witness === 'disagrees',
  )
  expect(status).toBe(503)
  expect((await market.raw(page)).body.disputed).toBe(true)
  const query = encodeURIComponent('{ _meta { hasIndexingErrors } }')
  const { body } = await market.raw(`/graphql?query=${query}`)
  expect(body.data._meta.hasIndexingErrors).toBe(true)

  await other[Symbol.asyncDispose]()
  await until(
    () => health(market),
    ({ body }) => body.witness === 'silent',
  )
})

test('an endpoint of another chain is refused at the start', async () => {
  await using other = await startAnvil({ chainId: world.chainId + 1 })
  await expect(openMarket(world, { WITNESS_URL: other.rpcUrl })).rejects.toMatchObject({
    code: 'chain/wrong-network',
  })
})
