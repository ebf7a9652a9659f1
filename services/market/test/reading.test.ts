import { Order } from '@traboule/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('tells the prices of a category, deal by deal and in candles', async () => {
  for (const price of [3n, 1n, 2n]) {
    const workerpoolprice = price * (RLC / 10n)
    await world.match({ workerpool: await world.signed('workerpool', { workerpoolprice }) })
  }
  const ask = () => market.api.ohlc({ query: { ...query, category: 0n, interval: 31_536_000 } })
  const { ohlc, candles } = await until(ask, ({ ohlc }) => ohlc.length === 3)
  expect(ohlc.map(([, price, volume]) => [price, volume])).toEqual([
    [300_000_000, 1],
    [100_000_000, 1],
    [200_000_000, 1],
  ])
  expect(candles).toMatchObject([
    {
      open: 300_000_000,
      high: 300_000_000,
      low: 100_000_000,
      close: 200_000_000,
      volume: 3,
      deals: 3,
    },
  ])
  expect(await market.raw(`/ohlc?chainId=${world.chainId}`)).toMatchObject({ status: 400 })
})

test('explains why orders do not match, and agrees with the chain that they do', async () => {
  const app = await world.signed('app', { appprice: 2n * RLC })
  const workerpool = await world.signed('workerpool', {
    requesterrestrict: world.people.stranger.address,
  })
  const request = await world.signed('request', { appmaxprice: RLC })
  const json = (order: object) => Order.toJson(order)
  const ask = (orders: Record<'app' | 'workerpool' | 'request', object>) =>
    market.api.explain({
      query,
      body: {
        app: json(orders.app),
        workerpool: json(orders.workerpool),
        request: json(orders.request),
      },
    })
  expect(await ask({ app, workerpool, request })).toMatchObject({
    matches: false,
    reasons: [
      { code: '0x03', change: { kind: 'request', field: 'appmaxprice', value: String(2n * RLC) } },
      {
        code: '0x1b',
        change: { kind: 'workerpool', field: 'requesterrestrict', value: request.requester },
      },
    ],
  })
  const better = {
    app,
    workerpool: await world.signed('workerpool'),
    request: await world.signed('request', { appmaxprice: 2n * RLC }),
  }
  expect(await ask(better)).toEqual({ matches: true, reasons: [] })
  await world.match(better)
  await until(
    () => ask(better),
    ({ matches }) => !matches,
  )
  expect((await ask({ ...better, app: { ...app, sign: '0x' } })).reasons).toMatchObject([
    { code: '0x21', needs: 'signature' },
    { code: '0x60' },
    { code: '0x60' },
    { code: '0x60' },
  ])
})

test('describes itself to machines and people', async () => {
  const { body, status } = await market.raw('/openapi.json')
  expect(status).toBe(200)
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/apporders',
      '/apporders/{orderHash}',
      '/deals',
      '/explain',
      '/challenge',
    ]),
  )
  const parameters = body.paths['/workerpoolorders'].get.parameters as { name: string }[]
  expect(parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['chainId', 'minTrust', 'after']),
  )
  const page = await fetch(new URL('/docs', market.url))
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(await page.text()).toContain('/workerpoolorders')
})

test('counts what it does, for Prometheus and as the gateway does', async () => {
  const text = await (await fetch(new URL('/metrics', market.url))).text()
  expect(text).toContain('poco_market_indexed_block')
  expect(await market.raw(`/metrics?chainId=${world.chainId}`)).toMatchObject({
    body: { ok: true, lastBlock: expect.any(Number), apporders: expect.any(Number) },
  })
})

test('limits how often one address may ask, and says so in headers', async () => {
  await using narrow = await openMarket(world, { RATE_LIMIT: '5' })
  const ask = () => narrow.raw(`/categories?chainId=${world.chainId}`)
  for (let left = 4; left >= 0; left--) {
    const { status, headers } = await ask()
    expect([status, headers.get('ratelimit-remaining')]).toEqual([200, String(left)])
  }
  const { status, headers, body } = await ask()
  expect(status).toBe(429)
  expect(body).toMatchObject({ ok: false, code: 'request/too-many' })
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
})
