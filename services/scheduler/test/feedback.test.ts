/** What clients of the pool are told, and what only a task's requester is. */
import { client, feedbackApi } from '@traboule/protocol/api'
import { someBytes32 } from '@traboule/protocol/testing'
import { type Hex, hashTypedData } from 'viem'
import type { HDAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { open, openHome } from './support/scheduler.ts'
import { openShelf, type Shelf } from './support/shelf.ts'
import { over, until } from './support/watch.ts'
import { askAs, startWorker } from './support/worker.ts'
import { openWorld, type World } from './support/world.ts'

const stack = new AsyncDisposableStack()
let world: World
let shelf: Shelf
let url: string
beforeAll(async () => {
  world = stack.use(await openWorld({ workers: 2 }))
  shelf = stack.use(await openShelf())
  const home = stack.use(await openHome())
  url = stack.use(await open(world, home, shelf.url)).url
})
afterAll(() => stack.disposeAsync())

const pool = () => client(feedbackApi, url)
const worker = (n: number) => world.workers[n] ?? world.owner

async function leased(n: number) {
  const { taskIds } = await world.deal()
  await until(world, taskIds, ({ status }) => status === 'active')
  for (;;) {
    const body = { capacity: 8, appTypes: ['WASI'] }
    const { leases } = await askAs(worker(n), world, url).ask({ body })
    const mine = leases.find(({ taskId }) => taskId === taskIds[0])
    if (mine) return mine
  }
}

/** Signs the challenge as the ecosystem's clients do. */
async function authorization(account: HDAccount, address = account.address): Promise<string> {
  const { types, ...data } = await pool().challenge({ query: { address } })
  const { Challenge } = types
  const typed = { ...data, types: { Challenge } } as const
  return `${hashTypedData(typed)}_${await account.signTypedData(typed)}_${address}`
}

const logsOf = (taskId: Hex, header: string) =>
  client(feedbackApi, url, { authorize: async () => header }).logs({ params: { taskId } })

test('tells where it answers, and knows no other pool', async () => {
  const params = { chainId: world.client.chain.id, workerpool: world.workerpool }
  expect(await pool().where({ params })).toEqual({ apiUrl: url })
  const lower = `${url}/${params.chainId}/workerpools/${params.workerpool.toLowerCase()}`
  expect(await (await fetch(lower)).json()).toEqual({ apiUrl: url })
  for (const other of [{ workerpool: world.app }, { chainId: 1 }])
    await expect(pool().where({ params: { ...params, ...other } })).rejects.toMatchObject({
      code: 'workerpool/unknown',
    })
})

test('tells what a program printed to its requester alone', async () => {
  const { taskId, leaseId } = await leased(0)
  const header = await authorization(world.requester)
  await expect(logsOf(taskId, header)).rejects.toMatchObject({ code: 'task/no-logs' })
  const body = { stdout: 'hello\0 there', stderr: 'and bye', exitCode: 3 }
  await askAs(worker(0), world, url).keepLogs({ params: { leaseId }, body })
  const said = { ...body, stdout: 'hello\ufffd there' }
  const { exitCode: _, ...streams } = said
  const kept = [{ walletAddress: worker(0).address, ...streams }]
  expect(await logsOf(taskId, header)).toEqual({ computeLogsList: kept })
  const told = await pool().task({ params: { taskId } })
  expect(told.replicates).toMatchObject([{ appExitCode: 3, currentStatus: 'STARTED' }])

  const stranger = await authorization(worker(1))
  await expect(logsOf(taskId, stranger)).rejects.toMatchObject({ code: 'request/forbidden' })
  const thief = await authorization(worker(1), world.requester.address)
  await expect(logsOf(taskId, thief)).rejects.toMatchObject({ code: 'request/unauthorized' })
  const [, signature, address] = header.split('_')
  const forged = `${someBytes32(1)}_${signature}_${address}`
  await expect(logsOf(taskId, forged)).rejects.toMatchObject({ code: 'request/unauthorized' })
  expect((await fetch(`${url}/tasks/${taskId}/logs`)).status).toBe(401)
})

test('only a lease’s holder says what its task printed, and not without end', async () => {
  const { leaseId } = await leased(0)
  const params = { leaseId }
  const empty = { stdout: '', stderr: '' }
  await expect(
    askAs(worker(1), world, url).keepLogs({ params, body: empty }),
  ).rejects.toMatchObject({ code: 'lease/unknown' })
  await expect(
    askAs(worker(0), world, url).keepLogs({
      params,
      body: { ...empty, stdout: 'x'.repeat(100_001) },
    }),
  ).rejects.toMatchObject({ code: 'request/invalid' })
})

test('tells a task’s story to whoever asks', async () => {
  await using hired = new AsyncDisposableStack()
  const common = { world, shelf, schedulerUrl: url }
  hired.use(await startWorker({ ...common, account: worker(1) }))
  const { taskIds } = await world.deal()
  await over(world, taskIds)
  const taskId = taskIds[0] ?? '0x'
  const read = () => pool().task({ params: { taskId } })
  await expect.poll(async () => (await read()).currentStatus).toBe('COMPLETED')
  const told = await read()
  expect(told.dateStatusList.map(({ status }) => status)).toEqual([
    ...['RECEIVED', 'INITIALIZED', 'RUNNING', 'CONSENSUS_REACHED', 'AT_LEAST_ONE_REVEALED'],
    'COMPLETED',
  ])
  const [replicate] = told.replicates
  expect(replicate?.walletAddress).toBe(worker(1).address)
  expect(replicate?.statusUpdateList.map(({ status }) => status)).toEqual([
    ...['STARTED', 'CONTRIBUTED', 'REVEALED', 'COMPLETED'],
  ])
  await expect(pool().task({ params: { taskId: someBytes32(9) } })).rejects.toMatchObject({
    code: 'task/unknown',
  })
})
