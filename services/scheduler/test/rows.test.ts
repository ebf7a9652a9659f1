/** What the chain says becomes rows, and rows can be taken back. */
import { Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { aDeal, anAddress, someBytes32 } from '@traboule/protocol/testing'
import { type MinedLog, migrate, openDatabase } from '@traboule/service-kit'
import { freshDatabase, virtualClock } from '@traboule/service-kit/testing'
import { encodeAbiParameters, encodeEventTopics, getAbiItem, type Hex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Tables } from '../src/db/schema.ts'
import * as Terms from '../src/deals/terms.ts'
import { openBallots } from '../src/tasks/ballots.ts'
import { openBoard } from '../src/tasks/board.ts'
import { apply, rewind } from '../src/tasks/observe.ts'
import { openLeases } from '../src/workers/leases.ts'

const pool = anAddress(0xb0)
const [ann, bob] = [anAddress(1), anAddress(2)]
const [dealId, right, wrong] = [someBytes32(0xdea1), someBytes32(1), someBytes32(2)]
const taskId = Task.id(dealId, 0n)
const clock = virtualClock(1_000_000)

let resources: AsyncDisposableStack
let db: Awaited<ReturnType<typeof openDatabase<Tables>>>['db']

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  const { url } = resources.use(await freshDatabase())
  db = resources.use(await openDatabase<Tables>(url)).db
  await migrate(db, 'scheduler', new URL('../src/db/migrations/', import.meta.url))
})
afterAll(() => resources.disposeAsync())
beforeEach(async () => {
  for (const table of ['pool_deals', 'pool_task_events', 'pool_conflicts', 'pool_leases'] as const)
    await db.deleteFrom(table).execute()
})

const hear = (...logs: MinedLog[]) => db.transaction().execute((tx) => apply(tx, pool, logs))
const forget = (block: bigint) => db.transaction().execute((tx) => rewind(tx, pool, block))

/** Writes the terms as `adopt` does after reading them. */
async function adopted() {
  const terms = { ...aDeal({ dealId, trust: 5n }), timeRef: 300n, appType: 'WASI' }
  await db
    .updateTable('pool_deals')
    .set({ terms: Terms.stringify(terms) })
    .execute()
  const task = { task_id: taskId, deal_id: dealId, workerpool: pool, task_index: 0n }
  await db.insertInto('pool_tasks').values(task).execute()
}

async function boardNow() {
  const leases = openLeases({ db, workerpool: pool, clock, leaseMs: 1_000 })
  const ballots = openBallots(db, pool)
  return { leases, ballots, board: await openBoard(db, pool, { leases, ballots }) }
}

test('a deal of another pool leaves no trace', async () => {
  const other = anAddress(0xc0)
  const foreign = Task.id(someBytes32(9), 0n)
  await hear(
    aLog(1n, 'SchedulerNotice', { workerpool: other, dealid: someBytes32(9) }),
    aLog(2n, 'TaskInitialize', { taskid: foreign, workerpool: other }),
    aLog(3n, 'TaskContribute', { taskid: foreign, worker: ann, hash: right }),
  )
  expect(await db.selectFrom('pool_deals').selectAll().execute()).toEqual([])
  expect(await db.selectFrom('pool_task_events').selectAll().execute()).toEqual([])
})

test('hearing the same twice changes nothing', async () => {
  const logs = [
    aLog(1n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }),
    aLog(2n, 'TaskInitialize', { taskid: taskId, workerpool: pool }),
    aLog(3n, 'TaskContribute', { taskid: taskId, worker: ann, hash: right }),
  ]
  await hear(...logs)
  await adopted()
  await hear(...logs)
  const { board } = await boardNow()
  expect(board.find(taskId)?.progress).toMatchObject({
    status: 'active',
    votes: [{ worker: ann, resultHash: right }],
  })
})

