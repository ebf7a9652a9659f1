/** Select: rows of entities, many asked for at once in one statement. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/tx.ts'
import { entities, interfaces } from './entities.ts'
import type { Field } from './fields.ts'
import { at, belonging, columnOf, conditionOf, entityOf, type Where } from './filter.ts'

/** A row of an entity: its fields by name, as text, and which type it is. */
export type Row = Readonly<Record<string, string | null>> & Readonly<{ __typename: string }>

export type Page = Readonly<{
  first: number
  skip: number
  orderBy?: string | undefined
  orderDirection: 'asc' | 'desc'
  where: Where
}>

type Kept = Extract<Field, { sql: string }>

/** The entities of `type` under these keys, in no order. */
export async function byKeys(tx: Tx, type: string, keys: readonly string[]): Promise<Row[]> {
  const { from, where = 'true' } = entityOf(type)
  const { rows } = await sql<Row>`
    select ${columnsOf(type)} from ${sql.raw(from)} as t
    where t.id = any(${[...keys]}::text[]) and ${sql.raw(where)}`.execute(tx)
  return rows
}

/** One page of all entities of `type`. */
export async function page(tx: Tx, type: string, asked: Page): Promise<Row[]> {
  const { from, where = 'true' } = entityOf(type)
  const { rows } = await sql<Row>`
    select ${columnsOf(type)} from ${sql.raw(from)} as t
    where ${sql.raw(where)} and ${kindOf(type)} and ${conditionOf(type, 't', asked.where)}
    order by ${orderOf(type, asked)} limit ${asked.first} offset ${asked.skip}`.execute(tx)
  return concrete(tx, type, rows)
}

/** A page for each of `keys`: of the entities of `type` that belong to it by `by` (see `Many`). */
export async function pages(
  tx: Tx,
  type: string,
  by: string,
  keys: readonly string[],
  asked: Page,
): Promise<Map<string, Row[]>> {
  const { from, where = 'true' } = entityOf(type)
  const { rows } = await sql<Row & { key: string }>`
    select given.key, found.* from unnest(${[...keys]}::text[]) with ordinality as given(key, n)
    cross join lateral (
      select ${columnsOf(type)} from ${sql.raw(from)} as t
      where ${belonging(type, by, 't', 'given.key')} and ${sql.raw(where)} and ${kindOf(type)}
        and ${conditionOf(type, 't', asked.where)}
      order by ${orderOf(type, asked)} limit ${asked.first} offset ${asked.skip}) as found
    order by given.n`.execute(tx)
  const all = await concrete(tx, type, rows)
  const grouped = new Map<string, Row[]>()
  for (const [n, row] of all.entries()) {
    const key = rows[n]?.key ?? ''
    grouped.set(key, [...(grouped.get(key) ?? []), row])
  }
  return grouped
}

/** Which of a shared table's rows are of an interface: those that are one of its entities. */
function kindOf(type: string): RawBuilder<unknown> {
  const shared = interfaces[type]
  if (!shared) return sql`true`
  return sql`${sql.raw(shared.kindOf)} in (${sql.join(membersOf(type))})`
}

/** The entities that implement an interface. */
const membersOf = (type: string): string[] =>
  Object.entries(entities).flatMap(([name, { is }]) => (is === type ? [name] : []))

/** Rows of an interface tell only what they share: each is read again as what it is. */
async function concrete<R extends Row>(tx: Tx, type: string, rows: readonly R[]): Promise<Row[]> {
  if (!interfaces[type]) return [...rows]
  const whole = new Map<string, Row>()
  for (const member of new Set(rows.map(({ __typename }) => __typename))) {
    const keys = rows.flatMap((row) => (row.__typename === member && row.id ? [row.id] : []))
    for (const row of await byKeys(tx, member, keys)) whole.set(row.id ?? '', row)
  }
  return rows.map((row) => whole.get(row.id ?? '') ?? row)
}

function columnsOf(type: string): RawBuilder<unknown> {
  const { fields } = entityOf(type)
  const kind = interfaces[type]?.kindOf ?? `'${type}'::text`
  const kept = Object.entries(fields).flatMap(([name, row]) =>
    'sql' in row ? [`(${row.sql})::text as "${name}"`] : [],
  )
  return sql.raw([`${kind} as "__typename"`, ...kept].join(', '))
}

/** By the field asked for, or by one of the entity that it names (`task__timestamp`); then by id. */
function orderOf(type: string, { orderBy = 'id', orderDirection }: Page): RawBuilder<unknown> {
  const direction = sql.raw(orderDirection)
  const [name = 'id', inner] = orderBy.split('__')
  const row = entityOf(type).fields[name] as Kept // the schema's enum names only such
  const column = inner === undefined ? columnOf(row, 't') : nested(row, inner)
  return sql`${column} ${direction} nulls last, ${inTime(type, orderBy, direction)} t.id ${direction}`
}

/** Events of the same second are in the order of their happening. */
function inTime(
  type: string,
  orderBy: string,
  direction: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const isEvent = entityOf(type).fields.transaction?.is === 'one'
  if (!isEvent || orderBy !== 'timestamp') return sql``
  return sql`t.block ${direction}, t.log_index ${direction},`
}

function nested(row: Kept, inner: string): RawBuilder<unknown> {
  const { from, fields } = entityOf((row as Extract<Field, { to: string }>).to)
  const column = columnOf(fields[inner] as Kept, 'n')
  return sql`(select ${column} from ${sql.raw(from)} as n where n.id = ${at('t', row.sql)})`
}
