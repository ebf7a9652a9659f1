/** The scheduler is killed in each phase of a bag, and goes on where it was when it is back. */

import { createServer } from 'node:net'
import { hubAbi } from '@traboule/protocol/abi'
import { parseEventLogs } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spawnScheduler } from './support/process.ts'
import { environment, type Line, openHome } from './support/scheduler.ts'
import { openShelf, type Shelf } from './support/shelf.ts'
import { over } from './support/watch.ts'
import { startWorker } from './support/worker.ts'
import { openWorld, PRICE, type World } from './support/world.ts'

type Which = (line: Line) => boolean
type Phase = Readonly<{ name: string; event: string; which?: Which }>

const sent = (what: string) => (line: Line) => String(line.key).startsWith(what)

const phases: readonly Phase[] = [
  { name: 'before it knows the deal', event: 'follow.started' },
  { name: 'when it has taken up the deal', event: 'deal.adopted' },
  { name: 'while it initializes', event: 'transaction.sent', which: sent('initialize') },
  { name: 'when it gave the first lease', event: 'lease.given' },
  { name: 'when the first result was found', event: 'result.found' },
  { name: 'while it finalizes', event: 'transaction.sent', which: sent('finalize') },
  { name: 'when the first task is paid', event: 'task.finalized' },
]

let stack: AsyncDisposableStack
let world: World
let shelf: Shelf
let env: Record<string, string>
let deals = 0n

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  world = stack.use(await openWorld({ workers: 3 }))
  shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  env = { ...environment(world, home, shelf.url), PORT: await freePort() }
  // Blocks that take their time, so that there is something to interrupt.
  await world.node('evm_setAutomine', [false])
  await world.node('evm_setIntervalMining', [1])
  const schedulerUrl = `http://127.0.0.1:${env.PORT}`
  for (const account of world.workers)
    stack.use(await startWorker({ world, account, shelf, schedulerUrl }))
})
afterAll(() => stack.disposeAsync())

test.each(phases)('killed $name', async ({ event, which }) => {
  const doomed = spawnScheduler(env)
  await doomed.url
  const { taskIds } = await world.deal({ bag: 3n, trust: 5n })
  await doomed.said(event, which)
  await doomed.kill()
  await using next = spawnScheduler(env)
  await next.url

  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  deals++
  const logs = await world.client.getLogs({ address: world.hub, fromBlock: 0n })
  const paid = parseEventLogs({ abi: hubAbi, logs, eventName: 'TaskFinalize' })
  expect(new Set(paid.map(({ args }) => args.taskid)).size).toBe(Number(deals) * 3)
  expect(paid).toHaveLength(Number(deals) * 3)
  const requester = await world.stakeOf(world.requester.address)
  expect(requester).toEqual({ stake: (1_000n - 3n * deals) * PRICE, locked: 0n })
})

/** A port for both lives of the scheduler. */
function freePort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number } // a TCP server has one
      server.close(() => resolve(String(port)))
    })
  })
}
