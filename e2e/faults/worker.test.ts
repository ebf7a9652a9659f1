import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Market, openMarket, SHORT, settled } from '../support/market.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market[Symbol.asyncDispose]())

/** The event of its log after which the worker dies, and what it had not done yet. */
const phases = [
  ['task.taken', 'fetching'],
  ['task.running', 'running'],
  ['task.computed', 'contributing'],
  ['task.contributed', 'revealing'],
  ['task.revealed', 'uploading'],
] as const

const wish = { tasks: 6, trust: 5n, samples: 1_000_000 }

describe.for(phases)('a worker killed after %s, before %s', ([event]) => {
  test('comes back and the bag completes', async () => {
    const { ran } = await market.strike({ part: 'worker1', event }, wish)
    await market.devnet.restart('worker1')
    await settled(market, await ran)
  })

  test('stays away and the bag completes without it', async () => {
    const { ran } = await market.strike({ part: 'worker2', event }, { ...wish, category: SHORT })
    await settled(market, await ran)
    await market.devnet.restart('worker2')
  })
})
