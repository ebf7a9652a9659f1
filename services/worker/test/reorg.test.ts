/** The chain may take back what it said: the worker does again what is due again. */
import { hubAbi } from '@traboule/protocol/abi'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Scene, STAKE, startScene } from './support/scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterEach(() => scene.dismiss())
afterAll(() => scene[Symbol.asyncDispose]())

/** Replaces the newest blocks by empty ones. */
async function reorganise(depth: number): Promise<void> {
  const { client } = scene.market
  await client.request({ method: 'anvil_reorg', params: [depth, []] } as never)
}

async function initialized(taskId: Hex, dealId: Hex): Promise<void> {
  const { market } = scene
  if ((await market.view(taskId)).status !== 'unset') return
  await market.send(market.poolOwner, market.hub, hubAbi, 'initialize', [dealId, 0n])
}

test.each([1, 2, 3, 5])('a reorganisation of %i blocks after the upload', async (depth) => {
  const { market } = scene
  const n = 10 + depth
  const worker = await scene.startWorker(n) // its stake is older than what will be taken back
  const { taskId, dealId } = await scene.given({ n })
  await worker.logged('task.uploaded', { taskId })
  // Deeper ones also take back the initialization, but not the match.
  await market.client.mine({ blocks: Math.max(0, depth - 3) })
  await reorganise(depth)
  await initialized(taskId, dealId)
  await market.client.mine({ blocks: 1 })
  await provedAgain(taskId, n)
  await scene.settle(taskId)
  const { stake, locked } = await market.accountOf(scene.addressOf(n))
  expect(locked).toBe(0n)
  expect(stake).toBeGreaterThan(STAKE)
})

/** Resolves with the block in which the chain shows the worker's reveal. */
async function provedAgain(taskId: Hex, n: number): Promise<void> {
  const { client, hub } = scene.market
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () =>
    client
      .readContract({
        address: hub,
        abi: hubAbi,
        functionName: 'viewContribution',
        args: [taskId, scene.addressOf(n)],
      })
      .then(({ status }) => status === 2 && resolve(), reject)
  const unwatch = client.watchBlockNumber({
    onBlockNumber: look,
    emitOnBegin: true,
    pollingInterval: 20,
  })
  await look()
  await promise
  unwatch()
}
