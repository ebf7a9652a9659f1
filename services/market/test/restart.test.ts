import { cp, mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '@traboule/protocol'
import { bookApi, client, marketApi } from '@traboule/protocol/api'
import { migrate, openDatabase, openPlaces } from '@traboule/service-kit'
import { freshDatabase } from '@traboule/service-kit/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tables } from '../src/db/schema.ts'
import { rowOf } from '../src/orders/entry.ts'
import { insert } from '../src/orders/publish.ts'
import { migrated, until } from './support/market.ts'
import { startProcess } from './support/process.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const envOn = (url: string) => ({
  ...{ PORT: '0', RPC_URL: world.anvil.rpcUrl, HUB: world.hub },
  ...{ DATABASE_URL: url, POLL_MS: '20' },
})

test('killed while it publishes, it comes back with every order it had acknowledged', async () => {
  await using database = await freshDatabase(migrated)
  const { chainId } = world
  const query = { chainId }
  const env = envOn(database.url)
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

test('refuses a database of a newer release, or one that lost something, and says so', async () => {
  await using database = await freshDatabase(migrated)
  const env = envOn(database.url)
  await change(database.url, `insert into migrations (service, number) values ('market', 9999)`)
  await expect(startProcess(env)).rejects.toThrow('database/newer')
  await change(database.url, 'delete from migrations where number = 9999')
  await change(database.url, 'alter table market.orders drop column document cascade')
  await expect(startProcess(env)).rejects.toThrow('database/damaged')
})

test('refuses a folder whose files are damaged, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'traboule-damaged-'))
  const url = `pglite://${folder}`
  await (await openDatabase(url))[Symbol.asyncDispose]()
  await truncate(join(folder, 'global', 'pg_control'), 100)
  await expect(startProcess(envOn(url))).rejects.toThrow('database/damaged')
  await rm(folder, { recursive: true })
})

test('takes over a database of an older release, with the orders in it', async () => {
  await using database = await freshDatabase()
  const order = await world.signed('app')
  const hash = world.hash('app', order)
  const signer = world.people.appOwner.address
  {
    await using older = await openDatabase<Tables>(database.url)
    await openPlaces(older.db)
    await migrate(older.db, 'market', await firstMigration())
    const row = rowOf({ kind: 'app', order, hash, signer, proof: 'key' }, order.volume, Date.now())
    await older.db.transaction().execute((tx) => insert(tx, [row]))
  }
  await using market = await startProcess(envOn(database.url))
  const { chainId } = world
  const book = client(bookApi('app'), market.url, { chainId, service: 'market' })
  const shown = await book.show({ query: { chainId }, params: { orderHash: hash } })
  expect(shown).toMatchObject({ order, status: 'open', signer })
})

/** What the first release knew. */
async function firstMigration(): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'traboule-older-'))
  const [first = ''] = (await readdir(migrated.folder)).sort()
  await cp(new URL(first, migrated.folder), join(folder, first))
  return pathToFileURL(`${folder}/`)
}

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
