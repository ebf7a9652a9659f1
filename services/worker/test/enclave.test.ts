/** Tasks that only an enclave may contribute to, against the checks that the chain makes. */
import { Enclave } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Scene, startScene } from './support/scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterEach(() => scene.dismiss())
afterAll(() => scene[Symbol.asyncDispose]())

const env = { TEE: 'simulated' }

test('a simulated enclave signs the vote, and says everywhere what it is worth', async () => {
  const { taskId, n } = await scene.given({ tag: Enclave.TAG })
  const worker = await scene.startWorker(n, { env })
  const { address } = await worker.logged('worker.enclave', { tee: 'simulated, not confidential' })
  await worker.logged('task.uploaded', { taskId })
  const { market } = scene
  const vote = await market.client.readContract({
    ...{ address: market.hub, abi: hubAbi, functionName: 'viewContribution' },
    args: [taskId, scene.addressOf(n)],
  })
  expect(vote.enclaveChallenge).toBe(address)
  const files = await scene.resultOf(taskId)
  expect(new TextDecoder().decode(files.get('enclave.txt'))).toBe('simulated, not confidential\n')
  await scene.settle(taskId)
})

test('keeps its key over a restart, since votes under way name it', async () => {
  const { taskId, n } = await scene.given({ tag: Enclave.TAG })
  const before = await scene.startWorker(n, { env })
  const { address } = await before.logged('worker.enclave')
  await before.logged('task.taken', { taskId })
  await before[Symbol.asyncDispose]()
  const after = await scene.startWorker(n, { env })
  await after.logged('worker.enclave', { address })
})

test('a worker without an enclave gives such a task back', async () => {
  const { taskId, n } = await scene.given({ tag: Enclave.TAG })
  await scene.startWorker(n)
  expect(await scene.pool.released(taskId)).toMatchObject({ code: 'lease/bad-authorization' })
})

test('where the hub has a broker, only its word counts for an enclave', async () => {
  const { market } = scene
  const broker = market.requester.address
  await market.send(market.owner, market.hub, hubAbi, 'setTeeBroker', [broker])
  const { taskId, n } = await scene.given({ tag: Enclave.TAG })
  await scene.startWorker(n, { env })
  expect(await scene.pool.released(taskId)).toMatchObject({ code: 'lease/bad-authorization' })
})
