/** An outbox sends each transaction once, in order, and loses none, whatever happens in between. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@traboule/protocol'
import { type LocalAccount, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type ChainClient, openChain } from '../src/chain/client.ts'
import { type Journal, openJournal } from '../src/chain/journal.ts'
import { openSender, type Sender } from '../src/chain/send.ts'
import { systemClock } from '../src/clock.ts'
import { createLog } from '../src/log.ts'
import { type Counter, startCounter } from './support/counter.ts'
import { startEndpoint } from './support/endpoint.ts'

let counter: Counter
beforeAll(async () => {
  counter = await startCounter()
})
afterAll(() => counter[Symbol.asyncDispose]())

let account: LocalAccount
let folder: string
let journal: Journal
let lines: string[]
let id = 0n
beforeEach(async () => {
  account = privateKeyToAccount(generatePrivateKey())
  await counter.node.setBalance({ address: account.address, value: parseEther('1') })
  folder = await mkdtemp(join(tmpdir(), 'traboule-journal-'))
  journal = await openJournal(folder)
  lines = []
  id++
})
afterEach(async () => {
  await counter.node.setAutomine(true)
  await rm(folder, { recursive: true })
})

type Over = { journal?: Journal; account?: LocalAccount; client?: ChainClient }

function open(over: Over = {}): Promise<Sender> {
  const log = createLog({}, { level: 'debug', write: (line) => lines.push(JSON.parse(line).event) })
  const { signal } = new AbortController()
  const { client } = counter
  return openSender({
    account,
    client,
    journal,
    clock: systemClock,
    log,
    signal,
    everyMs: 20,
    ...over,
  })
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'accepted',
    (error) => (error instanceof AppError ? error.code : error),
  )
const waiting = (count: number) =>
  vi.waitFor(async () => expect(await counter.waiting()).toBe(count), { timeout: 10_000 })
const nonce = () => counter.node.getTransactionCount({ address: account.address })

test('sends, and answers with the receipt', async () => {
  await using sender = await open()
  const receipt = await sender.send('a', counter.once(id))
  expect(receipt.status).toBe('success')
  expect(await counter.times(id)).toBe(1n)
})

test('one key asked for ten times at once is one transaction', async () => {
  await using sender = await open()
  const asked = Array.from({ length: 10 }, () => sender.send('a', counter.once(id)))
  const hashes = (await Promise.all(asked)).map(({ transactionHash }) => transactionHash)
  expect(new Set(hashes).size).toBe(1)
  expect(await nonce()).toBe(1)
})

test('twenty keys at once keep their order', async () => {
  await using sender = await open()
  const ids = Array.from({ length: 20 }, (_, n) => id * 1_000n + BigInt(n))
  await Promise.all(ids.map((each) => sender.send(`${each}`, counter.once(each))))
  expect((await counter.order()).slice(-20)).toEqual(ids)
  expect(await nonce()).toBe(20)
})

test('says why the contract refuses, and sends nothing', async () => {
  await using sender = await open()
  await sender.send('a', counter.once(id))
  await expect(sender.send('b', counter.once(id))).rejects.toMatchObject({
    code: 'chain/reverted',
    message: 'once is refused: already done.',
    details: { reason: 'already done' },
  })
  expect(await nonce()).toBe(1)
})

test.each([
  ['internal error', 'chain/unreachable'],
  ['insufficient funds for gas * price + value', 'chain/out-of-gas-money'],
  ['execution reverted', 'chain/reverted'],
])('reads "%s" of a node that fails as %s', async (fault, code) => {
  await using endpoint = await startEndpoint(counter.rpcUrl)
  await using sender = await open({ client: await openChain(endpoint.url) })
  endpoint.next(Array.from({ length: 3 }, () => ({ fault }))) // the reader tries three times
  expect(await codeOf(sender.send('a', counter.once(id)))).toBe(code)
  expect((await sender.send('a', counter.once(id))).status).toBe('success')
})

test('says why a transaction failed that another one overtook', async () => {
  const rival = privateKeyToAccount(generatePrivateKey())
  await counter.node.setBalance({ address: rival.address, value: parseEther('1') })
  await using sender = await open()
  await counter.node.setAutomine(false)
  const sent = sender.send('a', counter.once(id))
  sent.catch(() => undefined)
  await waiting(1)
  // The rival pays more and comes first in the block.
  const hash = await counter.node.writeContract({
    ...counter.once(id),
    account: rival,
    gas: 200_000n,
    maxPriorityFeePerGas: 10n ** 11n,
    maxFeePerGas: 10n ** 12n,
  } as never)
  await waiting(2)
  await counter.node.mine({ blocks: 1 })
  await expect(sent).rejects.toMatchObject({
    code: 'chain/reverted',
    message: expect.stringContaining('already done'),
  })
  expect((await counter.node.getTransactionReceipt({ hash })).status).toBe('success')
})

test('goes on after dying between writing down and sending', async () => {
  const dying: Journal = {
    ...journal,
    async put(entry) {
      await journal.put(entry)
      throw new Error('died')
    },
  }
  {
    await using first = await open({ journal: dying })
    await expect(first.send('a', counter.once(id))).rejects.toThrow('died')
  }
  expect(await nonce()).toBe(0)
  await using second = await open()
  const receipt = await second.send('a', counter.once(id))
  expect(receipt.status).toBe('success')
  expect(await nonce()).toBe(1)
})

test('goes on after dying before anything of an entry was whole', async () => {
  await using _ = await open()
  const { writeFile } = await import('node:fs/promises')
  await writeFile(join(folder, '0.json.part'), '{"key":')
  await using second = await open()
  await second.send('a', counter.once(id))
  expect(await nonce()).toBe(1)
})

test('sends again what a reorg took away', async () => {
  await using sender = await open()
  await sender.send('a', counter.once(id))
  await counter.reorg(1)
  await vi.waitFor(async () => expect(await counter.times(id)).toBe(1n), { timeout: 10_000 })
  expect(lines).toContain('transaction.forgotten')
  expect(await nonce()).toBe(1)
})

test('sends several again, in order', async () => {
  await using sender = await open()
  const ids = [1n, 2n, 3n].map((n) => id * 1_000n + n)
  for (const each of ids) await sender.send(`${each}`, counter.once(each))
  await counter.reorg(3)
  await vi.waitFor(async () => expect((await counter.order()).slice(-3)).toEqual(ids), {
    timeout: 10_000,
  })
})

test('sends again what the node dropped from its pool', async () => {
  await using sender = await open()
  await counter.node.setAutomine(false)
  const sent = sender.send('a', counter.once(id))
  await waiting(1)
  const [entry] = await journal.all()
  await counter.node.dropTransaction({ hash: entry?.hash ?? '0x' })
  await waiting(1)
  await counter.node.mine({ blocks: 1 })
  expect((await sent).status).toBe('success')
})

test('says that there is no money for gas, and leaves no hole', async () => {
  await counter.node.setBalance({ address: account.address, value: 0n })
  await using sender = await open()
  expect(await codeOf(sender.send('a', counter.once(id)))).toBe('chain/out-of-gas-money')
  expect(await journal.all()).toEqual([])
  await counter.node.setBalance({ address: account.address, value: parseEther('1') })
  expect((await sender.send('a', counter.once(id))).status).toBe('success')
})

test('gives up a transaction whose nonce something else took', async () => {
  await using sender = await open()
  await counter.node.setAutomine(false)
  const code = codeOf(sender.send('a', counter.once(id)))
  await waiting(1)
  await counter.node.sendTransaction({
    account,
    to: account.address,
    nonce: 0,
    gas: 21_000n,
    maxPriorityFeePerGas: 10n ** 11n,
    maxFeePerGas: 10n ** 12n,
  } as never)
  await counter.node.mine({ blocks: 1 })
  expect(await code).toBe('chain/replaced')
  await vi.waitFor(async () => expect(await journal.all()).toEqual([]))
  await counter.node.setAutomine(true)
  expect((await sender.send('a', counter.once(id))).status).toBe('success')
})

test('forgets what is buried', async () => {
  await using sender = await open()
  await sender.send('a', counter.once(id))
  expect(await readdir(folder)).toHaveLength(1)
  await counter.node.mine({ blocks: 64 })
  await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), { timeout: 10_000 })
})

test('lets nobody wait for a sender that is closed', async () => {
  await counter.node.setAutomine(false)
  const sender = await open()
  const sent = sender.send('a', counter.once(id))
  sent.catch(() => undefined)
  await waiting(1)
  await sender[Symbol.asyncDispose]()
  await expect(sent).rejects.toThrow('closed')
  await expect(sender.send('b', counter.once(id + 500_000n))).rejects.toThrow('closed')
  await counter.node.mine({ blocks: 1 })
})
