import { AppError } from '@traboule/protocol'
import { client, storageApi } from '@traboule/protocol/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alice, bob, type Chain, startChain } from './support/chain.ts'
import { as, freshFolder, open } from './support/service.ts'

const text = (content: string) => new TextEncoder().encode(content)
const HELLO = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'

async function refusal(answer: Promise<unknown>) {
  const error = await answer.then(
    () => 'accepted',
    (thrown) => thrown,
  )
  return error instanceof AppError ? error.code : error
}

let chain: Chain
let stack: AsyncDisposableStack
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  chain = stack.use(await startChain())
})
afterAll(() => stack.disposeAsync())

const folder = async () => stack.use(await freshFolder()).path

test('gives back what it was given, also after a restart', async () => {
  const path = await folder()
  {
    await using storage = await open(chain, path)
    const stored = await as(alice, chain, storage.url).put({ body: text('hello world\n') })
    expect(stored).toEqual({ cid: HELLO, size: 12 })
  }
  await using again = await open(chain, path)
  expect(await client(storageApi, again.url).get({ params: { cid: HELLO } })).toEqual(
    text('hello world\n'),
  )
})

test('keeps the empty file', async () => {
  await using storage = await open(chain, await folder())
  const { cid } = await as(alice, chain, storage.url).put({ body: text('') })
  expect(cid).toBe('QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH')
  expect(await client(storageApi, storage.url).get({ params: { cid } })).toEqual(text(''))
})

test('counts a file once per account, however often and at once it comes', async () => {
  await using storage = await open(chain, await folder(), { QUOTA_BYTES: '20' })
  const [hers, his] = [as(alice, chain, storage.url), as(bob, chain, storage.url)]
  await Promise.all(Array.from({ length: 5 }, () => hers.put({ body: text('hello world\n') })))
  await his.put({ body: text('hello world\n') })
  expect(await refusal(hers.put({ body: text('9 bytes..') }))).toBe('object/quota')
  await hers.put({ body: text('8 bytes.') })
})

test('remembers quotas over a restart, and never gives one byte twice', async () => {
  const path = await folder()
  const limits = { QUOTA_BYTES: '100' }
  {
    await using storage = await open(chain, path, limits)
    const hers = as(alice, chain, storage.url)
    const puts = Array.from({ length: 10 }, (_, n) => hers.put({ body: text(`${n}`.repeat(30)) }))
    const codes = await Promise.all(puts.map(refusal))
    expect(codes.filter((code) => code === 'object/quota')).toHaveLength(7)
  }
  await using again = await open(chain, path, limits)
  const hers = as(alice, chain, again.url)
  expect(await refusal(hers.put({ body: text('x'.repeat(11)) }))).toBe('object/quota')
  await hers.put({ body: text('x'.repeat(10)) })
})

test('refuses what the disk has no room for, whoever asks', async () => {
  await using storage = await open(chain, await folder(), { DISK_BYTES: '10' })
  await as(alice, chain, storage.url).put({ body: text('12345678') })
  expect(await refusal(as(bob, chain, storage.url).put({ body: text('123') }))).toBe('object/quota')
})

test('refuses an object above the limit', async () => {
  await using storage = await open(chain, await folder(), { OBJECT_BYTES: '1000' })
  const hers = as(alice, chain, storage.url)
  expect(await refusal(hers.put({ body: new Uint8Array(1_001) }))).toBe('request/too-large')
  await hers.put({ body: new Uint8Array(1_000) })
})

test('refuses callers who prove nothing, or something else', async () => {
  await using storage = await open(chain, await folder())
  const unsigned = await fetch(`${storage.url}/objects`, { method: 'POST', body: 'x' })
  expect(unsigned.status).toBe(401)
  const elsewhere = as(alice, { chainId: chain.chainId + 1 }, storage.url)
  expect(await refusal(elsewhere.put({ body: text('x') }))).toBe('request/unauthorized')
  const body = text('what was signed')
  const swapped = client(storageApi, storage.url, {
    signer: alice as never,
    chainId: chain.chainId,
    service: 'storage',
    fetch: (url, init) => fetch(url, { ...init, body: 'what was sent' }),
  })
  expect(await refusal(swapped.put({ body }))).toBe('request/unauthorized')
})

