import { Category, Tag, Task } from '@traboule/protocol'
import { someBytes32 } from '@traboule/protocol/testing'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, app, match, type Network, order, task } from '../src/index.ts'
import { startChain, type TestChain, wallet } from './chain.ts'
import { answer, lie, type Pool, startPool } from './pool.ts'

let chain: TestChain
let pool: Pool
let requester: Network

beforeAll(async () => {
  chain = await startChain()
  pool = await startPool(chain)
  requester = await chain.as(1)
  await account.deposit(requester, 100_000n)
})
afterAll(async () => {
  await chain[Symbol.asyncDispose]()
})

async function dealOf(trust: bigint, volume = 1n, tags: readonly string[] = []): Promise<Hex> {
  const tag = Tag.encode(tags)
  const location = '/ipfs/QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'
  const name = `sum for ${trust} ${volume} ${Math.random()}`
  const program = await app.register(requester, { name, location, checksum: someBytes32(1) })
  const { dealId } = await match(requester, {
    app: await order.make(requester, 'app', { app: program, volume }),
    workerpool: await pool.sell(volume, 100n),
    request: await order.make(requester, 'request', {
      ...{ app: program, workerpoolmaxprice: 100n, trust, volume, tag },
    }),
  })
  return dealId
}

/** The steps that are possible, and the reason against each other one. */
async function outlook(place: task.Place) {
  const steps = await task.explain(requester, place)
  const names = (wanted: boolean) => steps.filter(({ possible }) => possible === wanted)
  return {
    now: names(true).map(({ name }) => name),
    against: Object.fromEntries(names(false).map(({ name, reason }) => [name, reason])),
    why: Object.fromEntries(steps.map(({ name, why }) => [name, why])),
  }
}

const waitFor = (times: bigint) => {
  const seconds = Number(times * (Category.standard[0]?.workClockTimeRef ?? 0n))
  return chain.client.increaseTime({ seconds }).then(() => chain.client.mine({ blocks: 1 }))
}

test('before anybody initializes it, a task can only be initialized', async () => {
  const dealId = await dealOf(5n)
  const { now, why } = await outlook({ dealId, index: 0n })
  expect(now).toEqual(['initialize'])
  expect(why.contribute).toBe('Nobody initialized this task.')
  const beyond = await outlook({ dealId, index: 1n })
  expect(beyond.why.initialize).toBe('The deal has no task 1: it has 1, from 0 on.')
  await expect(task.explain(requester, someBytes32(9))).rejects.toMatchObject({
    code: 'task/unknown',
  })
})

test('what is possible follows the task from contribution to payment', async () => {
  const dealId = await dealOf(5n)
  const taskId = Task.id(dealId, 0n)
  const { digest } = answer('42')
  await pool.initialize(dealId, 0n)
  const active = await outlook(taskId)
  expect(active.now).toEqual(['contribute'])
  expect(active.against).toMatchObject({
    initialize: 'WrongStatus',
    contributeAndFinalize: 'NotSingleWorker',
    reveal: 'WrongStatus',
    claim: 'DeadlineNotReached',
  })
  expect(active.why.contribute).toContain('authorization')
  expect(active.why.contributeAndFinalize).toContain('Trust 5 takes more than one worker')

  for (const worker of [0, 1, 2]) await pool.contribute(worker, taskId, digest)
  const revealing = await outlook(taskId)
  expect(revealing.now).toEqual(['reveal', 'reveal', 'reveal'])
  expect(revealing.against).toMatchObject({
    finalize: 'RevealsMissing',
    reopen: 'DeadlineNotReached',
  })
  expect(revealing.why.finalize).toContain('0 of 3 workers revealed')

  await pool.reveal(0, taskId, digest)
  const some = await task.explain(requester, taskId)
  expect(some.find(({ reason }) => reason === 'AlreadyRevealed')?.by).toBe(wallet(6).address)
  await pool.reveal(1, taskId, digest)
  await pool.reveal(2, taskId, digest)
  expect((await outlook(taskId)).now).toEqual(['finalize'])
  await pool.finalize(taskId, 'QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH')
  const completed = await outlook(taskId)
  expect(completed.now).toEqual([])
  expect(completed.why.claim).toBe('The task is completed.')
})

test('who stands outside the consensus cannot reveal', async () => {
  const dealId = await dealOf(3n)
  const taskId = Task.id(dealId, 0n)
  const { digest } = answer('42')
  await pool.initialize(dealId, 0n)
  await pool.contribute(3, taskId, lie)
  for (const worker of [0, 1, 2]) await pool.contribute(worker, taskId, digest)
  const steps = await task.explain(requester, taskId)
  const liar = steps.find(({ name, possible }) => name === 'reveal' && !possible)
  expect(liar).toMatchObject({ by: wallet(9).address, reason: 'NotInConsensus' })
})

test('a task of one worker is contributed and finalized at once', async () => {
  const dealId = await dealOf(1n)
  await pool.initialize(dealId, 0n)
  const { now } = await outlook(Task.id(dealId, 0n))
  expect(now).toEqual(['contribute', 'contributeAndFinalize'])
})

test('a single answer can be contested, where the deal asks for it', async () => {
  const dealId = await dealOf(1n, 1n, ['contestable'])
  const taskId = Task.id(dealId, 0n)
  await pool.initialize(dealId, 0n)
  expect((await outlook(taskId)).against.contributeAndFinalize).toBe('Contestable')
  await pool.contribute(0, taskId, lie)
  await pool.reveal(0, taskId, lie)
  const doubtful = await outlook(taskId)
  expect(doubtful.now).toEqual(['contest'])
  expect(doubtful.against.finalize).toBe('DeadlineNotReached')
  expect(doubtful.why.contest).toContain('bond')
  await task.contest(requester, taskId)
  expect((await outlook(taskId)).now).toEqual(['contribute'])
})

test('a task that is late can only be reopened, then only claimed', async () => {
  const dealId = await dealOf(5n)
  const taskId = Task.id(dealId, 0n)
  await pool.initialize(dealId, 0n)
  for (const worker of [0, 1, 2]) await pool.contribute(worker, taskId, answer('42').digest)
  await waitFor(Task.deadlineRatio.reveal)
  const late = await outlook(taskId)
  expect(late.now).toEqual(['reopen'])
  expect(late.why.reveal).toContain('It is too late for this: the deadline was 20')
  await waitFor(Task.deadlineRatio.final)
  expect((await outlook(taskId)).now).toEqual(['claim'])
  await task.claim(requester, taskId)
  expect((await outlook(taskId)).why.claim).toBe('The task failed and was refunded.')
})
