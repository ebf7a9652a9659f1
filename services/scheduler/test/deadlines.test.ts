/** What happens when people do not do their part in time. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { open, openHome } from './support/scheduler.ts'
import { openShelf, type Shelf } from './support/shelf.ts'
import { over, until } from './support/watch.ts'
import { type Step, startWorker } from './support/worker.ts'
import { openWorld, SHORT, type World } from './support/world.ts'

/** Seconds after the match at which a deal of the short category is over. */
const FINAL = 600
/** Seconds after the agreement until which winners may reveal. */
const REVEAL = 120

let stack: AsyncDisposableStack
let world: World
let shelf: Shelf

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  world = stack.use(await openWorld({ workers: 6 }))
  shelf = stack.use(await openShelf())
})
afterAll(() => stack.disposeAsync())

/** A scheduler with nothing but this world, and its workers. */
async function start(over: Record<string, string> = {}) {
  const own = new AsyncDisposableStack()
  const home = own.use(await openHome())
  const scheduler = own.use(await open(world, home, shelf.url, over))
  const hire = async (who: readonly number[], leaves?: Step) => {
    const common = { world, shelf, schedulerUrl: scheduler.url, gone: (at: Step) => at === leaves }
    for (const account of world.workers.filter((_, n) => who.includes(n)))
      own.use(await startWorker({ ...common, account }))
  }
  return { scheduler, hire, [Symbol.asyncDispose]: () => own.disposeAsync() }
}

async function pass(seconds: number) {
  await world.node('evm_increaseTime', [seconds])
  await world.node('evm_mine')
}

const balance = () => world.stakeOf(world.requester.address)

test('a task that nobody works on is refunded when its time is up', async () => {
  await using _ = await start()
  const before = await balance()
  const { taskIds } = await world.deal({ bag: 3n, trust: 5n, category: SHORT })
  await until(world, taskIds, ({ status }) => status === 'active')
  await pass(FINAL)
  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
  expect(await balance()).toEqual(before)
})

test('a task that nobody even initialized is refunded too', async () => {
  const before = await balance()
  const { taskIds } = await world.deal({ bag: 3n, trust: 5n, category: SHORT })
  await pass(FINAL)
  await using _ = await start()
  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
  expect(await balance()).toEqual(before)
})

test('when no winner reveals, the task is opened to others', async () => {
  await using pool = await start()
  await pool.hire([0, 1, 2], 'reveal')
  const { taskIds } = await world.deal({ trust: 5n, category: SHORT })
  await until(world, taskIds, ({ status }) => status === 'revealing')
  await pass(REVEAL)
  await until(world, taskIds, ({ status }) => status === 'active')
  await pool.hire([3, 4, 5])
  const [task] = await over(world, taskIds)
  expect(task).toMatchObject({ status: 'completed', revealCounter: 3n })
})

test('when too few winners reveal, others are asked and the proofs there are still count', async () => {
  await using pool = await start()
  await pool.hire([0, 1], 'reveal')
  await pool.hire([2])
  const { taskIds } = await world.deal({ trust: 5n, category: SHORT })
  await until(world, taskIds, ({ revealCounter }) => revealCounter === 1n)
  await pass(REVEAL)
  await until(world, taskIds, ({ status }) => status === 'active')
  await pool.hire([3, 4])
  const [task] = await over(world, taskIds)
  expect(task).toMatchObject({ status: 'completed', revealCounter: 3n, winnerCounter: 3n })
  expect(task?.contributors).toHaveLength(5)
})

test('a worker that falls silent costs one lease, not the task', async () => {
  await using pool = await start({ LEASE_MS: '1000' })
  await pool.hire([0, 1, 2], 'contribute')
  const { taskIds } = await world.deal({ trust: 5n })
  await until(world, taskIds, ({ status }) => status === 'active')
  await pool.hire([3, 4, 5])
  const [task] = await over(world, taskIds)
  expect(task?.status).toBe('completed')
})

test('waits for a winner that uploads late', async () => {
  await using pool = await start()
  await pool.hire([3, 4, 5], 'upload')
  const { taskIds } = await world.deal({ trust: 5n, category: SHORT })
  const [task] = await until(world, taskIds, ({ revealCounter }) => revealCounter === 3n)
  expect(task?.status).toBe('revealing')
  for (const taskId of taskIds) shelf.put(taskId, '0x01')
  const [settled] = await over(world, taskIds)
  expect(settled?.status).toBe('completed')
})
