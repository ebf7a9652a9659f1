/** A storage that is killed at any moment never shows half a file, and goes on afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError, Cid } from '@traboule/protocol'
import { client, storageApi } from '@traboule/protocol/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alice, type Chain, startChain } from './support/chain.ts'
import { as, environment, freshFolder } from './support/service.ts'

const main = new URL('../src/main.ts', import.meta.url).pathname

let chain: Chain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain[Symbol.asyncDispose]())

async function start(env: Record<string, string>): Promise<{ url: string; process: ChildProcess }> {
  const process_ = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: process_.stdout })) {
    const { event, url } = JSON.parse(line)
    if (event !== 'service.started') continue
    process_.stdout.resume()
    return { url, process: process_ }
  }
  throw new Error(`the storage ended with ${process_.exitCode}`)
}

async function kill({ process }: { process: ChildProcess }): Promise<void> {
  const ended = once(process, 'exit')
  process.kill('SIGKILL')
  await ended
}

const file = (n: number) => new Uint8Array(3_000_000).map((_, at) => (at * 31 + n) % 251)

test('shows no half of a file after kill -9 during uploads', async () => {
  await using folder = await freshFolder()
  const env = environment(chain, folder.path)
  for (let round = 0; round < 4; round++) {
    const storage = await start(env)
    const uploads = [0, 1, 2, 3].map((n) =>
      as(alice, chain, storage.url)
        .put({ body: file(round * 4 + n) })
        .catch(() => undefined),
    )
    // Each round dies a little later in the life of the uploads: before one, then after one, two, three.
    await afterSome(uploads, round)
    await kill(storage)
  }
  const storage = await start(env)
  try {
    expect(await readdir(join(folder.path, 'unfinished'))).toEqual([])
    const ask = client(storageApi, storage.url)
    for (let n = 0; n < 16; n++) {
      const cid = Cid.of(file(n))
      const found = await ask.get({ params: { cid } }).catch((error: AppError) => error)
      if (found instanceof AppError) expect(found.code).toBe('object/unknown')
      else expect(Cid.of(found)).toBe(cid)
    }
    const again = await as(alice, chain, storage.url).put({ body: file(0) })
    expect(await ask.get({ params: { cid: again.cid } })).toEqual(file(0))
  } finally {
    await kill(storage)
  }
})

/** Resolves once `count` of the uploads are answered. */
function afterSome(uploads: readonly Promise<unknown>[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let answered = 0
    const look = () => {
      if (answered++ >= count) resolve()
    }
    look()
    for (const upload of uploads) void upload.then(look)
  })
}

test('keeps what it confirmed, whenever it is killed', async () => {
  await using folder = await freshFolder()
  const first = await start(environment(chain, folder.path))
  const { cid } = await as(alice, chain, first.url).put({ body: file(0) })
  await kill(first)
  const second = await start(environment(chain, folder.path))
  try {
    expect(await client(storageApi, second.url).get({ params: { cid } })).toEqual(file(0))
  } finally {
    await kill(second)
  }
})
