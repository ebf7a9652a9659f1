import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Order, Result, Scalar, Slice } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { anAddress } from '@traboule/protocol/testing'
import type { Address, Hex } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { build as buildWordcount } from '../../../examples/wordcount/build.ts'
import { startEngine } from '../../../scripts/engine.ts'
import { compileProgram, hasBubblewrap, recipeOf } from './images.ts'
import type { Running } from './support/processes.ts'
import { startRegistry } from './support/registry.ts'
import { args, type Scene, STAKE, startScene } from './support/scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterEach(() => scene.dismiss())
afterAll(() => scene[Symbol.asyncDispose]())

test('takes a task from lease to payment', async () => {
  const { market } = scene
  const { taskId, n } = await scene.given()
  const worker = await scene.startWorker(n, { env: { KEEP_MS: '1' } })
  await worker.logged('task.uploaded', { taskId })
  const files = await scene.resultOf(taskId)
  const revealing = await market.view(taskId)
  expect(Result.digestOf(files, { callback: Scalar.nullAddress })).toBe(revealing.resultDigest)
  expect(new TextDecoder().decode(files.get('pi.json'))).toContain('"points":1000')

  const before = await market.accountOf(scene.addressOf(n))
  await scene.settle(taskId)
  const after = await market.accountOf(scene.addressOf(n))
  expect(after.stake).toBeGreaterThan(before.stake + before.locked)
  await worker.logged('task.dropped', { taskId, status: 'completed' })
})

test('works on several tasks at once, and ahead of the chain', async () => {
  const { market, pool, app } = scene
  const n = 50
  const bag = await market.match({ app, params: args('1000'), bag: 6n })
  const worker = await scene.startWorker(n, { env: { CAPACITY: '2' }, stake: 10n ** 10n })
  await market.client.setAutomine(false)
  for (const work of bag) pool.offer(work, scene.addressOf(n))
  await Promise.all(bag.map(({ taskId }) => worker.logged('task.computed', { taskId })))
  await market.client.setAutomine(true)
  await market.client.mine({ blocks: 1 })
  await Promise.all(bag.map(({ taskId }) => worker.logged('task.uploaded', { taskId })))
})

test('runs a module that a client could only call an image', async () => {
  const { market, put } = scene
  const { bytes } = await buildWordcount()
  const app = await market.deployApp({ cid: await put(bytes), bytes, type: 'DOCKER' })
  const { taskId, n } = await scene.given({ app, params: '{}' })
  const worker = await scene.startWorker(n)
  await worker.logged('task.uploaded', { taskId })
})

test('an engine and a sandbox vote alike for an image, and are paid', async ({ skip }) => {
  const program = compileProgram()
  await using engine = program && (await startEngine())
  if (!program || !engine || !hasBubblewrap())
    return skip('as root: apt-get install docker.io bubblewrap gcc libc6-dev')
  const { market, pool, folder } = scene
  await using registry = await startRegistry({ username: 'me', password: 'pw', way: 'basic' })
  const app = await market.deployImage(registry.push(recipeOf(program)))
  const [work] = await market.match({ app, params: args('advance result.txt'), trust: 4n })
  if (!work) throw new Error('no task')
  const { taskId } = work
  const logins = join(folder, 'logins.json')
  const auths = { [registry.host]: { auth: btoa('me:pw') } }
  await writeFile(logins, JSON.stringify({ auths }))
  await chmod(folder, 0o755) // programs run as nobody
  const env = { REGISTRIES: registry.host, REGISTRY_LOGINS: logins, KEEP_MS: '1' }
  for (const n of [70, 71]) pool.offer(work, scene.addressOf(n))
  const inEngine = { ...env, RUNNERS: 'wasi,docker', ENGINE_SOCKET: engine.socketPath }
  await using first = await scene.startWorker(70, { env: inEngine })
  await using second = await scene.startWorker(71, { env: { ...env, RUNNERS: 'sandbox' } })
  const workers = [first, second]
  await pool.reached(taskId, 'running', 40)
  await Promise.all(workers.map((worker) => worker.logged('task.revealed', { taskId })))
  await Promise.race(workers.map((worker) => worker.logged('task.uploaded', { taskId })))
  const files = await scene.resultOf(taskId)
  expect(new TextDecoder().decode(files.get('result.txt'))).toBe('42')
  expect(new TextDecoder().decode(files.get('stderr.txt'))).toBe('progress: 40 %\nwrote\n')
  await scene.settle(taskId)
  for (const [at, worker] of workers.entries()) {
    const { stake } = await market.accountOf(scene.addressOf(70 + at))
    expect(stake).toBeGreaterThan(STAKE)
    await worker.logged('task.dropped', { taskId, status: 'completed' })
  }
})

