/** The part of an IPFS node's RPC that clients use, and a real node's place behind a storage. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cid } from '@traboule/protocol'
import { client, storageApi } from '@traboule/protocol/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alice, type Chain, startChain } from './support/chain.ts'
import { as, freshFolder, open } from './support/service.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const HELLO = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const MISSING = 'QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'

const stack = new AsyncDisposableStack()
let chain: Chain
let url: string
beforeAll(async () => {
  chain = stack.use(await startChain())
  url = await openStorage({ GUEST_BYTES: '1000000' })
})
afterAll(() => stack.disposeAsync())

async function openStorage(settings: object): Promise<string> {
  const { path } = stack.use(await freshFolder())
  return stack.use(await open(chain, path, settings)).url
}

const ask = (
  path: string,
  body?: string | FormData | URLSearchParams,
  headers: Record<string, string> = {},
  at = url,
) => fetch(`${at}/api/v0/${path}`, { method: 'POST', headers, ...(body && { body }) })

function formOf(...contents: readonly (string | Uint8Array<ArrayBuffer>)[]): FormData {
  const form = new FormData()
  for (const [n, content] of contents.entries())
    form.append(`file-${n}`, new Blob([content]), `${n}`)
  return form
}

const kept = async (cid: string, at = url) =>
  new TextDecoder().decode(await client(storageApi, at).get({ params: { cid } }))

test('takes a file as the node’s own clients send it', async () => {
  const body = [
    ...['--limit', 'Content-Disposition: form-data; name="file"; filename=""'],
    ...[
      'Content-Type: application/octet-stream',
      'mode: 0644',
      '',
      'hello world\n',
      '--limit--',
      '',
    ],
  ].join('\r\n')
  const headers = { 'content-type': 'multipart/form-data; boundary=limit' }
  const answer = await ask('add?stream-channels=true&progress=false', body, headers)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(`{"Name":"${HELLO}","Hash":"${HELLO}","Size":"20"}\n`)
  expect(await kept(HELLO)).toBe('hello world\n')
  expect((await fetch(`${url}/ipfs/${HELLO}`, { method: 'HEAD' })).status).toBe(200)
})

// The names that `ipfs add` prints for these options.
test.each([
  ['cid-version=0', HELLO],
  ['cid-version=1', 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'],
  ['cid-version=1&raw-leaves=false', 'bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby'],
])('names a file as asked by %s', async (options, cid) => {
  const answer = await ask(`add?${options}`, formOf('hello world\n'))
  expect(await answer.json()).toMatchObject({ Hash: cid })
  expect(await kept(cid)).toBe('hello world\n')
})

test('names a file of several chunks with plain leaves as clients check it', async () => {
  const file = new Uint8Array(600_000).map((_, at) => at % 251)
  const answer = await ask('add?cid-version=1&only-hash=true', formOf(file))
  const { Hash } = (await answer.json()) as { Hash: string }
  expect(Cid.matches(Hash, file)).toBe(true)
  expect((await fetch(`${url}/ipfs/${Hash}`)).status).toBe(404)
})

test('answers what clients ask beside', async () => {
  await ask('add', formOf('hello world\n'))
  expect(await (await ask('version')).json()).toMatchObject({ Version: '0.1.0' })
  expect(await (await ask(`pin/add?arg=${HELLO}`)).json()).toEqual({ Pins: [HELLO] })
  expect(await (await ask(`pin/ls?arg=/ipfs/${HELLO}`)).json()).toEqual({
    Keys: { [HELLO]: { Type: 'recursive' } },
  })
  expect(await (await ask(`cat?arg=${HELLO}`)).text()).toBe('hello world\n')
})

describe('refuses, in the words of the node,', () => {
  const form = () => formOf('a')
  test.each([
    ['what is no form', 'add', 'hello', 400],
    ['a form without files', 'add', new URLSearchParams({ a: 'b' }), 400],
    ['folders', 'add?wrap-with-directory=true', form, 400],
    ['other hashes', 'add?hash=blake3', form, 400],
    ['what is not a CID', 'cat?arg=hello', undefined, 400],
    ['what it does not have', `cat?arg=${MISSING}`, undefined, 404],
  ] as const)('%s', async (_, path, body, status) => {
    const answer = await ask(path, typeof body === 'function' ? body() : body)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ Type: 'error', Message: expect.any(String) })
  })

  test('more than strangers may keep together, whoever they are', async () => {
    const small = await openStorage({ GUEST_BYTES: '10' })
    expect((await ask('add', formOf('12345678'), {}, small)).status).toBe(200)
    expect((await ask('add', formOf('123'), {}, small)).status).toBe(413)
    await as(alice, chain, small).put({ body: bytesOf('hers is another account') })
  })

  test('anything that is not signed, unless it was told to take it', async () => {
    const closed = await openStorage({})
    expect((await ask('add', formOf('a'), {}, closed)).status).toBe(403)
  })
})

describe('with an IPFS node behind it', () => {
  test('gives the node what it keeps, and has what the node has', async () => {
    const front = await openStorage({ KUBO_URL: url })
    const { cid } = await as(alice, chain, front).put({ body: bytesOf('for both') })
    expect(await kept(cid)).toBe('for both')
    await ask('add?cid-version=1', formOf('only there'))
    const there = 'add?cid-version=1&only-hash=true'
    const { Hash } = (await (await ask(there, formOf('only there'))).json()) as { Hash: string }
    expect(await kept(Hash, front)).toBe('only there')
  })

  test('has the node lay files out as they were asked for, so that both name them alike', async () => {
    const node = await openStorage({ GUEST_BYTES: '10000000' })
    const front = await openStorage({ KUBO_URL: node, GUEST_BYTES: '10000000' })
    const large = new Uint8Array(600_000).map((_, at) => at % 241)
    for (const layout of [0, 1].flatMap((n) => [true, false].map((raw) => [n, raw] as const))) {
      const options = `cid-version=${layout[0]}&raw-leaves=${layout[1]}`
      for (const file of [large, `laid out by ${options}`]) {
        const answer = await ask(`add?${options}`, formOf(file), {}, front)
        const { Hash, Message } = (await answer.json()) as Record<string, string>
        const { status } = await ask(`pin/ls?arg=${Hash}`, undefined, {}, node)
        expect([options, Message, status]).toEqual([options, undefined, 200])
      }
    }
  })

  test('does not have what the node lacks too', async () => {
    const front = await openStorage({ KUBO_URL: url })
    expect((await fetch(`${front}/ipfs/${MISSING}`)).status).toBe(404)
  })

  test('takes nothing from a node that gives other bytes', async () => {
    const liar = createServer((_, answer) => answer.end('other bytes')).listen(0, '127.0.0.1')
    stack.defer(() => void liar.close())
    await once(liar, 'listening')
    const { port } = liar.address() as AddressInfo // it listens on TCP
    const front = await openStorage({ KUBO_URL: `http://127.0.0.1:${port}` })
    expect((await fetch(`${front}/ipfs/${MISSING}`)).status).toBe(404)
  })

  test('says so when the node is gone', async () => {
    const alone = await openStorage({ KUBO_URL: 'http://127.0.0.1:1' })
    await expect(as(alice, chain, alone).put({ body: bytesOf('for both') })).rejects.toMatchObject({
      code: 'service/unreachable',
    })
  })
})
