/** The scheduler's API towards workers, members and strangers. */
import { Contribution } from '@traboule/protocol'
import { client, schedulerApi } from '@traboule/protocol/api'
import { type Hex, recoverMessageAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { open, openHome } from './support/scheduler.ts'
import { openShelf, type Shelf } from './support/shelf.ts'
import { over, until } from './support/watch.ts'
import { askAs, honest, startWorker } from './support/worker.ts'
import { openWorld, type World } from './support/world.ts'

let stack: AsyncDisposableStack
let world: World
let shelf: Shelf
let pool: Awaited<ReturnType<typeof start>>

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  world = stack.use(await openWorld())
  shelf = stack.use(await openShelf())
  pool = stack.use(await start())
})
afterAll(() => stack.disposeAsync())

const wasi = { capacity: 1, appTypes: ['WASI'] }

async function start(settings: Record<string, string> = {}) {
  const own = new AsyncDisposableStack()
  const home = own.use(await openHome())
  const scheduler = own.use(await open(world, home, shelf.url, settings))
  const as = (n: number) => askAs(worker(n), world, scheduler.url)
  return { scheduler, as, [Symbol.asyncDispose]: () => own.disposeAsync() }
}

const worker = (n: number) => world.workers[n] ?? world.owner

/** Every task of these tests: what one of them leaves open is of no concern to the next. */
const all: Hex[] = []

async function activeTask(trust = 5n): Promise<Hex> {
  const { taskIds } = await world.deal({ trust })
  await until(world, taskIds, ({ status }) => status === 'active')
  all.push(...taskIds)
  return taskIds[0] ?? '0x'
}

/** Asks for this task until it is given: the scheduler may see the chain a moment after us. */
async function leaseOn(taskId: Hex, n: number) {
  const holding = all.filter((each) => each !== taskId)
  for (;;) {
    const { leases } = await pool.as(n).ask({ body: { ...wasi, holding } })
    if (leases[0]) return leases[0]
  }
}

test('says what a worker must know to join', async () => {
  expect(await client(schedulerApi, pool.scheduler.url).pool()).toEqual({
    chainId: world.client.chain.id,
    hub: world.hub,
    workerpool: world.workerpool,
    description: 'a pool',
    storageUrl: shelf.url,
    appTypes: ['WASI'],
  })
})

test('says whether it looks after its tasks, and counts them', async () => {
  const ready = await fetch(`${pool.scheduler.url}/health/ready`)
  expect(ready.status).toBe(200)
  await leaseOn(await activeTask(), 0)
  const read = async () => (await fetch(`${pool.scheduler.url}/metrics`)).text()
  // Counted when our own sender has the receipt: others may see the chain before.
  const mined = 'poco_scheduler_mined_total{what="initialized",service="scheduler"} 1'
  await expect.poll(read).toContain(mined)
  const metrics = await read()
  expect(metrics).toContain('poco_scheduler_open_tasks{next="recruit",service="scheduler"} 1')
  expect(metrics).toContain('poco_scheduler_held_leases{service="scheduler"} 1')
})

test('gives a lease with an authorization by the pool’s owner, and gives it once', async () => {
  const taskId = await activeTask()
  const lease = await leaseOn(taskId, 0)
  expect(lease).toMatchObject({ taskId, index: '0' })
  if (!lease.authorization) throw new Error('no authorization')
  const { enclaveChallenge, signature } = lease.authorization
  const raw = Contribution.authorizationHash(worker(0).address, taskId, enclaveChallenge)
  const signer = await recoverMessageAddress({ message: { raw }, signature })
  expect(signer).toBe(world.poolOwner.address)
  const more = await pool.as(0).ask({ body: { ...wasi, holding: all } })
  expect(more.leases).toEqual([])
})

test('gives a lease again to a worker that never got the answer', async () => {
  const taskId = await activeTask()
  const lost = await leaseOn(taskId, 0)
  const again = await leaseOn(taskId, 0)
  expect(again.leaseId).toBe(lost.leaseId)
})

test('asks no more workers than the trust takes', async () => {
  const taskId = await activeTask(5n)
  for (const n of [0, 1, 2]) expect((await leaseOn(taskId, n)).taskId).toBe(taskId)
  const { leases } = await pool.as(3).ask({ body: { ...wasi, capacity: 64 } })
  expect(leases.filter((lease) => lease.taskId === taskId)).toEqual([])
})

