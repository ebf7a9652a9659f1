import { expect, test } from 'vitest'
import {
  account,
  app,
  dataset,
  deal,
  finish,
  order,
  quote,
  result,
  run,
  statement,
  watch,
} from '../index.ts'
import { openTestNetwork } from './index.ts'

const text = (files: ReadonlyMap<string, Uint8Array>) =>
  new TextDecoder().decode(files.get('result.txt'))

const programs = {
  split: ({ inputs }: { inputs: readonly Uint8Array[] }) =>
    new TextDecoder().decode(inputs[0]).split(' ').join('\n'),
  count: ({ inputs, index }: { inputs: readonly Uint8Array[]; index: number }) =>
    String(new TextDecoder().decode(inputs[index]).split('\n').length),
  sum: ({ args }: { args: readonly string[] }) =>
    String(args.reduce((sum, word) => sum + Number(word), 0)),
}

test('runs a workflow of three steps with a lost worker, without waiting for anybody', async () => {
  const net = await openTestNetwork({ programs })
  net.lose('worker2')
  const alice = net.as('alice')
  const inputs = [new TextEncoder().encode('to be or not'), new TextEncoder().encode('to be')]
  const split = await run(alice, { app: net.app('split'), inputs, trust: 5n })
  const parts = [split, split].map(
    ({ results }) => results[0]?.files.get('result.txt') ?? new Uint8Array(),
  )
  const counted = await run(alice, { app: net.app('count'), inputs: parts, tasks: 2, trust: 3n })
  const args = counted.results.map(({ files }) => text(files)).join(' ')
  const { results } = await run(alice, { app: net.app('sum'), args, trust: 3n })
  expect(text(results[0]?.files ?? new Map())).toBe('8')
})

test('keeps liars out of the result and takes their stake', async () => {
  const net = await openTestNetwork({ programs, price: 1_000n })
  net.lie('worker1')
  const { stories, results } = await run(net.as('alice'), {
    ...{ app: net.app('sum'), args: '20 22', trust: 3n },
  })
  expect(text(results[0]?.files ?? new Map())).toBe('42')
  expect(stories[0]?.votes.map(({ verdict }) => verdict)).toEqual([
    ...['lied', 'agreed', 'agreed', 'agreed'],
  ])
  expect(await account.show(net.as('worker1'))).toMatchObject({
    stake: 900_000_000_000n - 300n,
    locked: 0n,
  })
})

test('accounts for every movement of everybody’s money', async () => {
  const net = await openTestNetwork({ programs, price: 1_000n })
  net.lie('worker1')
  const alice = net.as('alice')
  await run(alice, { app: net.app('sum'), args: '1 2', trust: 3n, tasks: 2 })
  await account.deposit(alice, 50n)
  await account.withdraw(alice, 20n)
  for (const name of ['alice', 'pool', 'worker1', 'worker2', 'worker3'])
    expect(await statement(net.as(name)), name).toMatchObject({ matches: true })
  const { movements } = await statement(alice)
  expect(movements.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
    ...['deposit 2000', 'lock 2000', 'seize 1000', 'seize 1000', 'deposit 50', 'withdrawal 20'],
  ])
})

test('gives the money back when nobody works', async () => {
  const net = await openTestNetwork({ programs, workers: 2 })
  net.lose('worker1')
  net.lose('worker2')
  const alice = net.as('alice')
  const ran = await run(alice, { app: net.app('sum'), args: '1', tasks: 2 })
  expect(ran.results).toEqual([])
  expect(ran.refunded).toHaveLength(2)
  expect(await account.show(alice)).toMatchObject({ locked: 0n, stake: 2_000_000_000n })
})

