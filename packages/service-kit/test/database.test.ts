/** The embedded database and the server are the same to whoever uses them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freshDatabase } from '@traboule/service-kit/testing'
import { type Kysely, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'

let stack: AsyncDisposableStack
let url: string
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  url = stack.use(await freshDatabase()).url
})
afterEach(() => stack.disposeAsync())

test('gives 64-bit integers and counts as text, whichever the driver', async () => {
  const { db } = stack.use(await openDatabase(url))
  const { rows } = await sql`select 9007199254740993::bigint as big, count(*) as count,
    12345678901234567890::numeric as amount, true as yes, 7 as small`.execute(db)
  expect(rows).toEqual([
    { big: '9007199254740993', count: '1', amount: '12345678901234567890', yes: true, small: 7 },
  ])
})

test('keeps what was committed, and nothing of what was not', async () => {
  {
    await using first = await openDatabase<{ things: { name: string } }>(url)
    await sql`create table things (name text primary key)`.execute(first.db)
    await first.db.insertInto('things').values({ name: 'kept' }).execute()
    const failing = first.db.transaction().execute(async (tx) => {
      await tx.insertInto('things').values({ name: 'dropped' }).execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
  }
  await using second = await openDatabase<{ things: { name: string } }>(url)
  expect(await second.db.selectFrom('things').selectAll().execute()).toEqual([{ name: 'kept' }])
})

test('runs queries without compiling them, which would take longer than they do', async () => {
  const { db } = stack.use(await openDatabase(url))
  const plan = await db.connection().execute(async (connection) => {
    await sql`set jit_above_cost = 0`.execute(connection)
    return await sql`explain analyze select sum(n) from generate_series(1, 10) n`.execute(
      connection,
    )
  })
  expect(JSON.stringify(plan.rows)).toContain('Aggregate')
  expect(JSON.stringify(plan.rows)).not.toContain('JIT')
})

test('says where there is no database, without the password', async () => {
  const nowhere = 'postgres://someone:hunter2@127.0.0.1:1/none'
  await expect(openDatabase(nowhere)).rejects.toMatchObject({
    code: 'database/unreachable',
    message: expect.not.stringContaining('hunter2'),
    details: { url: 'postgres://someone:…@127.0.0.1:1/none' },
  })
})

test('says so when the folder of the embedded database holds something else', async () => {
  const path = await mkdtemp(join(tmpdir(), 'traboule-garbage-'))
  stack.defer(() => rm(path, { recursive: true }))
  await writeFile(join(path, 'PG_VERSION'), 'not a version')
  const opening = openDatabase(`pglite://${path}`)
  await expect(opening).rejects.toMatchObject({ code: 'database/damaged' })
})

describe('migrating', () => {
  async function folder(files: Record<string, string>): Promise<URL> {
    const path = await mkdtemp(join(tmpdir(), 'traboule-migrations-'))
    stack.defer(() => rm(path, { recursive: true }))
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
    return pathToFileURL(`${path}/`)
  }
  const first = {
    '0001_things.sql':
      'create table things (n integer); -- a; comment\ninsert into things values (1);',
  }
  const second = { ...first, '0002_more.sql': 'insert into things values (2)' }
  const third = { ...second, '0003_wrong.sql': 'insert into things values (3); select nothing' }

  async function things(db: Kysely<unknown>): Promise<number[]> {
    const { rows } = await sql<{ n: number }>`select n from things order by n`.execute(db)
    return rows.map(({ n }) => n)
  }

  test('applies what is missing, once', async () => {
    const { db } = stack.use(await openDatabase<unknown>(url))
    await migrate(db, 'test', await folder(first))
    expect(await things(db)).toEqual([1])
    for (let n = 0; n < 2; n++) await migrate(db, 'test', await folder(second))
    expect(await things(db)).toEqual([1, 2])
  })

  test('counts each service’s own', async () => {
    const { db } = stack.use(await openDatabase<unknown>(url))
    await migrate(db, 'one', await folder(second))
    await migrate(db, 'two', await folder({ '0001_other.sql': 'create table others (n integer)' }))
    expect((await sql`select * from others`.execute(db)).rows).toEqual([])
  })

  test('two that start together apply each file once', async () => {
    const from = await folder(second)
    const { db } = stack.use(await openDatabase<unknown>(url))
    // On a server these are processes with connections of their own.
    const other = url.startsWith('postgres') ? stack.use(await openDatabase<unknown>(url)).db : db
    await Promise.all([db, other, db, other].map((each) => migrate(each, 'test', from)))
    expect(await things(db)).toEqual([1, 2])
  })

  test('refuses a database that a newer release wrote', async () => {
    const { db } = stack.use(await openDatabase<unknown>(url))
    await migrate(db, 'test', await folder(second))
    await expect(migrate(db, 'test', await folder(first))).rejects.toMatchObject({
      code: 'database/newer',
      message: 'The test database is at 2, this release knows 1.',
    })
  })

  test('a failure takes back everything that came with it, and can be repaired', async () => {
    const { db } = stack.use(await openDatabase<unknown>(url))
    await migrate(db, 'test', await folder(first))
    await expect(migrate(db, 'test', await folder(third))).rejects.toThrow()
    expect(await things(db)).toEqual([1])
    await migrate(db, 'test', await folder(second))
    expect(await things(db)).toEqual([1, 2])
  })
})
