/**
 * Pools: the cheapest workerpool orders for a request. Most orders are for anyone: those stand on
 * shelves, one for each category, tag and trust, in order of price, and only the front of the shelves
 * is read. Orders for one app, dataset or requester alone, or for a group, are few, and found by that name.
 */
import { type Order, Scalar } from '@traboule/protocol'
import { type RawBuilder, sql } from 'kysely'
import { bitsOf } from '../orders/entry.ts'
import { type Allowed, type Side, sides } from './groups.ts'

type Sql = RawBuilder<unknown>
type Wanted = Order.Order<'request'>

const anyone = Scalar.nullAddress

/** A query for the hashes of up to `most` open orders that `request` may be matched with. */
export function poolsFor(request: Wanted, allowed: Allowed, most: number): Sql {
  const front = sql`order by rank, remaining desc, published_at, hash limit ${most}`
  const only = (side: 'workerpool' | Side, among: readonly string[]) =>
    namedOnly({ request, allowed, side, among, front })
  const parts =
    request.workerpool === anyone
      ? [
          fromShelves(request, front),
          ...sides.flatMap((side) => (allowed[side].length > 0 ? [only(side, allowed[side])] : [])),
        ]
      : [only('workerpool', [request.workerpool])]
  const each = parts.map((part) => sql`select * from (${part}) as part`)
  return sql`
    with recursive tags as materialized (select tag from market.tags
      where (tag & ${wantedBy(request)}) = ${wantedBy(request)}),
    ${shelves(request)}
    select hash from (${sql.join(each, sql` union `)}) as found ${front}`
}

const pools = sql`kind = 'workerpool' and status = 'open'`
const columns = sql`hash, rank, remaining, published_at`

/** Skips from each trust on a tag's shelves to the next higher. */
function shelves({ category, trust }: Wanted): Sql {
  const next = (above: Sql) => sql`(select orders.trust from market.orders
    where ${pools} and for_anyone and category = ${big(category)} and orders.tag = before.tag
      and orders.trust >= ${above} order by orders.trust limit 1)`
  return sql`shelves (tag, trust) as (
    select tag, ${next(big(trust))} from tags as before
    union all
    select tag, ${next(sql`before.trust + 1`)} from shelves as before where trust is not null)`
}

const fromShelves = (request: Wanted, front: Sql): Sql => sql`
  select best.* from shelves cross join lateral (
    select ${columns} from market.orders
    where ${pools} and for_anyone and category = ${big(request.category)}
      and orders.tag = shelves.tag and orders.trust = shelves.trust
      and rank <= ${big(request.workerpoolmaxprice)} ${front}) as best`

type Naming = Readonly<{
  request: Wanted
  allowed: Allowed
  side: 'workerpool' | Side
  /** What the orders may name there. */
  among: readonly string[]
  front: Sql
}>

/** Orders that name one of these on a `side` of the request, whatever else they name of it. */
const namedOnly = ({ request, allowed, side, among, front }: Naming): Sql => sql`
  select ${columns} from market.orders
  where ${pools} and ${sql.ref(side)} in (${sql.join(among)}) and category = ${big(request.category)}
    and trust >= ${big(request.trust)} and rank <= ${big(request.workerpoolmaxprice)}
    and tag in (select tag from tags)
    and ${sql.join(
      sides.map((each) => sql`${sql.ref(each)} in (${sql.join([anyone, ...allowed[each]])})`),
      sql` and `,
    )} ${front}`

/** Columns hold no more, and orders none that are larger. */
export const big = (amount: bigint): Sql => sql`${String(amount < MOST ? amount : MOST)}::bigint`
const MOST = 2n ** 63n - 2n

const wantedBy = ({ tag }: Wanted): Sql => sql`${bitsOf(tag)}::text::bit(256)`
