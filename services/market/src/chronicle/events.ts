/** Events: what happened on the hub, newest first. */
import { type ChainEvent, PAGE } from '@traboule/protocol/api'
import { sql } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Db } from '../db/tx.ts'
import { fromCursor, toCursor } from '../deals/deals.ts'

export type Asked = Readonly<{
  deal?: Hex | undefined
  task?: Hex | undefined
  account?: Address | undefined
  workerpool?: Address | undefined
  names?: string | undefined
  pageSize?: number | undefined
  after?: string | undefined
}>

type Row = Readonly<
  Record<'id' | 'name' | 'block' | 'timestamp' | 'transaction' | 'log_index', string> &
    Record<'account' | 'task' | 'deal' | 'workerpool' | 'value' | 'data', string | null>
>

export async function findEvents(db: Db, asked: Asked) {
  const { after, pageSize: size = PAGE.usual } = asked
  const { rows } = await sql<Row>`
    select id, name, account, task, deal, workerpool, value::text, data, block::text,
      timestamp::text, transaction, log_index::text
    from market.events where ${sql.join(conditions(asked), sql` and `)}
      and ${after === undefined ? sql`true` : beyond(after)}
    order by events.block desc, events.log_index desc limit ${size + 1}`.execute(db)
  const page = rows.slice(0, size)
  const last = page.at(-1)
  const more = rows.length > size && last
  return {
    events: page.map(entryOf),
    ...(more && { nextCursor: toCursor([last.block, last.log_index]) }),
  }
}

function conditions({ deal, task, account, workerpool, names }: Asked) {
  const ofDeal = sql`(deal = ${deal} or task in (select id from market.tasks where deal = ${deal}))`
  return [
    sql`true`,
    ...(deal === undefined ? [] : [ofDeal]),
    ...(task === undefined ? [] : [sql`task = ${task}`]),
    ...(account === undefined ? [] : [sql`account = ${account}`]),
    ...(workerpool === undefined ? [] : [sql`workerpool = ${workerpool}`]),
    ...(names === undefined ? [] : [sql`name = any(${names.split(',')}::text[])`]),
  ]
}

function beyond(after: string) {
  const [block, index = ''] = fromCursor(after)
  return sql`(events.block, events.log_index) < (${block}::bigint, ${index}::bigint)`
}

function entryOf(row: Row): ChainEvent {
  const { id, name, account, task, deal, workerpool, value, data } = row
  return {
    ...{ id, name },
    ...(account !== null && { account: account as Address }), // the index writes only hexadecimal
    ...(task !== null && { task: task as Hex }),
    ...(deal !== null && { deal: deal as Hex }),
    ...(workerpool !== null && { workerpool: workerpool as Address }),
    ...(value !== null && { value: BigInt(value) }),
    ...(data !== null && { data }),
    blockNumber: Number(row.block),
    blockTimestamp: new Date(Number(row.timestamp) * 1_000).toISOString(),
    transactionHash: row.transaction as Hex,
    logIndex: Number(row.log_index),
  }
}
