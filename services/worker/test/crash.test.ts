/** `kill -9` in each phase: the worker that comes back goes on where the chain and its disk say. */
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Seen } from './support/gate.ts'
import { args, type Scene, STAKE, startScene } from './support/scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterEach(() => scene.dismiss())
afterAll(() => scene[Symbol.asyncDispose]())

/** Finalized, the worker has its stake back and more. */
async function expectPaid({ taskId, n }: { taskId: Hex; n: number }): Promise<void> {
  await scene.settle(taskId)
  const { locked, stake } = await scene.market.accountOf(scene.addressOf(n))
  expect(locked).toBe(0n)
  expect(stake).toBeGreaterThan(STAKE)
}

const rpc = (method: string) => (seen: Seen) => seen.body.includes(`"${method}"`)
/** The selector of the hub's function. */
const contribute = '0x34623484'

test('killed while fetching', async () => {
  const work = await scene.given()
  const held = scene.storageGate.hold(({ path }) => path.startsWith('/ipfs/'))
  const worker = await scene.startWorker(work.n)
  await held
  await worker.kill()
  scene.storageGate.open()
  const again = await scene.startWorker(work.n)
  await again.logged('task.resumed', { taskId: work.taskId })
  await again.logged('task.uploaded', { taskId: work.taskId })
  await expectPaid(work)
})

test('killed while running', async () => {
  const work = await scene.given({ params: args('300000000') })
  const worker = await scene.startWorker(work.n)
  await worker.logged('task.running', { taskId: work.taskId })
  await worker.kill()
  const again = await scene.startWorker(work.n)
  await again.logged('task.uploaded', { taskId: work.taskId })
  expect(again.lines.filter(({ event }) => event === 'task.computed')).toHaveLength(1)
  await expectPaid(work)
})

test('killed before it contributes', async () => {
  const work = await scene.given()
  const held = scene.rpcGate.hold(({ body }) => body.includes(contribute))
  const worker = await scene.startWorker(work.n)
  await held
  await worker.kill()
  scene.rpcGate.open()
  const again = await scene.startWorker(work.n)
  await again.logged('task.uploaded', { taskId: work.taskId })
  expect(again.lines.some(({ event }) => event === 'task.computed')).toBe(false)
  await expectPaid(work)
})

test('killed between signing a contribution and hearing of it', async () => {
  const work = await scene.given()
  const held = scene.rpcGate.hold(rpc('eth_sendRawTransaction'))
  const worker = await scene.startWorker(work.n)
  await held
  await worker.kill()
  scene.rpcGate.open()
  const again = await scene.startWorker(work.n)
  await again.logged('task.uploaded', { taskId: work.taskId })
  await expectPaid(work)
})

test('killed before it reveals, while the others vote', async () => {
  const work = await scene.given({ trust: 4n })
  const worker = await scene.startWorker(work.n)
  const { digest } = await worker.logged('task.computed', { taskId: work.taskId })
  await worker.logged('task.contributed', { taskId: work.taskId })
  await worker.kill()
  await scene.voteAs(99, work.taskId, digest as Hex)
  expect(await scene.market.view(work.taskId)).toMatchObject({ status: 'revealing' })
  const again = await scene.startWorker(work.n)
  await again.logged('task.uploaded', { taskId: work.taskId })
  const { revealCounter, winnerCounter } = await scene.market.view(work.taskId)
  expect({ revealCounter, winnerCounter }).toEqual({ revealCounter: 1n, winnerCounter: 2n })
})

test('killed before it uploads', async () => {
  const work = await scene.given()
  const held = scene.storageGate.hold(
    ({ method, path }) => method === 'POST' && path.startsWith('/results/'),
  )
  const worker = await scene.startWorker(work.n)
  await held
  await worker.kill()
  scene.storageGate.open()
  const again = await scene.startWorker(work.n)
  await again.logged('task.uploaded', { taskId: work.taskId })
  expect(again.lines.some(({ event }) => event === 'task.revealed')).toBe(false)
  await expectPaid(work)
})

test('a lease that ran out meanwhile ends a computation that had not begun to count', async () => {
  const work = await scene.given()
  const held = scene.storageGate.hold(({ path }) => path.startsWith('/ipfs/'))
  const worker = await scene.startWorker(work.n)
  await held
  await worker.kill()
  scene.pool.expire()
  const again = await scene.startWorker(work.n)
  await again.logged('task.dropped', { taskId: work.taskId })
  scene.storageGate.open()
  scene.pool.offer(work, scene.addressOf(work.n))
  await again.logged('task.uploaded', { taskId: work.taskId })
  await expectPaid(work)
})

test('a result that is there is used, though the lease ran out', async () => {
  const work = await scene.given()
  const held = scene.rpcGate.hold(({ body }) => body.includes(contribute))
  const worker = await scene.startWorker(work.n)
  await held
  await worker.kill()
  scene.pool.expire()
  scene.rpcGate.open()
  const again = await scene.startWorker(work.n)
  await again.logged('task.uploaded', { taskId: work.taskId })
  await expectPaid(work)
})

test('a worker that is asked to stop gives back what it has not computed', async () => {
  const work = await scene.given({ params: args('4000000000') })
  const worker = await scene.startWorker(work.n)
  await scene.pool.reached(work.taskId, 'running')
  await worker[Symbol.asyncDispose]()
  expect(await scene.pool.released(work.taskId)).toMatchObject({ code: 'worker/stopping' })
  expect(worker.child.exitCode).toBe(0)
})
