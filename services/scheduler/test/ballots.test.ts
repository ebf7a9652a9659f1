/** Votes that workers hand in: gathered, judged by what the pool knows, and sent together. */
import { Contribution } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { client, schedulerApi } from '@traboule/protocol/api'
import { commitment, ticket } from '@traboule/protocol/credibility'
import { type Abi, type Hex, parseEventLogs } from 'viem'
import type { HDAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Home, open, openHome } from './support/scheduler.ts'
import { openShelf, type Shelf } from './support/shelf.ts'
import { over, until } from './support/watch.ts'
import { askAs, ballotOf, honest, startWorker } from './support/worker.ts'
import { openWorld, PRICE, type World } from './support/world.ts'

let stack: AsyncDisposableStack
let world: World
let shelf: Shelf
let own = new AsyncDisposableStack()

beforeAll(async () => {
  stack = new AsyncDisposableStack()
  world = stack.use(await openWorld({ workers: 6 }))
  shelf = stack.use(await openShelf())
})
afterEach(async () => {
  await own.disposeAsync()
  own = new AsyncDisposableStack()
})
afterAll(() => stack.disposeAsync())

const all = () => [...world.workers]
const lie = (taskId: Hex) => honest(honest(taskId))

async function start(home: Home, settings: Record<string, string> = {}) {
  return open(world, home, shelf.url, { DRAW_MS: '0', CHECKS: '0', ...settings })
}

/** Asks until the task is given, and hands in a vote for what `digest` says. */
async function handIn(account: HDAccount, taskId: Hex, url: string, digest = honest) {
  const scheduler = askAs(account, world, url)
  const body = { capacity: 64, appTypes: ['WASI'], ballots: true }
  for (;;) {
    const { leases } = await scheduler.ask({ body })
    const lease = leases.find((each) => each.taskId === taskId)
    if (!lease) continue
    expect(lease.authorization).toBeUndefined()
    const resultHash = Contribution.resultHash(taskId, digest(taskId))
    const resultSeal = Contribution.resultSeal(account.address, taskId, digest(taskId))
    const paper = await ballotOf(account, world, { taskId, resultHash, resultSeal })
    await scheduler.ballot({ params: { leaseId: lease.leaseId }, body: paper })
    return { ...lease, scheduler, paper }
  }
}

test('a bag is paid though no worker sent a vote, a liar pays for its lie and is barred', async () => {
  const scheduler = own.use(await start(own.use(await openHome()), { COMMIT_DRAWS: 'true' }))
  const { url, lines } = scheduler
  const [liar, ...others] = all()
  if (!liar) throw new Error('no workers')
  const common = { world, shelf, schedulerUrl: url, ballots: true }
  own.use(await startWorker({ ...common, account: liar, digest: lie }))
  const { taskIds, block } = await world.deal({ bag: 6n, trust: 5n })
  const lied = () => lines.some(({ event }) => event === 'ballot.handed-in')
  await expect.poll(lied, { timeout: 60_000 }).toBe(true)
  for (const account of others) own.use(await startWorker({ ...common, account }))
  const tasks = await over(world, taskIds)
  expect(tasks.map(({ status }) => status)).toEqual(tasks.map(() => 'completed'))
  expect(tasks.map(({ resultDigest }) => resultDigest)).toEqual(taskIds.map(honest))
  expect((await world.stakeOf(liar.address)).stake).toBeLessThan(1_000n * PRICE)

  const logs = await world.client.getLogs({ address: world.hub, fromBlock: block })
  const votes = parseEventLogs({ abi: hubAbi, logs, eventName: 'TaskContribute' })
  const senders = await Promise.all(
    votes.map(
      async ({ transactionHash: hash }) => (await world.client.getTransaction({ hash })).from,
    ),
  )
  expect(new Set(senders.map((from) => from.toLowerCase()))).toEqual(
    new Set([world.poolOwner.address.toLowerCase()]),
  )
  const barred = lines.filter(({ event }) => event === 'worker.barred')
  expect(barred.map(({ worker }) => worker)).toEqual([liar.address])

  const announced = parseEventLogs({ abi: hubAbi, logs, eventName: 'WorkersCommitted' })
  for (const taskId of taskIds) {
    const receipt = await client(schedulerApi, url).receipt({ params: { taskId } })
    expect(receipt).toMatchObject({ taskId, asked: 0.8, decided: true, checked: false })
    expect(receipt.credibility).toBeGreaterThan(0.98)
    expect(receipt.resultHash).toBe(Contribution.resultHash(taskId, honest(taskId)))
    expect(receipt.agreeing).toBeGreaterThanOrEqual(3)
    const seed = receipt.seed ?? '0x'
    expect(announced.find(({ args }) => args.taskid === taskId)?.args.commitment).toBe(
      commitment(seed),
    )
    for (const voter of receipt.voters)
      expect(voter.ticket).toBe(ticket(seed, taskId, voter.worker))
  }
})

test('a ballot survives a restart, and one that the chain refuses spoils nothing', async () => {
  const home = own.use(await openHome())
  const [, poor, ann, bob, cid] = all()
  if (!poor || !ann || !bob || !cid) throw new Error('too few workers')
  const first = await start(home)
  const { taskIds } = await world.deal({ trust: 5n })
  const [taskId = '0x'] = taskIds
  await until(world, taskIds, ({ status }) => status === 'active')
  const { scheduler, paper, leaseId } = await handIn(poor, taskId, first.url)
  await scheduler.ballot({ params: { leaseId }, body: paper }) // saying it twice is harmless
  await handIn(ann, taskId, first.url)
  await first[Symbol.asyncDispose]()

  const { stake } = await world.stakeOf(poor.address)
  const withdraw = { address: world.hub, abi: hubAbi as Abi, functionName: 'withdraw' }
  await world.send(poor, { ...withdraw, args: [stake] })
  const second = own.use(await start(home))
  await handIn(bob, taskId, second.url)
  await handIn(cid, taskId, second.url)
  await until(world, taskIds, ({ status }) => status === 'revealing')
  const { contributors } = await world.task(taskId)
  expect(new Set(contributors)).toEqual(new Set([ann, bob, cid].map(({ address }) => address)))
  expect(second.lines.filter(({ event }) => event === 'ballot.spoiled')).toMatchObject([
    { taskId, worker: poor.address },
  ])
})

test('a ballot that its worker did not sign, or without a lease, is refused', async () => {
  const { url } = own.use(await start(own.use(await openHome())))
  const [, , ann, bob] = all()
  if (!ann || !bob) throw new Error('too few workers')
  const { taskIds } = await world.deal({ trust: 5n })
  const [taskId = '0x'] = taskIds
  await until(world, taskIds, ({ status }) => status === 'active')
  const { leaseId, paper, scheduler } = await handIn(ann, taskId, url)
  const forged = { ...paper, resultHash: Contribution.resultHash(taskId, lie(taskId)) }
  await expect(scheduler.ballot({ params: { leaseId }, body: forged })).rejects.toMatchObject({
    code: 'ballot/refused',
  })
  await expect(
    askAs(bob, world, url).ballot({ params: { leaseId }, body: paper }),
  ).rejects.toMatchObject({ code: 'lease/unknown' })
})
