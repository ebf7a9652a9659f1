/** Deals: what the index knows of deals and categories, as the wire shows it. */
import { AppError } from '@traboule/protocol'
import { type MarketDeal, PAGE } from '@traboule/protocol/api'
import { type RawBuilder, sql } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Change } from '../changes.ts'
import type { Db, Tx } from '../db/tx.ts'
import { fromText, type StateRow, states } from '../index/entities.ts'
import type { Changed } from '../index/unit.ts'

type Query = Readonly<Record<string, unknown>>
/** A deal before it is written as JSON: amounts are JSON numbers. */
export type DealEntry = {
  [K in keyof MarketDeal]: MarketDeal[K] extends bigint ? number : Jsonable<MarketDeal[K]>
}
type Jsonable<T> = T extends { price: bigint } ? Omit<T, 'price'> & { price: number } : T

const columnsOf = (table: 'deals' | 'categories') =>
  sql.raw(
    ['id', ...Object.keys(states[table]), 'block']
      .map((name) => `"${name}"::text as "${name}"`)
      .join(', '),
  )

/** What deals can be asked for, and the column each filter looks at. */
const filters: Readonly<Record<string, keyof (typeof states)['deals']>> = {
  category: 'category',
  requester: 'requester',
  beneficiary: 'beneficiary',
  app: 'app',
  dataset: 'dataset',
  workerpool: 'workerpool',
  appOwner: 'app_owner',
  datasetOwner: 'dataset_owner',
  workerpoolOwner: 'workerpool_owner',
  apporderHash: 'app_hash',
  datasetorderHash: 'dataset_hash',
  workerpoolorderHash: 'workerpool_hash',
  requestorderHash: 'request_hash',
}

/** A page of deals, newest first. */
export async function findDeals(db: Db, query: Query, chainId: number) {
  const each = Object.entries(filters).flatMap(([name, column]) =>
    query[name] === undefined ? [] : [sql`${sql.ref(column)}::text = ${String(query[name])}`],
  )
  const where = each.length === 0 ? sql`true` : sql.join(each, sql` and `)
  const after = query.after === undefined ? undefined : String(query.after)
  const page = await pageOf(db, {
    table: 'deals',
    where,
    order: sql`matched_block desc, id`,
    beyond: (cursor) =>
      sql`(-matched_block, id) > (${cursor[0] ?? ''}::bigint, ${cursor[1] ?? ''})`,
    after,
    ...sizes(query),
  })
  const { rows, ...rest } = page
  const last = rows.at(-1)
  return {
    deals: rows.map((row) => dealEntry(row as StateRow<'deals'>, chainId)),
    ...rest,
    ...(rest.nextPage !== undefined &&
      last && { nextCursor: toCursor([`-${last.matched_block}`, last.id]) }),
  }
}

/** The deal under `id`. */
export async function showDeal(
  db: Db | Tx,
  id: Hex,
  chainId: number,
): Promise<DealEntry | undefined> {
  const { rows } = await sql<TextRow>`
    select ${columnsOf('deals')} from market.deals where id = ${id}`.execute(db)
  return rows[0] && dealEntry(fromText('deals', rows[0]) as StateRow<'deals'>, chainId)
}

/** A page of categories, by their number. */
export async function findCategories(db: Db, query: Query, chainId: number) {
  const { minWorkClockTimeRef: least, maxWorkClockTimeRef: most } = query
  const each = [
    ...(least === undefined ? [] : [sql`work_clock_time_ref >= ${String(least)}::numeric`]),
    ...(most === undefined ? [] : [sql`work_clock_time_ref <= ${String(most)}::numeric`]),
  ]
  const { rows, ...rest } = await pageOf(db, {
    table: 'categories',
    where: each.length === 0 ? sql`true` : sql.join(each, sql` and `),
    order: sql`id::bigint`,
    beyond: (cursor) => sql`id::bigint > ${cursor[0] ?? ''}::bigint`,
    after: query.after === undefined ? undefined : String(query.after),
    ...sizes(query),
  })
  const last = rows.at(-1)
  return {
    categories: rows.map((row) => categoryEntry(row as StateRow<'categories'>, chainId)),
    ...rest,
    ...(rest.nextPage !== undefined && last && { nextCursor: toCursor([last.id]) }),
  }
}

/** One category by its number. */
export async function showCategory(db: Db, id: number, chainId: number) {
  const { rows } = await sql<TextRow>`
    select ${columnsOf('categories')} from market.categories where id = ${String(id)}`.execute(db)
  return (
    rows[0] && categoryEntry(fromText('categories', rows[0]) as StateRow<'categories'>, chainId)
  )
}

