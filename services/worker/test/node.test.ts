/** The node a worker reads from may lag, lie about the head, or go away. */
import { numberToHex } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { args, type Scene, startScene } from './support/scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene({ leaseMs: 600 })
})
afterEach(() => scene.dismiss())
afterAll(() => scene[Symbol.asyncDispose]())

/** From now on the node shows nothing newer than this block; resolves when asked `times`. */
function lag(block: bigint): (times: number) => Promise<void> {
  let asked = 0
  let tell: () => unknown = () => undefined
  scene.rpcGate.alter((body) => {
    if (!body.includes('"latest"')) return body
    asked++
    tell()
    return body.replaceAll('"latest"', `"${numberToHex(block)}"`)
  })
  return (times) =>
    new Promise((resolve) => {
      tell = () => asked >= times && resolve()
      tell()
    })
}

test('a node that falls behind does not end a computation', async () => {
  const block = await scene.market.client.getBlockNumber()
  const { taskId, n } = await scene.given({ params: args('300000000') })
  const worker = await scene.startWorker(n)
  await worker.logged('task.running', { taskId })
  const behind = lag(block)
  await behind(5)
  scene.rpcGate.open()
  await worker.logged('task.uploaded', { taskId })
  expect(worker.lines.filter(({ event }) => event === 'task.computed')).toHaveLength(1)
})

test('a node that has not seen the deal is waited for', async () => {
  const worker = await scene.startWorker(20)
  await worker.logged('service.started')
  const behind = lag(await scene.market.client.getBlockNumber())
  const { taskId } = await scene.given({ n: 20 })
  await behind(3)
  scene.rpcGate.open()
  await worker.logged('task.uploaded', { taskId })
  expect(scene.pool.releases).toEqual([])
})

test('a lease is renewed while no node answers', async () => {
  const { taskId, n } = await scene.given({ params: args('4000000000') })
  await scene.startWorker(n)
  await scene.pool.reached(taskId, 'running')
  scene.rpcGate.answer(
    () => true,
    (response) => response.writeHead(503).end(),
  )
  const renewals = scene.pool.renewalsOf(taskId)
  await scene.pool.renewed(taskId, renewals + 3)
})
