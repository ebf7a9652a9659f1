import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from './schema.ts'

export type Db = Kysely<Tables>
/** A transaction of the market. */
export type Tx = Transaction<Tables>

const LOCK = 7_236_222 // any number that only writers of the book use

/**
 * Makes this transaction the only one that writes the book until it ends: what it judged stays
 * true while it writes, and changes are numbered in the order in which they become visible.
 */
export async function alone(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(tx)
}
