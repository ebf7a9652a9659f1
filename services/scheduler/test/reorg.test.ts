/** The chain takes blocks back while a bag is under way. */
import { hubAbi } from '@traboule/protocol/abi'
import { type Hex, parseEventLogs } from 'viem'
import { expect, test } from 'vitest'
import { open, openHome } from './support/scheduler.ts'
import { openShelf } from './support/shelf.ts'
import { over, until } from './support/watch.ts'
import { startWorker } from './support/worker.ts'
import { openWorld, PRICE } from './support/world.ts'

const depths = [2, 5, 9]

test.each(depths)(
  'a reorg of %i blocks in the middle of a bag changes nothing in the end',
  async (depth) => {
    await using stack = new AsyncDisposableStack()
    const world = stack.use(await openWorld({ workers: 3 }))
    const shelf = stack.use(await openShelf())
    const home = stack.use(await openHome())
    await world.node('evm_setAutomine', [false])
    await world.node('evm_setIntervalMining', [1])
    const { taskIds } = await world.deal({ bag: 4n, trust: 5n })
    await world.node('anvil_mine', ['0xa'])
    const scheduler = stack.use(await open(world, home, shelf.url))
    for (const account of world.workers)
      stack.use(await startWorker({ world, account, shelf, schedulerUrl: scheduler.url }))

    await until(world, taskIds, ({ status }) => status !== 'unset' && status !== 'active')
    await world.node('anvil_reorg', [depth, []])
    const tasks = await over(world, taskIds)
    expect(tasks.map(({ status }) => status)).toEqual(taskIds.map(() => 'completed'))
    expect(scheduler.lines.some(({ event }) => event === 'follow.rewound')).toBe(true)
    const logs = await world.client.getLogs({ address: world.hub, fromBlock: 0n })
    const paid = parseEventLogs({ abi: hubAbi, logs, eventName: 'TaskFinalize' })
    expect(paid.map(({ args }) => args.taskid).sort()).toEqual([...taskIds].sort())
    expect(await world.stakeOf(world.requester.address)).toEqual({
      stake: (1_000n - 4n) * PRICE,
      locked: 0n,
    })
  },
)

test('a deal that a reorg moves to another block is taken up with its new deadlines', async () => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await openWorld({ workers: 3 }))
  const shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  await world.node('evm_setAutomine', [false])
  await world.node('evm_setIntervalMining', [1])
  const scheduler = stack.use(await open(world, home, shelf.url))
  const { taskIds, block, hash } = await world.deal({ bag: 2n, trust: 5n })
  const raw = (await world.node('eth_getRawTransactionByHash', [hash])) as Hex
  for (const account of world.workers)
    stack.use(await startWorker({ world, account, shelf, schedulerUrl: scheduler.url }))

  await until(world, taskIds, ({ status }) => status !== 'unset')
  const head = await world.client.getBlockNumber()
  await world.node('anvil_reorg', [Number(head - block) + 1, []])
  await world.node('eth_sendRawTransaction', [raw])
  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(['completed', 'completed'])
  expect(scheduler.lines.filter(({ event }) => event === 'deal.adopted')).toHaveLength(2)
})
