import { AppError, Archive, Enclave, Encryption, Result } from '@traboule/protocol'
import { client, storageApi } from '@traboule/protocol/api'
import { type Hex, keccak256, sha256 } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  alice,
  bob,
  type Chain,
  contribute,
  match,
  owner,
  reveal,
  startChain,
  stranger,
} from './support/chain.ts'
import { as, freshFolder, open } from './support/service.ts'

const text = (content: string) => new TextEncoder().encode(content)

async function refusal(answer: Promise<unknown>) {
  const error = await answer.then(
    () => 'accepted',
    (thrown) => thrown,
  )
  return error instanceof AppError ? error.code : error
}

function output(files: Record<string, string>, computed: object): Result.Files {
  const all = { ...files, [Result.COMPUTED]: JSON.stringify(computed) }
  return new Map(Object.entries(all).map(([path, content]) => [path, text(content)]))
}

const named = { 'deterministic-output-path': '/iexec_out/answer.txt' }
const answer = output({ 'answer.txt': '42' }, named)
const digest = sha256(text('42'))
/** The same answer, packed with what this worker's machine printed. */
const answerOf = (who: string) => new Map([...answer, ['stdout.txt', text(`printed by ${who}`)]])

let chain: Chain
let url: string
let stack: AsyncDisposableStack
let revealed: Hex
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  chain = stack.use(await startChain())
  const folder = stack.use(await freshFolder())
  url = stack.use(await open(chain, folder.path, { RESULT_BYTES: '100000' })).url
  ;[revealed] = (await match(chain)) as [Hex]
  await reveal(chain, alice, revealed, digest)
})
afterAll(() => stack.disposeAsync())

const putAs = (who: typeof alice, taskId: Hex, zip: Uint8Array) =>
  as(who, chain, url).putResult({ params: { taskId }, body: zip })
const fresh = async (callback?: Hex) => (await match(chain, callback && { callback }))[0] as Hex

test('keeps the result of a worker who revealed, and says where it is', async () => {
  const zip = Archive.zip(answer)
  const ask = client(storageApi, url)
  expect(await refusal(ask.result({ params: { taskId: revealed } }))).toBe('result/unknown')
  const stored = await putAs(alice, revealed, zip)
  const found = await ask.result({ params: { taskId: revealed } })
  expect(found).toEqual({ taskId: revealed, ...stored, link: Result.link(stored.cid) })
  expect(await ask.get({ params: { cid: stored.cid } })).toEqual(zip)
})

test('keeps the first of two, takes it again, and still does once the task is paid', async () => {
  const taskId = await fresh()
  await reveal(chain, alice, taskId, digest)
  const mine = Archive.zip(answerOf('alice'))
  const both = [mine, Archive.zip(answerOf('another'))]
  const codes = await Promise.all(both.map((zip) => refusal(putAs(alice, taskId, zip))))
  expect(codes.toSorted()).toEqual(['accepted', 'result/other-kept'])
  const winner = both[codes.indexOf('accepted')] as Uint8Array
  await chain.hubCall(owner, 'finalize', [taskId, Result.link('x'), '0x'])
  expect(await refusal(putAs(alice, taskId, winner))).toBe('accepted')
  expect(await refusal(putAs(alice, taskId, Archive.zip(answerOf('a third'))))).toBe(
    'result/other-kept',
  )
})

test('refuses strangers, workers who did not reveal yet, and losers', async () => {
  const taskId = await fresh()
  const zip = Archive.zip(answer)
  expect(await refusal(putAs(alice, taskId, zip))).toBe('request/forbidden')
  await contribute(chain, alice, taskId, digest)
  expect(await refusal(putAs(alice, taskId, zip))).toBe('request/forbidden')
  await chain.hubCall(alice, 'reveal', [taskId, digest])
  for (const other of [bob, stranger])
    expect(await refusal(putAs(other, taskId, zip))).toBe('request/forbidden')
  const unsigned = await fetch(`${url}/results/${taskId}`, { method: 'POST', body: 'zip' })
  expect(unsigned.status).toBe(401)
  expect(await refusal(putAs(alice, taskId, zip))).toBe('accepted')
})

test('knows no result of a task that is not on chain', async () => {
  expect(await refusal(putAs(alice, keccak256('0x00'), Archive.zip(answer)))).toBe('task/unknown')
})

