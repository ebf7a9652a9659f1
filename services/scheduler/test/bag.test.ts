/** A bag of tasks from match to payment, with scripted workers on a real chain. */
import { Archive, Result } from '@traboule/protocol'
import { bytesToHex, type Hex, keccak256 } from 'viem'
import { expect, test } from 'vitest'
import { open, openHome } from './support/scheduler.ts'
import { cidOf, openShelf } from './support/shelf.ts'
import { over } from './support/watch.ts'
import { honest, startWorker } from './support/worker.ts'
import { openWorld, PRICE } from './support/world.ts'

test('a bag is computed by honest workers, a liar is caught, and everybody is paid', async () => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await openWorld())
  const shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  const scheduler = stack.use(await open(world, home, shelf.url))
  const lie = (taskId: Hex) => honest(honest(taskId))
  for (const [n, account] of world.workers.entries())
    stack.use(
      await startWorker({
        world,
        account,
        shelf,
        schedulerUrl: scheduler.url,
        ...(n === 0 && { digest: lie }),
      }),
    )
  const { taskIds } = await world.deal({ bag: 12n, trust: 5n })
  const tasks = await over(world, taskIds)

  for (const task of tasks) {
    expect(task.status).toBe('completed')
    expect(task.resultDigest).toBe(honest(task.taskId))
    expect(task.results).toBe(Result.link(cidOf(task.taskId)))
  }
  const [liar] = world.workers
  const { stake, locked } = await world.stakeOf(liar?.address ?? world.hub)
  expect(locked).toBe(0n)
  expect(stake).toBeLessThan(1_000n * PRICE)
})

test('a bag of 12 at trust 5 is paid when blocks take a second', async () => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await openWorld())
  const shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  const scheduler = stack.use(await open(world, home, shelf.url))
  for (const account of world.workers)
    stack.use(await startWorker({ world, account, shelf, schedulerUrl: scheduler.url }))
  await world.node('evm_setAutomine', [false])
  await world.node('evm_setIntervalMining', [1])
  const { taskIds } = await world.deal({ bag: 12n, trust: 5n })
  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(tasks.map(() => 'completed'))
})

test('a result for a contract is taken out of the uploaded archive', async () => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await openWorld({ workers: 1 }))
  const shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  const scheduler = stack.use(await open(world, home, shelf.url))
  const data = '0xc0ffee' as const
  const computed = new TextEncoder().encode(JSON.stringify({ 'callback-data': data }))
  const archive = bytesToHex(Archive.zip(new Map([[Result.COMPUTED, computed]])))
  const schedulerUrl = scheduler.url
  for (const account of world.workers) {
    const result = { digest: () => keccak256(data), result: () => archive }
    stack.use(await startWorker({ world, account, shelf, schedulerUrl, ...result }))
  }
  const { taskIds } = await world.deal({ callback: world.owner.address })
  const [task] = await over(world, taskIds)
  expect(task).toMatchObject({ status: 'completed', resultsCallback: data })
})