describe('the gateway', () => {
  let url: string
  let cid: string
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  beforeAll(async () => {
    const storage = stack.use(await open(chain, await folder()))
    url = storage.url
    cid = (await as(alice, chain, url).put({ body: text(letters) })).cid
  })
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${url}/ipfs/${path}`, { method, headers })

  test('answers GET with everything a cache needs', async () => {
    const response = await get(cid)
    expect(await response.text()).toBe(letters)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-length': '26',
      'content-type': 'text/plain; charset=utf-8',
      etag: `"${cid}"`,
      'x-content-type-options': 'nosniff',
      'x-ipfs-path': `/ipfs/${cid}`,
    })
  })

  test('answers HEAD with the same and no body', async () => {
    const response = await get(cid, {}, 'HEAD')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe('26')
    expect(await response.text()).toBe('')
    expect((await get('QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH', {}, 'HEAD')).status).toBe(
      404,
    )
  })

  test('finds a file by its version 1 names', async () => {
    const { name } = await import('../src/cid.ts')
    const { key } = await name(text(letters))
    const { CID } = await import('multiformats/cid')
    const { multihash } = CID.parse(cid)
    expect(key).toMatch(/^objects\/b/)
    for (const codec of [0x70, 0x55]) {
      const response = await get(CID.createV1(codec, multihash).toString())
      expect(await response.text()).toBe(letters)
    }
  })

  test.each([
    ['bytes=0-2', 'abc', 'bytes 0-2/26'],
    ['bytes=-2', 'yz', 'bytes 24-25/26'],
    ['bytes=20-99', 'uvwxyz', 'bytes 20-25/26'],
  ])('gives the range %s', async (range, body, contentRange) => {
    const response = await get(cid, { range })
    expect(response.status).toBe(206)
    expect(await response.text()).toBe(body)
    expect(response.headers.get('content-range')).toBe(contentRange)
    expect(response.headers.get('content-length')).toBe(String(body.length))
  })

  test('refuses a range beyond the end, and says how long the file is', async () => {
    const response = await get(cid, { range: 'bytes=26-' })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */26')
    expect(await response.json()).toMatchObject({ code: 'object/bad-range', details: { size: 26 } })
  })

  test('ignores a range of another file, and one it does not understand', async () => {
    const ifRange = { range: 'bytes=0-2', 'if-range': '"another"' }
    for (const headers of [ifRange, { range: 'bytes=0-1,3-4' }]) {
      const response = await get(cid, headers)
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(letters)
    }
  })

  test('answers 304 to who has it already', async () => {
    for (const tag of [`"${cid}"`, `W/"${cid}"`, `"a", "${cid}"`, '*'])
      expect((await get(cid, { 'if-none-match': tag })).status).toBe(304)
    expect((await get(cid, { 'if-none-match': '"other"' })).status).toBe(200)
  })

  test('names downloads without letting the name break the header', async () => {
    const response = await get(`${cid}?filename=${encodeURIComponent('a"\r\nx: é.zip')}`)
    expect(response.headers.get('content-disposition')).toBe(
      `inline; filename="a___x___.zip"; filename*=UTF-8''a%22%0D%0Ax%3A%20%C3%A9.zip`,
    )
  })

  test.each([
    'hello',
    'Qm',
    '..%2f..%2fetc%2fpasswd',
    'bafyreicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby',
  ])('refuses %s, which names no file', async (name) => {
    const response = await get(name)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'object/bad-cid' })
  })

  test('streams a large file, whole and in parts, as its CID says', async () => {
    const { Cid } = await import('@traboule/protocol')
    const file = new Uint8Array(20_000_000).map((_, at) => (at * 31) % 251)
    const { cid: large } = await as(alice, chain, url).put({ body: file })
    const whole = new Uint8Array(await (await get(large)).arrayBuffer())
    expect(Cid.matches(large, whole)).toBe(true)
    const response = await get(large, { range: 'bytes=9999990-10000009' })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(file.slice(9_999_990, 10_000_010))
  })
})
