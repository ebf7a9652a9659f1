import { Archive, Order, Task } from '@traboule/protocol'
import { someBytes32 } from '@traboule/protocol/testing'
import type { Address, Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  app,
  deal,
  encryption,
  explain,
  match,
  type Network,
  order,
  result,
  sponsor,
  task,
  watch,
} from '../src/index.ts'
import { startChain, type TestChain, wallet } from './chain.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { answer, lie, type Pool, startPool } from './pool.ts'

let chain: TestChain
let pool: Pool
let gateway: Gateway
let requester: Network
let program: Address

beforeAll(async () => {
  chain = await startChain()
  gateway = await startGateway()
  chain.withUrls({ ipfsGateway: gateway.url })
  pool = await startPool(chain)
  requester = await chain.as(1)
  await account.deposit(requester, 100_000n)
  const seller = await chain.as(2)
  const location = '/ipfs/QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'
  program = await app.register(seller, { name: 'sum', location, checksum: someBytes32(1) })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await chain[Symbol.asyncDispose]()
})

/** The orders of a bag that costs 110 nRLC a task. */
async function orders(volume: bigint, trust = 3n) {
  const seller = await chain.as(2)
  const sold = order.create(seller, 'app', { app: program, appprice: 10n, volume })
  const wanted = order.create(requester, 'request', {
    ...{ app: program, appmaxprice: 10n, workerpoolmaxprice: 100n, volume, trust },
  })
  return {
    app: await order.sign(seller, 'app', sold),
    workerpool: await pool.sell(volume, 100n),
    request: await order.sign(requester, 'request', wanted),
  }
}

async function agree(taskId: Hex, text: string) {
  const { zip, digest } = answer(text)
  await pool.contribute(0, taskId, digest)
  await pool.contribute(1, taskId, lie)
  await pool.contribute(2, taskId, digest)
  await pool.contribute(3, taskId, digest)
  return { digest, cid: gateway.put(zip) }
}

async function settle(taskId: Hex, { digest, cid }: { digest: Hex; cid: string }) {
  await pool.reveal(0, taskId, digest)
  await pool.reveal(2, taskId, digest)
  await pool.reveal(3, taskId, digest)
  await pool.finalize(taskId, cid)
}

