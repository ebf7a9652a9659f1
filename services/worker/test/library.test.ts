import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cid } from '@traboule/protocol'
import { createLog } from '@traboule/service-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLibrary } from '../src/content/library.ts'

const bytes = new TextEncoder().encode('the content')
const cid = Cid.of(bytes)
const { signal } = new AbortController()

let folder: string
const servers: Server[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traboule-library-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await rm(folder, { recursive: true, force: true })
})

/** A storage that answers so; tells how often it was asked. */
async function source(answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return { url: `http://127.0.0.1:${port}`, asked }
}

const library = (sources: string[], over: { cacheBytes?: number; objectBytes?: number } = {}) =>
  openLibrary({
    ...{ folder, sources, cacheBytes: 1_000, objectBytes: 1_000, ...over },
    ...{ log: createLog({}, { level: 'silent' }), signal },
  })

const honest: RequestListener = (_, response) => response.end(bytes)
const altered: RequestListener = (_, response) => response.end('another content')
const missing: RequestListener = (_, response) => response.writeHead(404).end()

test('fetches once what many want at once, and keeps it', async () => {
  const from = await source(honest)
  const { get } = await library([from.url])
  const all = await Promise.all([get(cid, signal), get(cid, signal), get(cid, signal)])
  await get(cid, signal)
  expect(all.map((each) => new Uint8Array(each))).toEqual([bytes, bytes, bytes])
  expect(from.asked).toEqual([`/ipfs/${cid}`])
})

test('goes on to the next source when one is wrong or has nothing', async () => {
  const sources = [await source(altered), await source(missing), await source(honest)]
  const { get } = await library(sources.map(({ url }) => url))
  expect(await get(cid, signal)).toEqual(bytes)
})

test('does not trust its own disk', async () => {
  const from = await source(honest)
  const { get } = await library([from.url])
  await get(cid, signal)
  await writeFile(join(folder, cid), 'altered on disk')
  expect(await get(cid, signal)).toEqual(bytes)
  expect(from.asked).toHaveLength(2)
})

test.each([
  ['object/digest-mismatch', altered],
  ['object/unknown', missing],
  ['service/unreachable', ((_, response) => response.writeHead(500).end()) as RequestListener],
  ['service/unreachable', ((_, response) => response.destroy()) as RequestListener],
])('says %s', async (code, answer) => {
  const { get } = await library([(await source(answer)).url])
  await expect(get(cid, signal)).rejects.toMatchObject({ code })
  expect(await readdir(folder)).toEqual([])
})

test('stops reading an endless answer', async () => {
  const endless: RequestListener = (_, response) => {
    const more = () => {
      while (response.write(bytes)) if (response.destroyed) return
    }
    response.on('drain', more)
    more()
  }
  const { get } = await library([(await source(endless)).url], { objectBytes: 5_000 })
  await expect(get(cid, signal)).rejects.toMatchObject({ code: 'object/too-large' })
})

test('ends with its caller', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { get } = await library([(await source(() => resolve())).url])
  const caller = new AbortController()
  const got = get(cid, caller.signal)
  await promise
  caller.abort(new Error('the task is over'))
  await expect(got).rejects.toThrow('the task is over')
})

test('forgets first what was not used for longest', async () => {
  const contents = ['one', 'two', 'three'].map((word) => new TextEncoder().encode(word.repeat(10)))
  const by = new Map(contents.map((content) => [`/ipfs/${Cid.of(content)}`, content]))
  const from = await source(({ url = '' }, response) => response.end(by.get(url)))
  const { get } = await library([from.url], { cacheBytes: 90 })
  for (const content of contents) await get(Cid.of(content), signal)
  expect(await readdir(folder)).toHaveLength(2)
  expect(await readdir(folder)).toContain(Cid.of(contents[2] ?? bytes))
})
