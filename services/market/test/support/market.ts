/** Market: the service under test, in this process, and callers of it. */
import type { Order } from '@traboule/protocol'
import { bookApi, client, marketApi } from '@traboule/protocol/api'
import { createLog, type Level, systemClock } from '@traboule/service-kit'
import { freshDatabase } from '@traboule/service-kit/testing'
import type { HDAccount } from 'viem/accounts'
import { config } from '../../src/config.ts'
import { startMarket } from '../../src/market.ts'
import type { World } from './world.ts'

export type Market = Awaited<ReturnType<typeof openMarket>>

/** What a market's database has when it starts for the second time. */
export const migrated = {
  name: 'market',
  folder: new URL('../../src/db/migrations/', import.meta.url),
}

export const quiet = createLog({}, { level: (process.env.LOG_LEVEL as Level) ?? 'silent' })

/** Starts a market on a database of its own, or on `databaseUrl`. */
export async function openMarket(world: World, over: Readonly<Record<string, string>> = {}) {
  await using stack = new AsyncDisposableStack()
  const database = over.DATABASE_URL
    ? { url: over.DATABASE_URL }
    : stack.use(await freshDatabase(migrated))
  const settings = config.parse({
    PORT: '0',
    RPC_URL: world.anvil.rpcUrl,
    HUB: world.hub,
    DATABASE_URL: database.url,
    POLL_MS: '20',
    ...over,
  })
  const stop = new AbortController()
  const service = stack.use(
    await startMarket(settings, { log: quiet, signal: stop.signal, clock: systemClock }),
  )
  stack.defer(() => stop.abort(new Error('the test is over')))
  const { url } = service
  const resources = stack.move()
  const { chainId } = world
  return {
    url,
    databaseUrl: database.url,
    /** The book of a kind, as somebody. */
    book: <K extends Order.Kind>(kind: K, signer?: HDAccount) =>
      client(bookApi(kind), url, { chainId, service: 'market', ...(signer && { signer }) }),
    api: client(marketApi, url, { chainId, service: 'market' }),
    /** A request as any program would make it. */
    async raw(path: string, init: RequestInit = {}) {
      const response = await fetch(new URL(path, url), init)
      const { status, headers } = response
      // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects
      const body = (await response.json()) as any
      return { status, headers, body }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Asks until the answer is as wanted; the test's own time limit ends it otherwise. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    await systemClock.sleep(20)
  }
}