/** The feed's words for deals that the index just learnt of, or forgot in a reorg. */
export async function dealsChanged(tx: Tx, changed: Changed, chainId: number): Promise<Change[]> {
  const all = changed.get('deals') ?? []
  const born = all.filter(({ is }) => is === 'new').map(({ id }) => id)
  const gone = all.filter(({ is }) => is === 'gone').map(({ id }) => id)
  const { rows } = await sql<TextRow>`
    select ${columnsOf('deals')} from market.deals where id = any(${born}::text[])
    order by deals.matched_block, id`.execute(tx)
  const created = rows.map((row) => dealEntry(fromText('deals', row) as StateRow<'deals'>, chainId))
  return [
    ...gone.map((payload) => ({ topic: 'deals', event: 'deal_removed', payload }) as const),
    ...created.map((payload) => ({ topic: 'deals', event: 'deal_created', payload }) as const),
  ]
}

type TextRow = Record<string, string | null>
type AnyRow = Record<string, unknown> & { id: string }

type PageOptions = Readonly<{
  table: 'deals' | 'categories'
  where: RawBuilder<unknown>
  order: RawBuilder<unknown>
  beyond(cursor: readonly string[]): RawBuilder<unknown>
  after: string | undefined
  size: number
  page: number
}>

const sizes = (query: Query) => ({
  size: Number(query.pageSize ?? PAGE.usual),
  page: Number(query.pageIndex ?? query.page ?? 0),
})

async function pageOf(db: Db, { table, where, order, beyond, after, size, page }: PageOptions) {
  const from = sql.raw(`market.${table}`)
  const then = after === undefined ? sql`true` : beyond(fromCursor(after))
  const offset = after === undefined ? page * size : 0
  const { rows } = await sql<TextRow>`
    select ${columnsOf(table)} from ${from} as each where ${where} and ${then}
    order by ${order} limit ${size + 1} offset ${offset}`.execute(db)
  const total = await sql<{ count: number }>`
    select count(*)::integer as count from ${from} as each where ${where}`.execute(db)
  return {
    rows: rows.slice(0, size).map((row) => fromText(table, row) as AnyRow), // `id` is selected
    count: total.rows[0]?.count ?? 0,
    ...(rows.length > size && { nextPage: page + 1 }),
  }
}

/** A place in a listing, as text. */
export const toCursor = (values: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(values.map(String))).toString('base64url')

/** The place that such text names. Throws `request/invalid`. */
export function fromCursor(text: string): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(values) && /^-?\d{1,18}$/.test(String(values[0]))) return values.map(String)
  } catch {
    // Not JSON: told below.
  }
  throw new AppError('request/invalid', 'after is not a cursor of this listing', { after: text })
}

const date = (seconds: bigint | null) => new Date(Number(seconds ?? 0n) * 1_000).toISOString()
const hex = (value: string | null) => (value ?? '0x') as Hex // the index writes only hexadecimal here
const at = (value: string | null) => hex(value) as Address

function dealEntry(row: StateRow<'deals'>, chainId: number): DealEntry {
  return {
    dealid: hex(row.id),
    chainId,
    app: { pointer: at(row.app), owner: at(row.app_owner), price: Number(row.app_price) },
    dataset: {
      pointer: at(row.dataset),
      owner: at(row.dataset_owner),
      price: Number(row.dataset_price),
    },
    workerpool: {
      pointer: at(row.workerpool),
      owner: at(row.workerpool_owner),
      price: Number(row.workerpool_price),
    },
    requester: at(row.requester),
    beneficiary: at(row.beneficiary),
    callback: at(row.callback),
    appHash: hex(row.app_hash),
    datasetHash: hex(row.dataset_hash),
    workerpoolHash: hex(row.workerpool_hash),
    requestHash: hex(row.request_hash),
    params: row.params ?? '',
    volume: Number(row.volume),
    category: Number(row.category),
    tag: hex(row.tag),
    trust: Number(row.trust),
    startTime: Number(row.start_time),
    botFirst: Number(row.bot_first),
    botSize: Number(row.bot_size),
    workerStake: Number(row.worker_stake),
    schedulerRewardRatio: Number(row.scheduler_reward_ratio),
    sponsor: at(row.sponsor),
    blockNumber: Number(row.matched_block),
    blockTimestamp: date(row.timestamp),
    transactionHash: hex(row.transaction),
  }
}

function categoryEntry(row: StateRow<'categories'>, chainId: number) {
  return {
    catid: Number(row.id),
    chainId,
    name: row.name ?? '',
    description: row.description ?? '',
    workClockTimeRef: Number(row.work_clock_time_ref),
    transactionHash: hex(row.transaction),
    blockNumber: Number(row.block),
    blockTimestamp: date(row.timestamp),
  }
}
