/** Offers: what the book has for a request, by the filters that SQL can do. `choose` does the rest. */
import { type Order, Scalar } from '@traboule/protocol'
import { sql } from 'kysely'
import type { Hex } from 'viem'
import type { Db } from '../db/tx.ts'
import { fromWire } from '../orders/entry.ts'
import type { Chooser, Offer, Offers } from './choose.ts'
import { allowedFor, type Groups, membersAmong, noGroups } from './groups.ts'
import { big, poolsFor } from './pools.ts'

/** Offers of one asset that are looked at: more at the same price say little new. */
const OF_ASSET = 10
/** Workerpool orders that are looked at, cheapest first: a few, and more when none of those will do. */
export const POOLS = [64, 1_024] as const

type Row = Readonly<{
  hash: Hex
  kind: Order.Kind
  remaining: string
  document: string
  published_at: string
}>

const columns = sql.raw('hash, kind, remaining::text, document::text, published_at::text')
const byRank = sql.raw('order by orders.rank, orders.remaining desc, orders.published_at, hash')

function offerOf<K extends Order.Kind>(row: Row): Offer<K> {
  return {
    order: fromWire(JSON.parse(row.document)) as Order.Order<K>, // written by `rowOf`, of this kind
    hash: row.hash,
    remaining: BigInt(row.remaining),
    publishedAt: Number(row.published_at),
  }
}

export type Request = Offer<'request'>

/** Open requests about these orders, assets and categories, and the next of all after `cursor`. */
export async function requestsAbout(db: Db, about: readonly Hex[], cursor: string, most: number) {
  const { rows: named } = await sql<Row>`
    with told as (select kind, app, dataset, category from market.orders
      where hash = any(${[...about]}::text[]) and kind <> 'request')
    select ${columns} from market.orders
    where kind = 'request' and status = 'open' and (hash = any(${[...about]}::text[])
      or app in (select app from told where kind = 'app')
      or dataset in (select dataset from told where kind = 'dataset')
      or category in (select category from told where kind = 'workerpool'))
    ${byRank} limit ${most}`.execute(db)
  const { rows: next } = await sql<Row>`
    select ${columns} from market.orders
    where kind = 'request' and status = 'open' and hash > ${cursor}
    order by hash limit ${most}`.execute(db)
  const all = new Map([...named, ...next].map((row) => [row.hash, row]))
  return {
    requests: [...all.values()].map((row): Request => offerOf<'request'>(row)),
    /** From where to go on; the beginning when the end was reached. */
    cursor: next.length < most ? '' : (next.at(-1)?.hash ?? ''),
  }
}

const anyone = Scalar.nullAddress
const open = (kind: Order.Kind) => sql`kind = ${kind} and status = 'open'`
const to = (column: string, allowed: readonly string[]) =>
  sql`${sql.ref(column)} = any(${[anyone, ...allowed]}::text[])`

type Looking = Readonly<{
  /** How many workerpool orders are looked at. */
  pools?: number
  groups?: Groups
}>

/** Offers that the request could be matched with, and who is in the groups that they are for. */
export async function offersFor(
  db: Db,
  { order }: Request,
  { pools = POOLS[0], groups = noGroups }: Looking = {},
): Promise<Offers & Pick<Chooser, 'isMember'>> {
  const { app, dataset, workerpool } = order
  const allowed = await allowedFor(order, groups)
  // Which workerpools are in a group is asked once some are found.
  const wanted = groups.known.includes(workerpool) ? { ...order, workerpool: anyone } : order
  const pool =
    wanted.workerpool === anyone
      ? sql`true`
      : to('workerpool', [workerpool, ...(await groups.of(workerpool))])
  const parts = [
    sql`select ${columns} from market.orders where ${open('app')} and app = ${app}
      and rank <= ${big(order.appmaxprice)} and ${pool}
      and ${to('dataset', allowed.dataset)} and ${to('requester', allowed.requester)}
      ${byRank} limit ${OF_ASSET}`,
    ...(dataset === anyone
      ? []
      : [
          sql`select ${columns} from market.orders where ${open('dataset')}
      and dataset = ${dataset} and rank <= ${big(order.datasetmaxprice)} and ${pool}
      and ${to('app', allowed.app)} and ${to('requester', allowed.requester)}
      ${byRank} limit ${OF_ASSET}`,
        ]),
    sql`select ${columns} from market.orders
      where hash in (${poolsFor(wanted, allowed, pools)})`,
  ]
  const each = parts.map((part) => sql`(${part})`)
  const { rows } = await sql<Row>`${sql.join(each, sql` union all `)}`.execute(db)
  const of = <K extends Order.Kind>(kind: K) =>
    rows.flatMap((row) => (row.kind === kind ? [offerOf<K>(row)] : []))
  const offers = { app: of('app'), dataset: of('dataset'), workerpool: of('workerpool') }
  return { ...offers, isMember: await membersAmong(order, offers, groups) }
}
