import { Contribution, Order, Scalar, Task } from '@traboule/protocol'
import { hubAbi, workerpoolAbi } from '@traboule/protocol/abi'
import { anAddress } from '@traboule/protocol/testing'
import { type Abi, getAddress, type Hex, parseEventLogs, stringToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket, until } from './support/market.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
let market: Market
beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world)
})
afterAll(async () => {
  await market?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

/** What the graph answers once it is as new as the chain. */
async function graph(query: string) {
  const number_gte = Number(await world.client.getBlockNumber())
  const body = JSON.stringify({
    query: `{ _meta(block: { number_gte: ${number_gte} }) { deployment } ${query} }`,
  })
  const headers = { 'content-type': 'application/json' }
  const ask = () => market.raw('/graphql', { method: 'POST', headers, body })
  const answer = await until(
    ask,
    ({ body }) => body.errors?.[0].extensions.code !== 'block/unknown',
  )
  expect(answer.body.errors).toBeUndefined()
  return answer.body.data
}

async function matchBoost(volume: bigint): Promise<Hex> {
  const orders = [
    await world.signed('app', { volume }),
    Order.noDataset,
    await world.signed('workerpool', { volume }),
    await world.signed('request', { volume, params: 'quickly' }),
  ]
  const { logs } = await world.hubCall(world.people.stranger, 'matchOrdersBoost', orders)
  const [matched] = parseEventLogs({ abi: hubAbi, logs, eventName: 'OrdersMatched' })
  if (!matched) throw new Error('nothing matched')
  return matched.args.dealid
}

test('deals of Boost are in the index, and so is what becomes of their tasks', async () => {
  const { worker, poolOwner, requester } = world.people
  const deal = await matchBoost(2n)
  const tasks = [Task.id(deal, 0n), Task.id(deal, 1n)] as const
  const raw = Contribution.authorizationHash(worker.address, tasks[0], Scalar.nullAddress)
  const authorization = await poolOwner.signMessage({ message: { raw } })
  const pushed = [deal, 0n, stringToHex('done'), '0x', authorization, Scalar.nullAddress, '0x']
  await world.hubCall(worker, 'pushResultBoost', pushed)
  await world.node('evm_increaseTime', [86_400])
  await world.hubCall(worker, 'claimBoost', [deal, 1n])
  const { deal: found } = await graph(`deal(id: "${deal}") {
    app { id } workerpool { id } requester { id } beneficiary { id } params botSize trust workerpoolPrice
    completedTasksCount claimedTasksCount tasks(orderBy: index) { id status results } }`)
  expect(found).toMatchObject({
    app: { id: world.app.toLowerCase() },
    workerpool: { id: world.workerpool.toLowerCase() },
    requester: { id: requester.address.toLowerCase() },
    params: 'quickly',
    botSize: '2',
    trust: '1',
    workerpoolPrice: '1',
    completedTasksCount: '1',
    claimedTasksCount: '1',
    tasks: [
      { id: tasks[0], status: 'COMPLETED', results: stringToHex('done') },
      { id: tasks[1], status: 'FAILLED', results: null },
    ],
  })
})

test('a workerpool’s terms are those it last set; nobody else can set them', async () => {
  const { poolOwner } = world.people
  await world.call(poolOwner, world.workerpool, workerpoolAbi as Abi, 'changePolicy', [35n, 5n])
  const { workerpool } = await graph(`workerpool(id: "${world.workerpool}") {
    workerStakeRatio schedulerRewardRatio
    events { ... on PolicyUpdate { oldWorkerStakeRatio newWorkerStakeRatio newSchedulerRewardRatio } } }`)
  expect(workerpool).toMatchObject({ workerStakeRatio: '35', schedulerRewardRatio: '5' })
  expect(workerpool.events).toContainEqual({
    oldWorkerStakeRatio: '30',
    newWorkerStakeRatio: '35',
    newSchedulerRewardRatio: '5',
  })
})

test('an order that was told on chain is known with all its terms', async () => {
  const order = await world.signed('request', { volume: 3n, params: 'told on chain' })
  await world.hubCall(world.people.stranger, 'broadcastRequestOrder', [order])
  const hash = world.hash('request', order)
  const { requestOrder } = await graph(
    `requestOrder(id: "${hash}") { volume params sign requester { id } }`,
  )
  expect(requestOrder).toEqual({
    volume: '3',
    params: 'told on chain',
    sign: order.sign,
    requester: { id: world.people.requester.address.toLowerCase() },
  })
})

test('an order with characters that no database keeps does not stop the index', async () => {
  const order = await world.signed('request', { params: 'a zero: \0' })
  await world.hubCall(world.people.stranger, 'broadcastRequestOrder', [order])
  const { requestOrder } = await graph(`requestOrder(id: "${world.hash('request', order)}") { id }`)
  expect(requestOrder).toBeNull()
})

/** A wallet contract that takes every signature for its own until anybody calls it. */
const WALLET =
  '0x5f3560e01c631626ba7e1460135760015f55005b5f54602757631626ba7e60e01b5f5260205ff35b5f5ff3'

test('an order of a wallet that changed its mind is dead a block later, and back when it is', async () => {
  const wallet = getAddress(anAddress(0xa11e7))
  await world.node('anvil_setCode', [wallet, WALLET])
  const { stranger, appOwner } = world.people
  const query = { chainId: world.chainId }
  const body = { order: await world.signed('app', { appprice: 0n }) }
  await market.book('app', appOwner).publish({ query, body })
  const free = { appmaxprice: 0n, datasetmaxprice: 0n, workerpoolmaxprice: 0n }
  const unsigned = await world.signed('request', { ...free, requester: wallet })
  const order = { ...unsigned, sign: '0x1234' } as const
  await world.hubCall(stranger, 'broadcastRequestOrder', [order])
  const hash = world.hash('request', order)
  const statusIs = (status: string) =>
    until(
      () => market.raw(`/requestorders/${hash}?chainId=${world.chainId}`),
      (answer) => answer.body.status === status,
    )
  await statusIs('open')
  await world.call(
    stranger,
    wallet,
    [{ type: 'function', name: 'lock', inputs: [], outputs: [], stateMutability: 'nonpayable' }],
    'lock',
    [],
  )
  await statusIs('dead')
  await world.node('anvil_setStorageAt', [wallet, `0x${'0'.repeat(64)}`, `0x${'0'.repeat(64)}`])
  await world.node('evm_mine')
  await statusIs('open')
})