let counting: Promise<Address> | undefined
/** The word counter, deployed once. */
const wordcount = () => {
  counting ??= buildWordcount().then(async ({ bytes }) =>
    scene.market.deployApp({ cid: await scene.put(bytes), bytes }),
  )
  return counting
}

test('gives an app its input files, by the CID that the request names', async () => {
  const { put } = scene
  const app = await wordcount()
  const words = ['the tower and', 'the traboule'].map((text) => put(new TextEncoder().encode(text)))
  const [one, other] = await Promise.all(words)
  const iexec_input_files = [`/ipfs/${one}`, `https://any.gateway.example/ipfs/${other}`]
  const { taskId, n } = await scene.given({ app, params: JSON.stringify({ iexec_input_files }) })
  const worker = await scene.startWorker(n)
  await worker.logged('task.uploaded', { taskId })
  const files = await scene.resultOf(taskId)
  expect(new TextDecoder().decode(files.get('counts.json'))).toContain('"the": 2')
  const stdout = new TextDecoder().decode(files.get('stdout.txt'))
  expect(stdout).toContain('5 words')
  expect(scene.pool.logs).toContainEqual({ taskId, stdout, stderr: '', exitCode: 0 })
})

/** Keeps a bulk of one task, as the published clients do, and gives its request's params. */
async function bulkOf(orders: readonly object[]): Promise<string> {
  const keep = (list: unknown) => scene.put(new TextEncoder().encode(JSON.stringify(list)))
  const slice = orders.map((order) => ('salt' in order ? Order.toJson(order) : order))
  return JSON.stringify({ bulk_cid: await keep([await keep(slice)]) })
}

const kept = (text: string) => scene.put(new TextEncoder().encode(text))

test('gives an app the datasets of its slice, but those that its deal may not use', async () => {
  const { market } = scene
  const endless = { volume: Scalar.MAX_SAFE }
  const one = await market.sellDataset(await kept('a tower and'), endless)
  const other = await market.sellDataset(await kept('a traboule'), endless)
  const elsewhere = { ...endless, apprestrict: anAddress(0xbad) }
  const refused = await market.sellDataset(await kept('a secret'), elsewhere)
  const params = await bulkOf([one, { not: 'an order' }, refused, other])
  const { taskId, n } = await scene.given({ app: await wordcount(), params })
  const worker = await scene.startWorker(n)
  await worker.logged('task.uploaded', { taskId })
  const files = await scene.resultOf(taskId)
  expect(new TextDecoder().decode(files.get('stdout.txt'))).toContain('5 words')
  expect(new TextDecoder().decode(files.get('stdout.txt'))).toContain('in 2 files')
})

