/**
 * Whole: whether the tables are all there. The list of migrations says what was done, not what is
 * left of it after a disk failed or somebody tidied up.
 */
import { AppError } from '@traboule/protocol'
import { sql } from 'kysely'
import { columnsOf, type State, tables } from '../index/entities.ts'
import type { Tables } from './schema.ts'
import type { Db } from './tx.ts'

type Column<T extends keyof Tables> = keyof Tables[T] & string

/** What the book cannot do without. */
const ofBook: { readonly [T in keyof Tables]: readonly Column<T>[] } = {
  'market.orders': ['hash', 'kind', 'signer', 'rank', 'remaining', 'tag', 'status', 'document'],
  'market.challenges': ['hash', 'address', 'expires_at'],
  'market.changes': ['sequence', 'topic', 'event', 'payload'],
}

/** Throws `database/damaged` with what is missing. */
export async function requireWhole(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select 'market.' || table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'market'`.execute(db)
  const there = new Set(rows.map(({ name }) => name))
  const missing = expected().filter((name) => !there.has(name))
  if (missing.length === 0) return
  const sentence = `The market’s database has lost ${missing.length} columns, ${missing[0]} among them.`
  throw new AppError('database/damaged', sentence, { missing })
}

const expected = (): string[] => [
  ...Object.entries(ofBook).flatMap(([table, columns]) =>
    columns.map((name) => `${table}.${name}`),
  ),
  ...(Object.keys(tables) as State[]).flatMap((table) =>
    columnsOf(table).map(([name]) => `market.${table}.${name}`),
  ),
]