test('begins nothing that its deadline leaves no time for, and ends at the deadline otherwise', async () => {
  const net = await openTestNetwork({ programs, workers: 2 })
  const alice = net.as('alice')
  const job = { app: net.app('sum'), args: '1 2' }
  const within = (seconds: number) => BigInt(Math.floor(alice.now() / 1_000) + seconds)
  const before = await account.show(alice)
  await expect(run(alice, { ...job, deadline: within(299) })).rejects.toMatchObject({
    code: 'order/too-slow',
    message: expect.stringContaining('may take 300 seconds, and the deadline is in 299'),
  })
  expect(await account.show(alice)).toEqual(before)
  expect((await run(alice, { ...job, deadline: within(300) })).results).toHaveLength(1)

  net.lose('worker1')
  net.lose('worker2')
  const deadline = within(600)
  let made: Parameters<typeof finish>[1] = []
  const matched = (deals: typeof made) => {
    made = deals
  }
  const late = run(alice, { ...job, deadline }, { matched })
  await expect(late).rejects.toMatchObject({ code: 'task/late', details: { deadline } })
  expect(alice.now()).toBeGreaterThanOrEqual(Number(deadline) * 1_000)
  expect((await finish(alice, made)).refunded).toHaveLength(1)
})

test('registers a module only once its cost is accepted, where the quote said', async () => {
  const net = await openTestNetwork({ programs })
  const alice = net.as('alice')
  const module = { name: 'sum', wasm: Uint8Array.of(0, 97, 115, 109) }
  const quoted = await quote(alice, { app: module })
  expect(quoted.app.app).toBe(await app.predict(alice, module))
  await expect(run(alice, { app: module }, { confirm: () => false })).rejects.toMatchObject({
    code: 'request/declined',
  })
  expect(await app.list(alice)).toEqual([])
  const { results } = await run(alice, { app: module, args: '20 22' })
  expect(text(results[0]?.files ?? new Map())).toBe('42')
  expect((await app.list(alice)).map(({ address }) => address)).toEqual([quoted.app.app])
  await app.transfer(alice, { app: quoted.app.app, to: net.as('bob').signer?.address ?? '0x' })
  await expect(quote(alice, { app: module })).rejects.toMatchObject({ code: 'order/no-match' })
})

test('says which part is down, and outwaits a chain that does not answer for a while', async () => {
  const net = await openTestNetwork({ programs })
  const alice = net.as('alice')
  const job = { app: net.app('sum'), args: '1' }
  net.fail('market')
  await expect(run(alice, job)).rejects.toMatchObject({
    code: 'service/unreachable',
    message: 'http://market.test does not answer.',
  })
  const { deals, results } = await run(alice, job, { matched: () => net.fail('chain', 6) })
  expect(results).toHaveLength(1)
  net.fail('storage')
  const [{ taskId } = { taskId: '0x' as const }] = results
  await expect(result.download(alice, taskId)).rejects.toMatchObject({
    code: 'service/unreachable',
  })
  const looks = await Array.fromAsync(
    watch(
      alice,
      deals.map(({ dealId }) => dealId),
    ),
  )
  expect(looks.at(-1)).toMatchObject({ over: true, overdue: false })
})

test('speaks for assets, orders and deals like a real network', async () => {
  const net = await openTestNetwork({ programs })
  const [alice, bob] = [net.as('alice'), net.as('bob')]
  const mine = await app.deploy(alice, { name: 'sum', wasm: Uint8Array.of(0, 97, 115, 109) })
  expect(await app.show(bob, mine)).toMatchObject({ name: 'sum', type: 'WASI' })
  expect(await app.list(alice)).toHaveLength(1)
  const { orderHash } = await order.offer(alice, 'app', { app: mine, appprice: 5n, volume: 3n })
  const ran = await run(bob, { app: mine, args: '1 2' })
  expect(ran.quote.perTask.app).toBe(5n)
  expect(await order.show(bob, 'app', orderHash)).toMatchObject({ remaining: 2n, status: 'open' })
  const { order: signed } = await order.show(alice, 'app', orderHash)
  await order.cancel(alice, 'app', signed)
  await expect(run(bob, { app: mine })).rejects.toMatchObject({ code: 'order/no-match' })
  const data = await dataset.deploy(bob, { name: 'data', bytes: Uint8Array.of(1) })
  expect(await dataset.show(alice, data)).toMatchObject({ name: 'data' })
  expect(await deal.show(alice, ran.deals[0]?.dealId ?? '0x')).toMatchObject({ botSize: 1n })
  await expect(order.cancel(bob, 'app', signed)).rejects.toMatchObject({
    message: 'Only the order’s signer may do this.',
  })
})
