/** Changes: what happened to the book and the deals, numbered in the order of their happening. */
import { sql } from 'kysely'
import type { Db, Tx } from './db/tx.ts'

export type Change = Readonly<{
  topic: 'orders' | 'deals'
  /** `apporder_published`, `_updated`, `_unpublished`, …, `deal_created`. */
  event: string
  payload: unknown
}>

export type Numbered = Change & Readonly<{ sequence: number }>

/** Keeps `changes` for the feed, in this transaction. */
export async function announce(tx: Tx, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await sql`
    insert into market.changes (topic, event, payload)
    select topic, event, payload
    from rows from (jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb)
      as (topic text, event text, payload jsonb)) with ordinality as changes(topic, event, payload, n)
    order by n`.execute(tx)
}

/** Up to `limit` changes after `sequence`, oldest first. */
export async function changesAfter(db: Db, sequence: number, limit: number): Promise<Numbered[]> {
  const { rows } = await sql<Record<'sequence' | 'topic' | 'event' | 'payload', string>>`
    select sequence::text, topic, event, payload::text from market.changes
    where sequence > ${sequence} order by changes.sequence limit ${limit}`.execute(db)
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    topic: row.topic as Change['topic'], // written by `announce`
    event: row.event,
    payload: JSON.parse(row.payload),
  }))
}

/** The newest number; 0 before anything happened. */
export async function newest(db: Db): Promise<number> {
  const { rows } = await sql<{ at: string | null }>`
    select max(sequence)::text as at from market.changes`.execute(db)
  return Number(rows[0]?.at ?? 0)
}

/** The oldest number that is kept. */
export async function oldest(db: Db): Promise<number> {
  const { rows } = await sql<{ at: string | null }>`
    select min(sequence)::text as at from market.changes`.execute(db)
  return Number(rows[0]?.at ?? 0)
}

/** Forgets changes up to `sequence`. */
export async function prune(db: Db, sequence: number): Promise<void> {
  if (sequence > 0) await sql`delete from market.changes where sequence <= ${sequence}`.execute(db)
}
