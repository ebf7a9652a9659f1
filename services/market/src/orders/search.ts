/** Search: pages of open orders, cheapest first (requests: best paying first). */
import { AppError, type Order, Scalar } from '@traboule/protocol'
import { PAGE } from '@traboule/protocol/api'
import { type RawBuilder, sql } from 'kysely'
import type { Hex } from 'viem'
import type { Db } from '../db/tx.ts'
import { bitsOf, type Entry, type EntryRow, entryColumns, entryOf } from './entry.ts'

export type Page = Readonly<{
  orders: Entry[]
  count: number
  countIsEstimate?: boolean
  nextPage?: number
  nextCursor?: string
}>

type Condition = RawBuilder<unknown>
type Query = Readonly<Record<string, unknown>>

/** Matches are counted one by one unless the planner expects more than this, */
const MANY = 1_000
/** or that to look for them costs more than this: about 5 ms. */
const DEAR = 2_500

/** The page of open orders that is asked for, by the filters of `bookApi(kind)`. */
export async function find(db: Db, kind: Order.Kind, asked: Query, chainId: number): Promise<Page> {
  const size = Number(asked.pageSize ?? PAGE.usual)
  const page = Number(asked.pageIndex ?? asked.page ?? 0)
  const among = await tagged(db, asked)
  const where = sql.join(
    [sql`kind = ${kind} and status = 'open'`, ...conditions(kind, asked), ...among],
    sql` and `,
  )
  const after = asked.after === undefined ? undefined : cursorFrom(String(asked.after))
  const beyond = after
    ? sql`and (rank, published_at, hash) > (${after[0]}::bigint, ${after[1]}::bigint, ${after[2]})`
    : sql``
  const { rows } = await sql<EntryRow>`
    select ${entryColumns} from market.orders where ${where} ${beyond}
    order by orders.rank, orders.published_at, hash
    limit ${size + 1} offset ${after ? 0 : page * size}`.execute(db)
  const full = rows.length > size
  const shown = rows.slice(0, size)
  const last = shown.at(-1)
  return {
    orders: shown.map((row) => entryOf(row, chainId)),
    ...(await counted(db, where, full || page > 0 || after ? undefined : shown.length)),
    ...(full && { nextPage: page + 1 }),
    ...(full && last && { nextCursor: cursorOf(last) }),
  }
}

/** Counting many takes far longer than finding a page of them: the planner's estimate must do. */
async function counted(db: Db, where: Condition, known: number | undefined) {
  if (known !== undefined) return { count: known }
  const plan = await sql<Record<string, unknown>>`
    explain (format json) select 1 from market.orders where ${where}`.execute(db)
  const { rows: expected, cost } = estimateOf(plan.rows[0])
  if (expected > MANY || cost > DEAR) return { count: expected, countIsEstimate: true }
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from market.orders where ${where}`.execute(db)
  return { count: rows[0]?.count ?? 0 }
}

function estimateOf(row: Record<string, unknown> | undefined) {
  const value = row?.['QUERY PLAN'] // text or JSON, as the driver likes
  const plan = (typeof value === 'string' ? JSON.parse(value) : value)?.[0]?.Plan
  return { rows: Number(plan?.['Plan Rows'] ?? 0), cost: Number(plan?.['Total Cost'] ?? 0) }
}

function conditions(kind: Order.Kind, query: Query): Condition[] {
  return [...parties(kind, query), ...numbers(query)]
}

/** Owner filters name the signer: an order is open only while its signer owns what it sells. */
const ownerFilter = {
  app: 'appOwner',
  dataset: 'datasetOwner',
  workerpool: 'workerpoolOwner',
} as const

function parties(kind: Order.Kind, query: Query): Condition[] {
  const names = ['app', 'dataset', 'workerpool', 'requester'] as const
  const each = names.flatMap((name) => {
    const wanted = query[name] as string | undefined // parsed by the route
    const isSubject = kind === 'request' ? name !== 'workerpool' : name === kind
    if (isSubject)
      return wanted === undefined || wanted === 'any' ? [] : [sql`${sql.ref(name)} = ${wanted}`]
    const strictly = query[`is${name.charAt(0).toUpperCase()}${name.slice(1)}Strict`] === true
    return restriction(name, wanted, strictly)
  })
  const owner = kind === 'request' ? undefined : query[ownerFilter[kind]]
  const { beneficiary } = query
  return [
    ...each,
    ...(owner ? [sql`signer = ${owner}`] : []),
    ...(beneficiary && beneficiary !== 'any' ? [sql`beneficiary = ${beneficiary}`] : []),
  ]
}

/** Orders open to anyone; and, when somebody is named, those open to them alone. */
function restriction(name: string, wanted: string | undefined, strictly: boolean): Condition[] {
  const column = sql.ref(name)
  const anyone = Scalar.nullAddress
  if (wanted === 'any') return strictly ? [sql`${column} <> ${anyone}`] : []
  if (wanted === undefined) return [sql`${column} = ${anyone}`]
  return strictly ? [sql`${column} = ${wanted}`] : [sql`${column} in (${anyone}, ${wanted})`]
}

const comparisons = {
  category: sql`category =`,
  minVolume: sql`remaining >=`,
  minTrust: sql`trust >=`,
  maxTrust: sql`trust <=`,
} as const

function numbers(query: Query): Condition[] {
  const each = Object.entries(comparisons).flatMap(([name, comparison]) => {
    const value = query[name]
    if (value === undefined) return []
    // Larger than any order in the book: compared as the largest that a column holds.
    const bounded = BigInt(String(value)) > MAX_BIGINT ? MAX_BIGINT : value
    return [sql`${comparison} ${String(bounded)}::bigint`]
  })
  const bulk = sql`rank = 0 and volume >= ${String(Scalar.MAX_SAFE - 1n)}::bigint`
  return query.bulkOnly === true ? [...each, bulk] : each
}

const MAX_BIGINT = 2n ** 63n - 1n

/** Few tags are ever used: those that fit are named one by one, which the planner understands. */
async function tagged(db: Db, { minTag, maxTag }: Query): Promise<Condition[]> {
  if (minTag === undefined && maxTag === undefined) return []
  const least = bits(minTag ?? NO_TAG)
  const most = maxTag === undefined ? sql`true` : sql`(tag & ~${bits(maxTag)}) = ${bits(NO_TAG)}`
  const { rows } = await sql<{ tag: string }>`
    select tag::text from market.tags where (tag & ${least}) = ${least} and ${most}`.execute(db)
  return [sql`tag = any(${rows.map(({ tag }) => tag)}::text[]::bit(256)[])`]
}

const NO_TAG = Scalar.nullBytes32
const bits = (tag: unknown) => sql`${bitsOf(String(tag) as Hex)}::text::bit(256)`

type Cursor = readonly [rank: string, publishedAt: string, hash: string]

const cursorOf = ({ rank, published_at, hash }: EntryRow): string =>
  Buffer.from(JSON.stringify([rank, published_at, hash])).toString('base64url')

function cursorFrom(text: string): Cursor {
  try {
    const [rank, publishedAt, hash] = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    ) as string[]
    const whole = [rank, publishedAt].every((part) => /^-?\d{1,18}$/.test(part ?? ''))
    if (whole && /^0x[0-9a-f]{64}$/.test(hash ?? ''))
      return [rank ?? '', publishedAt ?? '', hash ?? '']
  } catch {
    // Not JSON: told below.
  }
  throw new AppError('request/invalid', 'after is not a cursor of this listing', { after: text })
}
