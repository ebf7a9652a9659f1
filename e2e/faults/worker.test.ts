import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Market, openMarket, SHORT, settled, USUAL } from '../support/market.ts'

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

describe.for(phases)('a worker killed after %s, before %s', ([event]) => {
  test('comes back and the bag completes', async () => {
    const { ran } = await strike('worker1', event, () => market.devnet.restart('worker1'))
    await settled(market, await ran)
  })

  test('stays away and the bag completes without it', async () => {
    const { ran } = await strike('worker2', event, async () => undefined, SHORT)
    await settled(market, await ran)
    await market.devnet.restart('worker2')
  })
})

/** Runs bags until one brings the worker to that event, and kills it there. */
async function strike(worker: string, event: string, then: () => Promise<void>, category = USUAL) {
  for (;;) {
    const met = market.logged(worker, event).then(() => market.kill(worker))
    const bag = market.bag({ tasks: 6, trust: 5n, samples: 1_000_000, category })
    const struck = await Promise.race([met.then(() => true), bag.then(() => false)])
    if (!struck) continue // the others were faster and it had nothing to do
    await then()
    return { ran: bag }
  }
}
