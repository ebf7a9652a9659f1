/**
 * Unit: the rows that one batch of blocks reads and writes, kept in memory until the batch is over.
 *
 * Writing remembers what each changed row was before the batch, so that a reorg can put it back.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import {
  columnsOf,
  fromText,
  type LogName,
  type LogRow,
  logs,
  type State,
  type StateRow,
  states,
} from './entities.ts'

export type Unit = Readonly<{
  /** Loads rows that will be asked for, in one query. */
  load(table: State, ids: Iterable<string>): Promise<void>
  get<S extends State>(table: S, id: string): Promise<StateRow<S> | undefined>
  /** The rows that have `value` in a column now. */
  find<S extends State>(table: S, column: string, value: string): Promise<StateRow<S>[]>
  put<S extends State>(table: S, row: StateRow<S>): Promise<void>
  add<L extends LogName>(table: L, row: LogRow<L>): void
  /** Writes everything as of the batch that ends at `head`, and says which rows changed. */
  write(head: bigint): Promise<Changed>
}>

/** The rows that changed, by table, and whether they are new, other or no more. */
export type Changed = ReadonlyMap<State, readonly Row[]>
type Row = Readonly<{ id: string; is: 'new' | 'other' | 'gone' }>

type AnyRow = Record<string, unknown> & { id: string }

// biome-ignore lint/suspicious/noExplicitAny: a unit does not depend on the caller's tables
type Tx = Transaction<any> | Kysely<any>

/** Opens a unit of work inside `tx`. */
export function openUnit(tx: Tx): Unit {
  const before = new Map<State, Map<string, AnyRow | null>>()
  const now = new Map<State, Map<string, AnyRow>>()
  const added = new Map<LogName, AnyRow[]>()
  const of = <K, V>(map: Map<K, Map<string, V>>, key: K) =>
    map.get(key) ?? map.set(key, new Map()).get(key) ?? new Map<string, V>()

  async function load(table: State, ids: Iterable<string>) {
    const known = of(before, table)
    const missing = [...new Set(ids)].filter((id) => !known.has(id))
    if (missing.length === 0) return
    for (const id of missing) known.set(id, null)
    for (const row of await select(tx, table, missing)) known.set(row.id, row)
  }

  return {
    load,
    async get(table, id) {
      const written = now.get(table)?.get(id)
      if (!written) await load(table, [id])
      // Rows of a table have its columns: `fromText` and `put` see to it.
      return (written ?? before.get(table)?.get(id) ?? undefined) as never
    },
    async find(table, column, value) {
      const { rows } = await sql<{ id: string }>`
        select id from ${named(table)} where ${sql.ref(column)} = ${value}`.execute(tx)
      await load(
        table,
        rows.map(({ id }) => id),
      )
      const all = new Map([...of(before, table), ...of(now, table)])
      const found = [...all.values()].filter((row) => row?.[column] === value)
      return found.sort((a, b) => String(a?.id).localeCompare(String(b?.id))) as never // as in `get`
    },
    async put(table, row) {
      await load(table, [row.id])
      of(now, table).set(row.id, row)
    },
    add(table, row) {
      const rows = added.get(table) ?? []
      rows.push(row)
      added.set(table, rows)
    },
    async write(head) {
      for (const [table, rows] of now) {
        const changes = [...rows.values()]
        await remember(tx, table, head, changes, of(before, table))
        await upsert(tx, table, changes)
      }
      for (const [table, rows] of added) await upsert(tx, table, rows)
      return new Map(
        [...now].map(([table, rows]) => {
          const were = of(before, table)
          return [table, [...rows.keys()].map((id) => ({ id, is: were.get(id) ? 'other' : 'new' }))]
        }),
      )
    },
  }
}

const named = (table: string) => sql.raw(`market.${table}`)

async function select(tx: Tx, table: State, ids: readonly string[]): Promise<AnyRow[]> {
  const columns = columnsOf(table).map(([name]) => `"${name}"::text as "${name}"`)
  const { rows } = await sql<Record<string, string | null>>`
    select ${sql.raw(columns.join(', '))} from ${named(table)} where id = any(${[...ids]}::text[])`.execute(
    tx,
  )
  return rows.map((row) => fromText(table, row) as AnyRow) // `id` is among the columns
}

/** Inserts or replaces rows in one statement, whatever their number. */
async function upsert(tx: Tx, table: State | LogName, rows: readonly AnyRow[]): Promise<void> {
  const columns = columnsOf(table)
  const names = columns.map(([name]) => `"${name}"`)
  const typed = columns.map(([name, type]) => `"${name}" ${type}`)
  const set = names.filter((name) => name !== '"id"').map((name) => `${name} = excluded.${name}`)
  await sql`
    insert into ${named(table)} (${sql.raw(names.join(', '))})
    select ${sql.raw(names.join(', '))}
    from jsonb_to_recordset(${toJson(rows)}::text::jsonb) as rows(${sql.raw(typed.join(', '))})
    on conflict (id) do update set ${sql.raw(set.join(', '))}`.execute(tx)
}

async function remember(
  tx: Tx,
  table: State,
  head: bigint,
  rows: readonly AnyRow[],
  before: ReadonlyMap<string, AnyRow | null>,
): Promise<void> {
  const documents = rows.map(({ id }) => ({ id, was: before.get(id) ?? null }))
  await sql`
    insert into market.undo (block, entity, id, was)
    select ${head}::bigint, ${table}::text, id, was
    from jsonb_to_recordset(${toJson(documents)}::text::jsonb) as rows(id text, was jsonb)`.execute(
    tx,
  )
}

/** Puts every row back to what it was after `block`, and says which rows changed. */
export async function undo(tx: Tx, block: bigint): Promise<Changed> {
  const changed = new Map<State, Row[]>()
  for (const table of Object.keys(states) as State[]) {
    const { rows } = await sql<{ id: string; was: AnyRow | null }>`
      select distinct on (id) id, was from market.undo
      where entity = ${table} and block > ${block}::bigint order by id, block`.execute(tx)
    if (rows.length === 0) continue
    const ids = rows.map(({ id }) => id)
    await sql`delete from ${named(table)} where id = any(${ids}::text[])`.execute(tx)
    const kept = rows.flatMap(({ was }) => (was ? [was] : []))
    if (kept.length > 0) await upsert(tx, table, kept)
    changed.set(
      table,
      rows.map(({ id, was }) => ({ id, is: was ? 'other' : 'gone' })),
    )
  }
  for (const table of Object.keys(logs))
    await sql`delete from ${named(table)} where block > ${block}::bigint`.execute(tx)
  await sql`delete from market.undo where block > ${block}::bigint`.execute(tx)
  return changed
}

/** Forgets how to take back blocks up to `block`: none of them will be replaced. */
export async function settle(tx: Tx, block: bigint): Promise<void> {
  await sql`delete from market.undo where block <= ${block}::bigint`.execute(tx)
}

/** Amounts as JSON numbers: PostgreSQL reads them without loss. */
function toJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}
