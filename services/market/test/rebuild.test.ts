import { Order, Task } from '@traboule/protocol'
import { appRegistryAbi, hubAbi, workerpoolAbi } from '@traboule/protocol/abi'
import {
  advance,
  migrate,
  openChain,
  openDatabase,
  openPlaces,
  systemClock,
} from '@traboule/service-kit'
import { freshDatabase } from '@traboule/service-kit/testing'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import type { Abi, Address } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tables } from '../src/db/schema.ts'
import { requireWhole } from '../src/db/whole.ts'
import { columnsOf, logs, type State, states, tables } from '../src/index/entities.ts'
import { following } from '../src/index/follow.ts'
import { migrated, quiet } from './support/market.ts'
import { complete } from './support/work.ts'
import { openWorld, RLC, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** An index in a database of its own that goes forward when told. */
async function openIndex() {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase(migrated))
  const { db } = stack.use(await openDatabase<Tables>(database.url))
  await openPlaces(db)
  await migrate(db, 'market', new URL('../src/db/migrations/', import.meta.url))
  const options = await following({
    db,
    client: await openChain(world.anvil.rpcUrl),
    hub: world.hub,
    from: 0n,
    everyMs: 1,
    clock: systemClock,
    log: quiet,
    signal: new AbortController().signal,
    changed: async () => undefined,
    moved: () => undefined,
  })
  const resources = stack.move()
  return {
    db,
    /** Goes to the chain's head, which may move while it is on its way. */
    advance: () => advance(options),
    async clear() {
      const names = [...Object.keys(tables), 'undo'].map((name) => `market.${name}`)
      await sql`truncate followed_blocks, ${sql.raw(names.join(', '))}`.execute(db)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function contents(db: Kysely<Tables>) {
  const all: Record<string, unknown> = {}
  for (const table of Object.keys(tables))
    all[table] = (
      await sql`select * from ${sql.raw(`market.${table}`)} order by id`.execute(db)
    ).rows
  return all
}

test('every table has the columns that the entities describe', async () => {
  await using index = await openIndex()
  for (const table of [...Object.keys(states), ...Object.keys(logs)] as State[]) {
    const { rows } = await sql<{ name: string; type: string }>`
      select column_name as name, data_type as type from information_schema.columns
      where table_schema = 'market' and table_name = ${table} order by ordinal_position`.execute(
      index.db,
    )
    const described = columnsOf(table).map(([name, type]) => ({
      name,
      type: type.replace('(78)', ''),
    }))
    expect(rows).toEqual(described)
  }
})

test('a database that has lost a column is told to be damaged, and by what', async () => {
  await using index = await openIndex()
  await requireWhole(index.db)
  await sql`alter table market.deals drop column params`.execute(index.db)
  await sql`drop table market.changes cascade`.execute(index.db)
  await expect(requireWhole(index.db)).rejects.toMatchObject({
    code: 'database/damaged',
    details: { missing: expect.arrayContaining(['market.deals.params', 'market.changes.event']) },
  })
})

test('accounts, tasks and contributions in the index are those of the chain', async () => {
  await using index = await openIndex()
  const dealid = await world.match({ workerpool: await world.signed('workerpool', { volume: 2n }) })
  await complete(world, dealid)
  const { worker, requester } = world.people
  for (const workerpoolprice of [0n, RLC]) {
    const [workerpool, request] = [
      await world.signed('workerpool', { workerpoolprice }),
      await world.signed('request', { trust: 4n }),
    ]
    await complete(world, await world.match({ workerpool, request }), [worker, requester])
  }
  await index.advance()
  const view = (functionName: string, args: readonly unknown[]) =>
    world.client.readContract({ address: world.hub, abi: hubAbi as Abi, functionName, args })
  const { rows } = await sql<{ id: Address; balance: string; frozen: string; score: string }>`
    select id, balance::text, frozen::text, score::text from market.accounts`.execute(index.db)
  expect(rows.length).toBeGreaterThan(3)
  for (const { id, balance, frozen, score } of rows.filter(({ id }) => id !== world.hub)) {
    const account = (await view('viewAccount', [id])) as { stake: bigint; locked: bigint }
    expect({ id, balance, frozen }).toEqual({
      id,
      balance: String(account.stake),
      frozen: String(account.locked),
    })
    expect({ id, score }).toEqual({ id, score: String(await view('viewScore', [id])) })
  }
  const taskId = Task.id(dealid, 0n)
  const task = Task.fromChain(taskId, (await view('viewTask', [taskId])) as never)
  const { rows: kept } = await sql<Record<string, unknown>>`
    select status, consensus, result_digest, results, reveal_deadline::text, final_deadline::text,
      contribution_deadline::text from market.tasks where id = ${taskId}`.execute(index.db)
  expect(kept[0]).toEqual({
    status: 'COMPLETED',
    consensus: task.consensusValue,
    result_digest: task.resultDigest,
    results: task.results,
    reveal_deadline: String(task.revealDeadline),
    final_deadline: String(task.finalDeadline),
    contribution_deadline: String(task.contributionDeadline),
  })
})

test('property: after any reorgs up to 64 blocks deep, the tables equal a rebuild from scratch', async () => {
  await world.node('anvil_mine', ['0x46']) // so that no reorg reaches what the test stands on
  await using index = await openIndex()
  await using fresh = await openIndex()
  const { appOwner, datasetOwner, poolOwner, requester, worker, stranger } = world.people
  let app = await world.createApp(appOwner, 'an app that changes hands')
  let names = 0
  const acts = {
    match: () => world.match({}),
    complete: async () => complete(world, await world.match({})),
    initialize: async () => world.hubCall(stranger, 'initialize', [await world.match({}), 0n]),
    close: async () => {
      const order = await world.signed('dataset')
      return world.hubCall(datasetOwner, 'manageDatasetOrder', [
        { order, operation: 1, sign: '0x' },
      ])
    },
    withdraw: () => world.hubCall(requester, 'withdraw', [1n]),
    revoke: () => world.hubCall(worker, 'revokeAllOrders', []),
    deposit: () => world.deposit(worker, RLC),
    create: async () => {
      app = await world.createApp(appOwner, `app ${names++}`)
    },
    sell: () =>
      world
        .call(appOwner, world.registries.app, appRegistryAbi as Abi, 'safeTransferFrom', [
          appOwner.address,
          stranger.address,
          BigInt(app),
        ])
        .catch(() => undefined), // sold already, or its creation was taken back
    broadcast: async () =>
      world.hubCall(stranger, 'broadcastAppOrder', [await world.signed('app')]),
    policy: () =>
      world.call(poolOwner, world.workerpool, workerpoolAbi as Abi, 'changePolicy', [
        30n + BigInt(names++ % 20),
        1n,
      ]),
    boost: async () =>
      world.hubCall(stranger, 'matchOrdersBoost', [
        await world.signed('app'),
        Order.noDataset,
        await world.signed('workerpool'),
        await world.signed('request'),
      ]),
    look: () => index.advance(),
  }
  type Act = keyof typeof acts
  const choices = Object.keys(acts) as Act[]
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...choices) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 64 }) },
  )
  /** As deep as it may be: after the index has seen all, and twice before it looks again. */
  const deepest: (Act | number)[] = ['match', 'sell', 'look', 64, 'create', 'look', 'boost', 64, 64]
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      for (const each of steps) {
        if (typeof each === 'number') await world.node('anvil_reorg', [each, []])
        else await acts[each]().catch((error: unknown) => refused(error))
      }
      await index.advance()
      await fresh.clear()
      await fresh.advance()
      expect(await contents(index.db)).toEqual(await contents(fresh.db))
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 6), endOnFailure: true, examples: [[deepest]] },
  )
}, 300_000)

/** A reorg may have taken back what an act builds on: then the chain refuses it, which is fine. */
function refused(error: unknown): void {
  if (!/revert|failed on chain|invalid/i.test(String(error))) throw error
}
