/** Which workers get the tasks that only an enclave may contribute to. */
import { Contribution, Enclave, Scalar, Tag } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { client, schedulerApi } from '@traboule/protocol/api'
import { anAddress } from '@traboule/protocol/testing'
import { type Abi, getAddress, type Hex, recoverMessageAddress, toHex } from 'viem'
import type { HDAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { open, openHome } from './support/scheduler.ts'
import { openShelf, type Shelf } from './support/shelf.ts'
import { until } from './support/watch.ts'
import { askAs } from './support/worker.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
let shelf: Shelf
let own: AsyncDisposableStack
beforeAll(async () => {
  world = await openWorld({ workers: 2 })
  shelf = await openShelf()
})
afterEach(() => own.disposeAsync())
afterAll(async () => {
  await shelf[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const enclave = getAddress(anAddress(0xe7c))
const body = { capacity: 8, appTypes: ['WASI'] }
const keyOf = (account: HDAccount) => toHex(account.getHdKey().privateKey ?? new Uint8Array())

async function start(settings: Record<string, string>) {
  own = new AsyncDisposableStack()
  const home = own.use(await openHome())
  return own.use(await open(world, home, shelf.url, settings))
}

async function taskWith(tag: Hex): Promise<Hex> {
  const { taskIds } = await world.deal({ trust: 1n, tag })
  await until(world, taskIds, ({ status }) => status === 'active')
  return taskIds[0] ?? '0x'
}

const workers = () => world.workers as [HDAccount, HDAccount]

/** Asks until this task is leased; answers with all that was leased then. */
async function leasesWith(taskId: Hex, account: HDAccount, url: string, own?: Hex) {
  for (;;) {
    const wish = { ...body, ...(own && { enclave: own }) }
    const { leases } = await askAs(account, world, url).ask({ body: wish })
    if (leases.some((lease) => lease.taskId === taskId)) return leases
  }
}

async function authorizationOf(taskId: Hex, account: HDAccount, url: string) {
  const leases = await leasesWith(taskId, account, url, enclave)
  const lease = leases.find((each) => each.taskId === taskId)
  if (!lease?.authorization) throw new Error('not leased')
  return lease.authorization
}

async function signerOf(signature: Hex, worker: HDAccount, taskId: Hex) {
  const raw = Contribution.authorizationHash(worker.address, taskId, enclave)
  return recoverMessageAddress({ message: { raw }, signature })
}

test('only who has an enclave gets its tasks, under the pool owner’s word for that enclave', async () => {
  const { url } = await start({ TEE: 'simulated' })
  const anyone = client(schedulerApi, url)
  expect((await anyone.info()).tee).toBe('simulated, not confidential')
  expect(await anyone.info()).toEqual(await anyone.pool())
  const [plain, enclosed] = workers()
  const taskId = await taskWith(Enclave.TAG)
  const later = await taskWith(Scalar.nullBytes32) // who is offered it was not offered the other
  const [standard, ...others] = await leasesWith(later, plain, url)
  expect(others).toEqual([])
  expect(standard?.authorization?.enclaveChallenge).toBe(Scalar.nullAddress)
  const { enclaveChallenge, signature } = await authorizationOf(taskId, enclosed, url)
  expect(enclaveChallenge).toBe(enclave)
  expect(await signerOf(signature, enclosed, taskId)).toBe(world.poolOwner.address)
})

test.each([
  ['without enclaves', 'none', Enclave.TAG],
  ['with another kind of enclave', 'simulated', Tag.encode(['tee', 'scone'])],
] as const)('a pool %s gives no such task away', async (_, TEE, tag) => {
  const [, enclosed] = workers()
  const { url } = await start({ TEE })
  const taskId = await taskWith(tag)
  const leases = await leasesWith(await taskWith(Scalar.nullBytes32), enclosed, url, enclave)
  expect(leases.map((lease) => lease.taskId)).not.toContain(taskId)
})

test('where the hub has a broker, it vouches for enclaves, and only its key will do', async () => {
  const [broker, enclosed] = workers()
  const call = { address: world.hub, abi: hubAbi as Abi, functionName: 'setTeeBroker' }
  await world.send(world.owner, { ...call, args: [broker.address] })
  await expect(start({ TEE: 'simulated' })).rejects.toMatchObject({ code: 'workerpool/no-broker' })
  await own.disposeAsync()
  const { url } = await start({ TEE: 'simulated', TEE_BROKER_KEY: keyOf(broker) })
  const taskId = await taskWith(Enclave.TAG)
  const { signature } = await authorizationOf(taskId, enclosed, url)
  expect(await signerOf(signature, enclosed, taskId)).toBe(broker.address)
})
