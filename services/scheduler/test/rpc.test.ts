/** The endpoint of the chain is slow, fails, and lags behind; the bag is paid all the same. */
import { hubAbi } from '@traboule/protocol/abi'
import { parseEventLogs } from 'viem'
import { expect, test } from 'vitest'
import { openRpc } from './support/rpc.ts'
import { open, openHome } from './support/scheduler.ts'
import { openShelf } from './support/shelf.ts'
import { over } from './support/watch.ts'
import { startWorker } from './support/worker.ts'
import { openWorld } from './support/world.ts'

test.each([1, 2])('a bag is paid once through a bad endpoint (seed %i)', async (seed) => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await openWorld({ workers: 3 }))
  const shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  const rpc = stack.use(await openRpc(world, seed))
  const scheduler = stack.use(await open(world, home, shelf.url, { RPC_URL: rpc.url }))
  rpc.faulty = true
  await world.node('evm_setAutomine', [false])
  await world.node('evm_setIntervalMining', [1])
  for (const account of world.workers)
    stack.use(await startWorker({ world, account, shelf, schedulerUrl: scheduler.url }))
  const { taskIds } = await world.deal({ bag: 6n, trust: 5n })
  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(taskIds.map(() => 'completed'))
  const logs = await world.client.getLogs({ address: world.hub, fromBlock: 0n })
  const paid = parseEventLogs({ abi: hubAbi, logs, eventName: 'TaskFinalize' })
  expect(paid).toHaveLength(6)
  expect(rpc.faults()).toBeGreaterThan(10)
})