test('shows who works on a task, how far, and why it was given back', async () => {
  const taskId = await activeTask()
  const { leaseId } = await leaseOn(taskId, 0)
  await pool.as(0).renew({ params: { leaseId }, body: { phase: 'running', percent: 40 } })
  const anyone = client(schedulerApi, pool.scheduler.url)
  expect(await anyone.task({ params: { taskId } })).toMatchObject({
    status: 'active',
    leases: [{ worker: worker(0).address, state: 'held', phase: 'running', percent: 40 }],
  })
  const query = { code: 'object/unknown', message: 'The app is nowhere.' }
  await pool.as(0).release({ params: { leaseId }, query })
  await pool.as(0).release({ params: { leaseId }, query }) // saying it twice is harmless
  expect((await anyone.task({ params: { taskId } })).leases).toMatchObject([
    { state: 'released', failure: query },
  ])
  await expect(
    pool.as(0).renew({ params: { leaseId }, body: { phase: 'running' } }),
  ).rejects.toMatchObject({ code: 'lease/expired' })
})

test('nobody renews or releases another worker’s lease', async () => {
  const { leaseId } = await leaseOn(await activeTask(), 0)
  const params = { leaseId }
  await expect(pool.as(1).renew({ params, body: { phase: 'running' } })).rejects.toMatchObject({
    code: 'lease/unknown',
  })
  await expect(
    pool.as(1).release({ params, query: { code: 'x', message: '' } }),
  ).rejects.toMatchObject({ code: 'lease/unknown' })
})

test('refuses who does not sign, and who is not a member', async () => {
  await using club = await start({ WORKERS: worker(1).address })
  const response = await fetch(`${club.scheduler.url}/leases`, {
    method: 'POST',
    body: JSON.stringify(wasi),
  })
  expect(response.status).toBe(401)
  await expect(club.as(0).ask({ body: wasi })).rejects.toMatchObject({
    code: 'worker/not-a-member',
  })
  expect((await club.as(1).ask({ body: wasi })).askAgainInMs).toBeGreaterThan(0)
})

test('refuses a worker that cannot stake, and says how much it takes', async () => {
  await leaseOn(await activeTask(), 0)
  const poor = privateKeyToAccount(generatePrivateKey())
  await expect(
    askAs(poor as never, world, pool.scheduler.url).ask({ body: wasi }),
  ).rejects.toMatchObject({ code: 'worker/stake-too-low', details: { free: '0' } })
})

test('gives nothing to a worker that cannot run the app', async () => {
  await leaseOn(await activeTask(), 0)
  const { leases } = await pool.as(3).ask({ body: { ...wasi, appTypes: ['DOCKER'], holding: all } })
  expect(leases).toEqual([])
})

test('gives nothing to a worker whose ad refuses it, and tells everybody why', async () => {
  const taskId = await activeTask()
  await leaseOn(taskId, 0)
  const ad = '[Requirements = other.PayNano >= 1000000000000]'
  const { leases } = await pool
    .as(3)
    .ask({ body: { ...wasi, ad, holding: all.filter((each) => each !== taskId) } })
  expect(leases).toEqual([])
  const { able, workers, reasons } = await client(schedulerApi, pool.scheduler.url).explain({
    params: { taskId },
  })
  expect(workers - able).toBe(1)
  expect(reasons).toMatchObject([
    { side: 'worker', part: 'other.PayNano >= 1000000000000', workers: 1, silent: 0 },
  ])
  expect(reasons[0]?.why).toMatch(/^1 of \d+ workers refuse this task/)
})

test.each([
  ['ad/malformed', '[Requirements = '],
  ['ad/unknown-function', '[Requirements = launch()]'],
  ['ad/too-deep', `[Requirements = ${'!'.repeat(5_000)}x]`],
  ['request/invalid', `[x = "${'x'.repeat(9_000)}"]`],
])('refuses an ad by name: %s', async (code, ad) => {
  await expect(pool.as(3).ask({ body: { ...wasi, ad, holding: [] } })).rejects.toMatchObject({
    code,
  })
})

test('gives no more work to a worker that was caught lying', async () => {
  await using hired = new AsyncDisposableStack()
  const common = { world, shelf, schedulerUrl: pool.scheduler.url }
  const liar = { ...common, account: worker(4), digest: (id: Hex) => honest(honest(id)) }
  const taskId = await activeTask()
  hired.use(await startWorker(liar))
  await until(world, [taskId], ({ contributors }) => contributors.length === 1)
  for (const n of [0, 1, 2, 3]) hired.use(await startWorker({ ...common, account: worker(n) }))
  await over(world, [taskId])
  const next = await activeTask()
  await expect(leaseOn(next, 4)).rejects.toMatchObject({ code: 'worker/distrusted' })
})

test('refuses to run a pool with a key that does not own it', async () => {
  await using home = await openHome()
  const PRIVATE_KEY = generatePrivateKey()
  await expect(open(world, home, shelf.url, { PRIVATE_KEY })).rejects.toMatchObject({
    code: 'workerpool/not-yours',
  })
  await expect(open(world, home, shelf.url, { WORKERPOOL: world.app })).rejects.toMatchObject({
    code: 'workerpool/unknown',
  })
})
