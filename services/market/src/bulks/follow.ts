/**
 * Bulks: reads which dataset orders the tasks of deals use, where deals name them by CID
 * (docs/concepts/bulk.md). The graph tells them.
 */
import { AppError, Bulk, Order, Params } from '@traboule/protocol'
import { type Clock, type Log, type Loop, startLoop } from '@traboule/service-kit'
import { sql } from 'kysely'
import type { Address } from 'viem'
import type { Db, Tx } from '../db/tx.ts'
import { content } from './content.ts'

export type BulksOptions = Readonly<{
  db: Db
  chainId: number
  hub: Address
  /** Base URL that answers `/ipfs/<cid>`. */
  gateway: string
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

/** How many are read at a time, and how long one that was not there is left alone. */
const [TOGETHER, REST_MS] = [50, 60_000]

/** What will be as wrong the next time. */
const HOPELESS: readonly string[] = ['bulk/malformed', 'object/bad-cid']

type Part = Readonly<{ deal: string; index: string; cid: string; first: string; size: string }>

/** Starts reading; nudge it when there may be deals. */
export function startReadingBulks(options: BulksOptions): Loop {
  const { db, gateway, clock, log, signal } = options
  const on = Order.domain(options.chainId, options.hub)

  async function step(): Promise<void> {
    await note(db)
    const parts = await due(db, clock.now())
    await Promise.all(parts.map(read))
    if (parts.length > 0) loop.nudge() // what was read names more
  }

  async function read(part: Part): Promise<void> {
    try {
      const bytes = await content(gateway, part.cid, signal)
      await db.transaction().execute(async (tx) => {
        if (part.index === '-1') await keepSlices(tx, part, Bulk.slicesOf(bytes))
        else await keepOrders(tx, part, Bulk.ordersOf(bytes))
        await sql`update market.bulks set status = 'read'
          where deal = ${part.deal} and index = ${part.index}::bigint`.execute(tx)
      })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.debug('bulk.missed', { deal: part.deal, cid: part.cid, error })
      const status = HOPELESS.includes(error.code) ? 'unusable' : 'unread'
      await sql`update market.bulks
        set status = ${status}, again_at = ${clock.now() + REST_MS}::bigint
        where deal = ${part.deal} and index = ${part.index}::bigint`.execute(db)
    }
  }

  async function keepOrders(tx: Tx, { cid }: Part, orders: ReturnType<typeof Bulk.ordersOf>) {
    const rows = orders.flatMap((order, place) => {
      if (!order) return []
      const hash = Order.hash('dataset', order, on)
      return [{ slice: cid, place, dataset: order.dataset, hash, document: Order.toJson(order) }]
    })
    await sql`insert into market.bulk_orders (slice, place, dataset, hash, document)
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as rows(slice text, place integer, dataset text, hash text, document jsonb)
      on conflict do nothing`.execute(tx)
  }

  const loop = startLoop(step, { ...options, name: 'bulks' })
  return loop
}

/** Writes down the lists of deals that were not seen before. */
async function note(db: Db): Promise<void> {
  const { rows } = await sql<{ id: string; params: string }>`
    select id, params from market.deals where params like '%"bulk_cid"%'
      and not exists (select 1 from market.bulks where bulks.deal = deals.id and bulks.index = -1)
    limit ${TOGETHER}`.execute(db)
  for (const { id, params } of rows) {
    const named = Params.parse(params).bulk_cid ?? ''
    const [cid, status] = Bulk.isCid(named) ? [named, 'unread'] : ['', 'unusable']
    await sql`insert into market.bulks (deal, index, cid, status)
      values (${id}, -1, ${cid}, ${status})
      on conflict do nothing`.execute(db)
  }
}

async function due(db: Db, now: number): Promise<Part[]> {
  const { rows } = await sql<Part>`
    select deal, index::text, cid, deals.bot_first::text as first, deals.bot_size::text as size
    from market.bulks join market.deals on deals.id = bulks.deal
    where bulks.status = 'unread' and again_at <= ${now}::bigint
    order by again_at, index limit ${TOGETHER}`.execute(db)
  return rows
}

/** Slices of tasks that the deal does not have are nobody's. */
async function keepSlices(tx: Tx, { deal, first, size }: Part, slices: readonly string[]) {
  const [from, to] = [Number(first), Number(first) + Number(size)]
  const rows = slices.slice(from, to).map((cid, n) => ({ deal, index: from + n, cid }))
  await sql`insert into market.bulks (deal, index, cid)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as rows(deal text, index bigint, cid text)
    on conflict do nothing`.execute(tx)
}
