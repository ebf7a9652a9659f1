import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Order } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { bookApi, client } from '@traboule/protocol/api'
import { anAddress } from '@traboule/protocol/testing'
import { freshDatabase } from '@traboule/service-kit/testing'
import { type Address, bytesToHex, type Hex, pad, parseEventLogs } from 'viem'
import type { HDAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Market, migrated, openMarket, until } from './support/market.ts'
import { startProcess } from './support/process.ts'
import { openWorld, RLC, type World } from './support/world.ts'

let world: World
let folder: string
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traboule-broker-'))
  return () => rm(folder, { recursive: true, force: true })
})

const keyOf = (account: HDAccount): Hex =>
  bytesToHex(account.getHdKey().privateKey ?? new Uint8Array())

const brokering = (over: Readonly<Record<string, string>> = {}) => ({
  BROKER: 'true',
  PRIVATE_KEY: keyOf(world.people.stranger),
  DATA_DIR: folder,
  ...over,
})

async function publish<K extends Order.Kind>(
  market: Pick<Market, 'book'>,
  kind: K,
  order: Order.Order<K>,
): Promise<Hex> {
  const { appOwner, datasetOwner, poolOwner, requester } = world.people
  const signer = {
    app: appOwner,
    dataset: datasetOwner,
    workerpool: poolOwner,
    request: requester,
  }[kind]
  const query = { chainId: world.chainId }
  const body = { order: order as never }
  return (await market.book(kind, signer).publish({ query, body })).published.orderHash
}

/** The books of a market in a process of its own. */
const booksAt =
  (url: string) =>
  <K extends Order.Kind>(kind: K, signer?: HDAccount) => {
    const { chainId } = world
    return client(bookApi(kind), url, { chainId, service: 'market', ...(signer && { signer }) })
  }

const consumed = (hash: Hex) =>
  world.client.readContract({
    address: world.hub,
    abi: hubAbi,
    functionName: 'viewConsumed',
    args: [hash],
  })
const filled = (hash: Hex, volume: bigint) =>
  until(
    () => consumed(hash),
    (is) => is === volume,
  )

const dealsOf = async (market: Market, requestorderHash: Hex) =>
  (await market.api.deals({ query: { chainId: world.chainId, requestorderHash } })).deals

test('a request becomes a deal by itself, with the cheapest pool that will do', async () => {
  await using market = await openMarket(world, brokering())
  await publish(market, 'app', await world.signed('app', { volume: 10n }))
  const dear = await world.signed('workerpool', { workerpoolprice: RLC })
  const cheap = await world.signed('workerpool', { workerpoolprice: RLC / 2n, trust: 4n })
  const distrusted = await world.signed('workerpool', { workerpoolprice: 1n, trust: 0n })
  for (const each of [dear, cheap, distrusted]) await publish(market, 'workerpool', each)
  const request = await publish(market, 'request', await world.signed('request', { trust: 4n }))
  await filled(request, 1n)
  const [deal] = await until(
    () => dealsOf(market, request),
    ({ length }) => length === 1,
  )
  expect(deal).toMatchObject({
    workerpoolHash: world.hash('workerpool', cheap),
    volume: 1n,
    workerpool: { price: RLC / 2n },
  })
  expect(await consumed(world.hash('workerpool', distrusted))).toBe(0n)
  expect(await market.api.broker()).toEqual({ address: world.people.stranger.address, fee: 0n })
})

test('a bag is split over the pools that have room, and waits for more', async () => {
  await using market = await openMarket(world, brokering())
  await publish(market, 'app', await world.signed('app', { volume: 10n }))
  for (const volume of [2n, 3n])
    await publish(market, 'workerpool', await world.signed('workerpool', { volume }))
  const request = await publish(market, 'request', await world.signed('request', { volume: 9n }))
  await filled(request, 5n)
  await publish(market, 'workerpool', await world.signed('workerpool', { volume: 4n }))
  await filled(request, 9n)
  const deals = await until(
    () => dealsOf(market, request),
    ({ length }) => length === 3,
  )
  expect(deals.map(({ volume }) => volume).toSorted()).toEqual([2n, 3n, 4n])
})