test('refuses what is not the result that was agreed on', async () => {
  const taskId = await fresh()
  await reveal(chain, alice, taskId, digest)
  const put = (zip: Uint8Array) => refusal(putAs(alice, taskId, zip))
  const other = Archive.zip(output({ 'answer.txt': '43' }, named))
  expect(await put(other)).toBe('result/digest-mismatch')
  expect(await put(Archive.zip(output({ 'other.txt': '42' }, named)))).toBe('result/malformed')
  expect(await put(Archive.zip(new Map([['answer.txt', text('42')]])))).toBe('result/malformed')
  expect(await put(text('not a zip'))).toBe('archive/malformed')
  const cut = Archive.zip(answer)
  expect(await put(cut.subarray(10))).toBe('archive/malformed')
  const bomb = new Map([...answer, ['zeros', new Uint8Array(200_000)]])
  expect(await put(Archive.zip(bomb))).toBe('archive/too-large')
  const evil = Archive.zip(new Map([...answer, ['aa/evil', text('x')]]))
  const escaping = evil.map((byte, at) => (isAt(evil, at, 'aa/evil') ? 0x2e : byte))
  expect(await put(escaping)).toBe('archive/unsafe')
  expect(await refusal(client(storageApi, url).result({ params: { taskId } }))).toBe(
    'result/unknown',
  )
})

/** Whether `at` is one of the first two bytes of a name in the archive. */
function isAt(zip: Uint8Array, at: number, name: string): boolean {
  const bytes = text(name)
  return [at, at - 1].some((from) => bytes.every((byte, n) => zip[from + n] === byte))
}

test('digests what a callback contract will receive, when the deal has one', async () => {
  const taskId = await fresh(bob.address)
  const data = '0x2a'
  await reveal(chain, alice, taskId, keccak256(data))
  const right = output({}, { 'callback-data': data })
  const wrong = output({}, { 'callback-data': '0x2b' })
  expect(await refusal(putAs(alice, taskId, Archive.zip(wrong)))).toBe('result/digest-mismatch')
  expect(await refusal(putAs(alice, taskId, Archive.zip(right)))).toBe('accepted')
})

test('does not count results against the worker’s quota', async () => {
  await using folder = await freshFolder()
  await using storage = await open(chain, folder.path, { QUOTA_BYTES: '1' })
  const hers = as(alice, chain, storage.url)
  await hers.putResult({ params: { taskId: revealed }, body: Archive.zip(answer) })
})

test('says that the chain is gone instead of judging without it', async () => {
  await using folder = await freshFolder()
  await using other = await startChain()
  await using storage = await open(other, folder.path)
  await other[Symbol.asyncDispose]()
  const hers = as(alice, chain, storage.url)
  const put = hers.putResult({ params: { taskId: revealed }, body: Archive.zip(answer) })
  expect(await refusal(put)).toBe('chain/unreachable')
}, 60_000)

test('takes only what the beneficiary alone can open, where the requester asked for that', async () => {
  const params = JSON.stringify({ iexec_result_encryption: true })
  const [taskId] = (await match(chain, { tag: Enclave.TAG, params })) as [Hex]
  await contribute(chain, alice, taskId, digest, stranger) // whose key stands for an enclave's
  await chain.hubCall(alice, 'reveal', [taskId, digest])
  expect(await refusal(putAs(alice, taskId, Archive.zip(answer)))).toBe('result/malformed')
  const { publicKey, privateKey } = await Encryption.generateKeyPair()
  const sealed = await Encryption.sealResult(answer, publicKey)
  const beside = new Map([...sealed, ...answer])
  expect(await refusal(putAs(alice, taskId, Archive.zip(beside)))).toBe('result/malformed')
  const { cid } = await putAs(alice, taskId, Archive.zip(sealed))
  const kept = Archive.unzip(await client(storageApi, url).get({ params: { cid } }))
  expect(await Encryption.openResult(kept, privateKey)).toEqual(answer)
})

test('takes no encrypted result where nobody asked for one', async () => {
  const { publicKey } = await Encryption.generateKeyPair()
  const zip = Archive.zip(await Encryption.sealResult(answer, publicKey))
  const taskId = await fresh()
  await reveal(chain, alice, taskId, digest)
  expect(await refusal(putAs(alice, taskId, zip))).not.toBe('accepted')
})
