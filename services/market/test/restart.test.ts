import { AppError } from '@traboule/protocol'
import { bookApi, client, marketApi } from '@traboule/protocol/api'
import { freshDatabase } from '@traboule/service-kit/testing'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { migrated, until } from './support/market.ts'
import { startProcess } from './support/process.ts'
import { openWorld } from './support/world.ts'

test('killed while it publishes, it comes back with every order it had acknowledged', async () => {
  await using world = await openWorld()
  await using database = await freshDatabase(migrated)
  const { chainId } = world
  const query = { chainId }
  const env = {
    PORT: '0',
    RPC_URL: world.anvil.rpcUrl,
    HUB: world.hub,
    DATABASE_URL: database.url,
    POLL_MS: '20',
  }
  const signer = world.people.appOwner
  const acknowledged: string[] = []
  const orders = await Promise.all(
    Array.from({ length: 30 }, () => world.signed('app', { volume: 2n })),
  )
  for (const wave of [orders.slice(0, 10), orders.slice(10, 20), orders.slice(20)]) {
    await using market = await startProcess(env)
    const book = client(bookApi('app'), market.url, { chainId, service: 'market', signer })
    const published = wave.map(async (order) => {
      const { published } = await book.publish({ query, body: { order } })
      acknowledged.push(published.orderHash)
    })
    await Promise.any(published)
    await market.kill()
    for (const result of await Promise.allSettled(published))
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AppError)
    if (wave[0]) await world.match({ app: wave[0] }) // while nobody watches
  }
  await using market = await startProcess(env)
  const book = client(bookApi('app'), market.url, { chainId, service: 'market' })
  const api = client(marketApi, market.url, { chainId, service: 'market' })
  expect(acknowledged.length).toBeGreaterThanOrEqual(3)
  for (const orderHash of acknowledged)
    await book.show({ query, params: { orderHash: orderHash as `0x${string}` } })
  await until(
    () => api.deals({ query }),
    ({ count }) => count === 3,
  )
}, 120_000)

test('refuses a database of a newer release, and says so', async () => {
  await using world = await openWorld()
  await using database = await freshDatabase(migrated)
  const env = { PORT: '0', RPC_URL: world.anvil.rpcUrl, HUB: world.hub, DATABASE_URL: database.url }
  {
    await using _first = await startProcess(env)
  }
  await change(database.url, `insert into migrations (service, number) values ('market', 9999)`)
  await expect(startProcess(env)).rejects.toThrow('database/newer')
}, 120_000)

async function change(url: string, statement: string): Promise<void> {
  if (url.startsWith('pglite://')) {
    const { PGlite } = await import('@electric-sql/pglite')
    const database = await PGlite.create(url.slice('pglite://'.length))
    await database.query(statement)
    await database.close()
    return
  }
  const pool = new Pool({ connectionString: url })
  await pool.query(statement)
  await pool.end()
}