describe('a match', () => {
  test('makes a deal of orders that fit, paid by the requester', async () => {
    const before = await account.show(requester)
    const { dealId, volume } = await match(requester, await orders(2n))
    expect(volume).toBe(2n)
    expect((await account.show(requester)).locked - before.locked).toBe(220n)
    const known = await deal.show(requester, dealId)
    expect(known).toMatchObject({ dealId, trust: 3n, botSize: 2n, requester: wallet(1).address })
    expect(known.finalDeadline - known.startTime).toBe(3_000n)
    expect(known.tasks.map(({ taskId }) => taskId)).toEqual([
      Task.id(dealId, 0n),
      Task.id(dealId, 1n),
    ])
  })

  test('can be paid for by somebody else', async () => {
    const generous = await chain.as(4)
    await account.deposit(generous, 1_000n)
    const { dealId } = await sponsor(generous, await orders(1n))
    expect(await deal.show(requester, dealId)).toMatchObject({ sponsor: wallet(4).address })
  })

  test('that does not fit says why', async () => {
    const { request, ...rest } = await orders(1n)
    const stingy = await order.sign(requester, 'request', { ...request, appmaxprice: 9n })
    await expect(match(requester, { ...rest, request: stingy })).rejects.toMatchObject({
      code: 'chain/reverted',
      message: 'The orders do not match. The app costs more than the request allows.',
    })
  })

  test('can be explained before: every reason, and what would help', async () => {
    const fine = await orders(1n)
    expect(await explain(requester, fine)).toEqual([])
    const wrong = { ...fine, request: { ...fine.request, appmaxprice: 9n, trust: 1_000n } }
    const reasons = await explain(requester, wrong)
    expect(reasons.map(({ code, change, needs }) => change?.value ?? needs ?? code)).toEqual([
      ...[10n, 10n, 'signature'],
    ])
    const lonely = { ...fine, app: { ...fine.app, requesterrestrict: wallet(9).address } }
    expect((await explain(requester, lonely)).map(({ code }) => code)).toContain('0x15')
  })

  test('takes no order that was cancelled', async () => {
    const fine = await orders(1n)
    const seller = await chain.as(2)
    expect(await order.remaining(seller, 'app', fine.app)).toBe(1n)
    await order.cancel(seller, 'app', fine.app)
    expect(await order.remaining(seller, 'app', fine.app)).toBe(0n)
    await expect(match(requester, fine)).rejects.toMatchObject({
      message: expect.stringContaining('no volume left'),
    })
  })

  test('takes no order that expired, is for another matcher, or was revoked', async () => {
    const fine = await orders(1n)
    const seller = await chain.as(4)
    const location = '/ipfs/QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'
    const mine = await app.register(seller, { name: 'mine', location, checksum: someBytes32(2) })
    const request = await order.make(requester, 'request', {
      ...{ app: mine, appmaxprice: 10n, workerpoolmaxprice: 100n, trust: 3n },
    })
    const meets = async (terms: order.Terms) =>
      match(requester, {
        ...{ ...fine, request },
        app: await order.make(seller, 'app', { app: mine }, terms),
      })
    await expect(meets({ expiry: 1n })).rejects.toMatchObject({
      message: 'One of the orders expired 1970-01-01T00:00:01.000Z.',
    })
    await expect(meets({ matcher: wallet(9).address })).rejects.toMatchObject({
      message: 'One of the orders may only be matched by somebody else.',
    })
    await order.revokeAll(seller)
    await expect(meets({ epoch: 0n })).rejects.toMatchObject({
      message: expect.stringContaining('revoked'),
    })
    await expect(meets({ matcher: wallet(1).address })).resolves.toMatchObject({ volume: 1n })
  })

  test('takes an order that was signed by a transaction', async () => {
    const fine = await orders(1n)
    const seller = await chain.as(2)
    const unsigned = { ...order.create(seller, 'app', { app: program }), sign: '0x' as const }
    await order.presign(seller, 'app', unsigned)
    await expect(match(requester, { ...fine, app: unsigned })).resolves.toMatchObject({
      volume: 1n,
    })
    expect(order.hash(seller, 'app', unsigned)).toBe(
      Order.hash('app', unsigned, Order.domain(65_535, chain.profile.hub)),
    )
  })

  test('of an unknown deal or task is not found', async () => {
    await expect(deal.show(requester, someBytes32(1))).rejects.toMatchObject({
      code: 'deal/unknown',
    })
    await expect(task.show(requester, someBytes32(1))).rejects.toMatchObject({
      code: 'task/unknown',
    })
  })
})

describe('watching a deal', () => {
  test('tells its story until everybody is paid, and resumes without telling it twice', async () => {
    const { dealId } = await match(requester, await orders(1n))
    const taskId = Task.id(dealId, 0n)
    const stages: string[] = []
    const told: string[] = []
    let last = 0n
    await pool.initialize(dealId, 0n)
    const watching = watch(requester, dealId)
    const seeing = (async () => {
      for await (const look of watching) {
        stages.push(look.stories[0]?.stage ?? '')
        told.push(...look.events.map(({ eventName }) => eventName))
        last = look.block
      }
    })()
    await settle(taskId, await agree(taskId, 'forty-two'))
    await seeing
    expect([...new Set(stages)].at(-1)).toBe('paid')
    expect(told).toEqual([
      'TaskInitialize',
      ...['TaskContribute', 'TaskContribute', 'TaskContribute', 'TaskContribute', 'TaskConsensus'],
      ...['TaskReveal', 'TaskReveal', 'TaskReveal'],
      ...told.slice(9),
    ])
    expect(told.filter((name) => name === 'TaskFinalize')).toHaveLength(1)
    expect(told).toContain('FaultyContribution')
    const again = await Array.fromAsync(watch(requester, dealId, { after: last }))
    expect(again.flatMap(({ events }) => events)).toEqual([])
    expect(again.at(-1)?.stories[0]?.votes.map(({ verdict }) => verdict)).toEqual([
      ...['agreed', 'lied', 'agreed', 'agreed'],
    ])
  })

  test('is corrected when the chain takes something back', async () => {
    const { dealId } = await match(requester, await orders(1n))
    const taskId = Task.id(dealId, 0n)
    await pool.initialize(dealId, 0n)
    const looks = watch(requester, dealId)
    await pool.contribute(0, taskId, lie)
    const before = (await looks.next()).value
    expect(before?.stories[0]?.votes).toHaveLength(1)
    await chain.client.request({ method: 'anvil_reorg' as never, params: [1, []] as never })
    const after = (await looks.next()).value
    expect(after?.stories[0]?.votes).toHaveLength(0)
    await looks.return()
  })

  test('stops when told to', async () => {
    const { dealId } = await match(requester, await orders(1n))
    const stop = new AbortController()
    const looks = watch(requester, dealId, { signal: stop.signal })
    await looks.next()
    stop.abort(new Error('enough'))
    await expect(looks.next()).rejects.toThrow('enough')
  })
})