test('a reorg takes back what its blocks said, and who lied in them', async () => {
  await hear(
    aLog(1n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }),
    aLog(2n, 'TaskInitialize', { taskid: taskId, workerpool: pool }),
  )
  await adopted()
  await hear(
    aLog(3n, 'TaskContribute', { taskid: taskId, worker: bob, hash: wrong }),
    aLog(4n, 'TaskContribute', { taskid: taskId, worker: ann, hash: right }),
    aLog(4n, 'TaskConsensus', { taskid: taskId, consensus: right }),
  )
  expect(await db.selectFrom('pool_conflicts').select('worker').execute()).toEqual([
    { worker: bob },
  ])
  expect(await forget(3n)).toEqual([taskId])
  expect(await db.selectFrom('pool_conflicts').select('worker').execute()).toEqual([])
  const { board } = await boardNow()
  expect(board.find(taskId)?.progress).toMatchObject({
    status: 'active',
    votes: [{ worker: bob }],
    agreed: undefined,
  })
})

test('a deal that vanishes takes its tasks along, and its leases wait for its return', async () => {
  await hear(aLog(5n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }))
  await adopted()
  const { board, leases } = await boardNow()
  await leases.grant({ taskId, worker: ann, weight: 2n })
  await board.refresh(await forget(4n))
  expect(board.find(taskId)).toBeUndefined()
  await hear(aLog(6n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }))
  await adopted()
  await board.refresh([taskId])
  expect(leases.on(taskId)).toMatchObject([{ worker: ann, state: 'held' }])
})

test('a worker has one lease on a task at a time', async () => {
  await hear(aLog(5n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }))
  await adopted()
  const { leases } = await boardNow()
  await leases.grant({ taskId, worker: ann, weight: 2n })
  await expect(leases.grant({ taskId, worker: ann, weight: 2n })).rejects.toThrow()
  expect(leases.on(taskId).filter(({ state }) => state === 'held')).toHaveLength(1)
})

test('a lease that is over cannot be renewed, by anybody', async () => {
  await hear(aLog(5n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }))
  await adopted()
  const { leases } = await boardNow()
  const { leaseId } = await leases.grant({ taskId, worker: ann, weight: 2n })
  const latest = clock.now() + 10_000
  const running = { phase: 'running', percent: 50 } as const
  await expect(leases.renew({ leaseId, worker: bob }, running, latest)).rejects.toMatchObject({
    code: 'lease/unknown',
  })
  expect(await leases.renew({ leaseId, worker: ann }, running, latest)).toMatchObject({
    phase: 'running',
    percent: 50,
    expiresAt: clock.now() + 1_000,
  })
  await clock.pass(1_000)
  expect(await leases.expire()).toMatchObject([{ leaseId, state: 'expired' }])
  await expect(leases.renew({ leaseId, worker: ann }, running, latest)).rejects.toMatchObject({
    code: 'lease/expired',
  })
})

test('no lease outlives what the category allows', async () => {
  await hear(aLog(5n, 'SchedulerNotice', { workerpool: pool, dealid: dealId }))
  await adopted()
  const { leases } = await boardNow()
  const { leaseId, grantedAt } = await leases.grant({ taskId, worker: ann, weight: 2n })
  const renewed = await leases.renew(
    { leaseId, worker: ann },
    { phase: 'running' },
    grantedAt + 400,
  )
  expect(renewed.expiresAt).toBe(grantedAt + 400)
})

/** A log of the hub as it comes mined; block `n` is at second `10 n`. */
function aLog(block: bigint, eventName: string, args: Record<string, Hex>): MinedLog {
  const event = getAbiItem({ abi: hubAbi, name: eventName as 'TaskContribute' })
  const data = event.inputs.filter((input) => !('indexed' in input && input.indexed))
  return {
    address: anAddress(0x4b),
    blockHash: someBytes32(Number(block)),
    blockNumber: block,
    blockTimestamp: block * 10n,
    data: encodeAbiParameters(data, data.map(({ name }) => args[name]) as never),
    logIndex: logIndex++,
    removed: false,
    topics: encodeEventTopics({ abi: hubAbi, eventName, args } as never) as MinedLog['topics'],
    transactionHash: someBytes32(1),
    transactionIndex: 0,
  }
}
let logIndex = 0