test('orders that were only told on chain make a deal', async () => {
  await using market = await openMarket(world, brokering())
  const { stranger } = world.people
  const app = await world.signed('app')
  const workerpool = await world.signed('workerpool')
  const request = await world.signed('request')
  await world.hubCall(stranger, 'broadcastRequestOrder', [request])
  await world.hubCall(stranger, 'broadcastWorkerpoolOrder', [workerpool])
  await world.hubCall(stranger, 'broadcastAppOrder', [app])
  const query = { chainId: world.chainId, app: world.app }
  await until(
    () => market.book('app').find({ query }),
    ({ orders }) => orders.some(({ orderHash }) => orderHash === world.hash('app', app)),
  )
  await publish(market, 'request', request).catch(() => undefined) // it may have been heard too late for its app
  await filled(world.hash('request', request), 1n)
})

/** Runtime code of a group whose storage has a 1 for each member: whatever it is asked, it looks there. */
const GROUP: Hex = '0x600435545f5260205ff3'

test('orders for a group are for its members, as it has them now', async () => {
  await using market = await openMarket(world, brokering())
  const { requester } = world.people
  const group = anAddress(0x9009)
  await world.node('anvil_setCode', [group, GROUP])
  const join = async (account: Address) => {
    await world.node('anvil_setStorageAt', [group, pad(account), pad('0x1')])
    await world.node('anvil_mine')
  }
  const app = await world.signed('app', { requesterrestrict: group })
  await publish(market, 'app', app)
  await publish(market, 'workerpool', await world.signed('workerpool', { apprestrict: group }))
  const order = await world.signed('request', { workerpool: group })
  const request = await until(
    () => publish(market, 'request', order).catch(() => undefined), // until the group is known as one
    (hash) => hash !== undefined,
  )
  for (const member of [requester.address, world.app]) await join(member)
  expect(await consumed(request ?? '0x')).toBe(0n)
  await join(world.workerpool)
  await filled(request ?? '0x', 1n)
  expect(await consumed(world.hash('app', app))).toBe(1n)
})

test('a broker with a fee waits until it is paid, and charges each deal once', async () => {
  await using market = await openMarket(world, brokering({ BROKER_FEE: '7' }))
  const { stranger, requester } = world.people
  await publish(market, 'app', await world.signed('app', { volume: 10n }))
  await publish(market, 'workerpool', await world.signed('workerpool', { volume: 10n }))
  const first = await publish(market, 'request', await world.signed('request'))
  expect((await market.api.broker()).fee).toBe(7n)
  await world.hubCall(requester, 'transfer', [stranger.address, 7n])
  await filled(first, 1n)
  const second = await publish(market, 'request', await world.signed('request'))
  await world.hubCall(requester, 'transfer', [stranger.address, 6n])
  const third = await publish(market, 'app', await world.signed('app'))
  expect(third).toMatch(/^0x/)
  expect(await consumed(second)).toBe(0n)
  await world.hubCall(requester, 'transfer', [stranger.address, 1n])
  await filled(second, 1n)
})

test('killed while it matches and started again, it makes each deal once', async () => {
  await using database = await freshDatabase(migrated)
  const env = {
    ...brokering(),
    PORT: '0',
    RPC_URL: world.anvil.rpcUrl,
    HUB: world.hub,
    DATABASE_URL: database.url,
    POLL_MS: '20',
  }
  const requests: Hex[] = []
  for (let round = 0; round < 2; round++) {
    const process = await startProcess(env)
    const market = { book: booksAt(process.url) }
    await publish(market, 'app', await world.signed('app', { volume: 3n }))
    await publish(market, 'workerpool', await world.signed('workerpool', { volume: 3n }))
    await world.node('evm_setAutomine', [false])
    const request = await publish(market, 'request', await world.signed('request', { volume: 3n }))
    requests.push(request)
    // Killed when the match is sent and not mined, or, every other time, at once.
    if (round % 2 === 0)
      await until(
        () => world.node('txpool_status'),
        (is) => BigInt((is as { pending: Hex }).pending) > 0n,
      )
    await process.kill()
    await world.node('evm_setAutomine', [true])
    await world.node('evm_mine')
  }
  await using _last = await startProcess(env)
  for (const request of requests) await filled(request, 3n)
  const logs = await world.client.getLogs({ address: world.hub, fromBlock: 0n })
  const made = parseEventLogs({ abi: hubAbi, logs, eventName: 'OrdersMatched' })
  const matched = made.map(({ args }) => args.requestHash)
  for (const request of requests) expect(matched.filter((hash) => hash === request)).toHaveLength(1)
}, 240_000)