describe('a result', () => {
  test('is given only when it is what the workers agreed on', async () => {
    const { dealId } = await match(requester, await orders(1n))
    const taskId = Task.id(dealId, 0n)
    await pool.initialize(dealId, 0n)
    await expect(result.download(requester, taskId)).rejects.toMatchObject({
      code: 'task/not-completed',
    })
    const agreed = await agree(taskId, 'the truth')
    await settle(taskId, agreed)
    const { files, digest, cid } = await result.download(requester, taskId)
    expect(new TextDecoder().decode(files.get('result.txt'))).toBe('the truth')
    expect({ digest, cid }).toEqual(agreed)
    const { contributions, status } = await task.show(requester, taskId)
    expect(status).toBe('completed')
    expect(contributions.map((each) => each.status)).toEqual([
      ...['proved', 'contributed', 'proved', 'proved'],
    ])

    gateway.forge(agreed.cid, answer('something else').zip)
    await expect(result.download(requester, taskId)).rejects.toMatchObject({
      code: 'result/digest-mismatch',
    })
    const honest = await startGateway()
    honest.put(answer('the truth').zip)
    const urls = { ipfsGateway: gateway.url, storage: honest.url }
    const both = { ...requester, profile: { ...requester.profile, urls } }
    await expect(result.download(both, taskId)).resolves.toMatchObject({ digest })
    await honest[Symbol.asyncDispose]()
  })
})

test('an encrypted result is for its beneficiary alone, and checked all the same', async () => {
  const { dealId } = await match(requester, await orders(1n))
  const taskId = Task.id(dealId, 0n)
  await pool.initialize(dealId, 0n)
  const { digest } = await agree(taskId, 'confidential')
  const { publicKey, privateKey } = await encryption.generateKeyPair()
  const sealed = await encryption.sealResult(answer('confidential').files, publicKey)
  await settle(taskId, { digest, cid: gateway.put(Archive.zip(sealed)) })
  await expect(result.download(requester, taskId)).rejects.toMatchObject({
    code: 'result/encrypted',
  })
  const { files } = await result.download(requester, taskId, { privateKey })
  expect(new TextDecoder().decode(files.get('result.txt'))).toBe('confidential')
})

// Last: it moves the chain's clock.
test('money of tasks that nobody finished comes back, also when two claim it at once', async () => {
  const before = await account.show(requester)
  const { dealId } = await match(requester, await orders(3n))
  await pool.initialize(dealId, 1n)
  await chain.client.increaseTime({ seconds: 3_001 })
  await chain.client.mine({ blocks: 1 })
  const looks = await Array.fromAsync(watch(requester, dealId))
  expect(looks.at(-1)).toMatchObject({ overdue: true, over: true })
  await Promise.all([requester, await chain.as(2)].map((each) => deal.claim(each, dealId)))
  expect(await account.show(requester)).toMatchObject({
    locked: before.locked,
    stake: before.stake,
  })
  await expect(result.download(requester, Task.id(dealId, 0n))).rejects.toMatchObject({
    code: 'task/failed',
  })
})