test('waits for what is paid by use to be taken on chain', async () => {
  const { market, pool } = scene
  const paid = await market.sellDataset(await kept('worth its price'), { datasetprice: 5n })
  const work = await scene.given({ app: await wordcount(), params: await bulkOf([paid]) })
  const { taskId, dealId, n } = work
  const worker = await scene.startWorker(n)
  expect(await pool.released(taskId)).toMatchObject({ code: 'bulk/not-taken' })
  const hash = Order.hash('dataset', paid, Order.domain(market.chainId, market.hub))
  const hub = (name: string, args: unknown[]) =>
    market.send(market.requester, market.hub, hubAbi, name, args)
  await hub('openBulk', [dealId, Slice.root(0n, [hash])])
  await hub('takeDatasets', [dealId, [{ idx: 0n, order: paid, proof: [] }]])
  pool.offer(work, scene.addressOf(n))
  await worker.logged('task.uploaded', { taskId })
  const files = await scene.resultOf(taskId)
  expect(new TextDecoder().decode(files.get('stdout.txt'))).toContain('3 words')
})

test('answers a callback', async () => {
  const { taskId, n } = await scene.given({ callback: anAddress(0xca11) })
  const worker = await scene.startWorker(n)
  await worker.logged('task.uploaded', { taskId })
  const files = await scene.resultOf(taskId)
  const { resultDigest } = await scene.market.view(taskId)
  expect(Result.digestOf(files, { callback: anAddress(0xca11) })).toBe(resultDigest)
})

test('a liar is outvoted, and learns it from the chain', async () => {
  const { market, pool, app } = scene
  const trust = 3n
  const [work] = await market.match({ app, params: args('1000'), trust })
  if (!work) throw new Error('no task')
  const { taskId } = work
  pool.offer(work, scene.addressOf(60))
  const liar = await scene.startWorker(60, { env: { LIES: 'pi is 3' } })
  await liar.logged('worker.lying')
  await liar.logged('task.contributed', { taskId })
  const honest = [61, 62, 63]
  for (const n of honest) pool.offer(work, scene.addressOf(n))
  const workers: Running[] = []
  for (const n of honest) workers.push(await scene.startWorker(n))
  await Promise.all(workers.map((worker) => worker.logged('task.revealed', { taskId })))
  await Promise.race(workers.map((worker) => worker.logged('task.uploaded', { taskId })))
  await scene.settle(taskId)
  expect(liar.lines.some(({ event }) => event === 'task.revealed')).toBe(false)
  const { stake, locked } = await market.accountOf(scene.addressOf(60))
  expect(locked).toBe(0n)
  expect(stake).toBeLessThan(10n ** 9n)
})

test('reveals because the chain says so, and not before', async () => {
  const { taskId, n } = await scene.given({ trust: 4n })
  const worker = await scene.startWorker(n)
  const { digest } = await worker.logged('task.computed', { taskId })
  await worker.logged('task.contributed', { taskId })
  expect((await scene.market.view(taskId)).status).toBe('active')
  await scene.voteAs(98, taskId, digest as Hex)
  await worker.logged('task.revealed', { taskId })
})

test('stops computing when the others sufficed', async () => {
  const { taskId, n } = await scene.given({ params: args('4000000000') })
  const worker = await scene.startWorker(n, { env: { KEEP_MS: '1' } })
  await scene.pool.reached(taskId, 'running')
  await scene.voteAs(97, taskId, taskId) // any digest: nobody else votes
  await worker.logged('task.dropped', { taskId, status: 'revealing' })
})

test('a worker whose vote was rejected for not revealing is done with the task', async () => {
  const { market } = scene
  const { taskId, n } = await scene.given({ trust: 4n })
  const worker = await scene.startWorker(n)
  const { digest } = await worker.logged('task.computed', { taskId })
  await worker.logged('task.contributed', { taskId })
  await worker.kill()
  await scene.voteAs(96, taskId, digest as Hex)
  const snapshot = await market.client.snapshot()
  const { revealDeadline } = await market.view(taskId)
  await market.client.setNextBlockTimestamp({ timestamp: revealDeadline })
  await market.send(market.poolOwner, market.hub, hubAbi, 'reopen', [taskId])
  const again = await scene.startWorker(n, { env: { KEEP_MS: '1' } })
  await again.logged('task.dropped', { taskId, status: 'active' })
  await market.client.revert({ id: snapshot }) // the time of the other tests
})
