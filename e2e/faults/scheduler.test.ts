import { networkOf } from '@traboule/devnet'
import { order } from '@traboule/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Market, openMarket, settled } from '../support/market.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket({ databaseUrl: undefined }) // embedded: what has to survive a kill
})
afterAll(() => market[Symbol.asyncDispose]())

/** Where each phase of a bag is seen, and on whose log. */
const phases = [
  ['scheduler', 'deal.adopted'],
  ['scheduler', 'task.initialized'],
  ['scheduler', 'lease.given'],
  ['worker1', 'task.contributed'],
  ['worker1', 'task.revealed'],
  ['scheduler', 'result.found'],
  ['scheduler', 'task.finalized'],
] as const

describe.for(phases)('the scheduler killed when %s says %s', ([part, event]) => {
  test('goes on where it was', async () => {
    const moment = { part, event, victim: 'scheduler' }
    const { ran } = await market.strike(moment, { tasks: 6, trust: 5n, samples: 200_000 })
    await market.devnet.restart('scheduler')
    await settled(market, await ran)
  })
})

test('a market killed in the middle of a bag keeps its book, and the bag completes', async () => {
  const network = networkOf(market.devnet.facts, 'requester')
  const listed = () => Array.fromAsync(order.list(network, 'app', { app: market.app }))
  const before = await listed()
  const moment = { part: 'worker1', event: 'task.contributed', victim: 'market' }
  const { ran } = await market.strike(moment, { tasks: 6, trust: 5n })
  await market.devnet.restart('market')
  await settled(market, await ran)
  const after = await listed()
  expect(after.map(({ orderHash }) => orderHash)).toEqual(before.map(({ orderHash }) => orderHash))
})

test.for([3, 6, 9])(
  'a reorganisation five blocks deep is survived by everybody, %d blocks after it could hit the match',
  async (later) => {
    const matched = Promise.withResolvers<bigint>()
    const bag = market.bag({
      ...{ tasks: 8, trust: 5n, samples: 3_000_000 },
      matched: ([deal]) => matched.resolve(deal?.blockNumber ?? 0n),
    })
    // A match that is undone would have to be sent again by whoever sent it, which anvil does not.
    await market.reached((await matched.promise) + 5n + BigInt(later))
    await market.reorg(5)
    await settled(market, await bag)
  },
)
