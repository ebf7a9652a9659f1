/** Filter: `where` of a query as SQL, by the suffixes that subgraphs know. */
import { AppError } from '@traboule/protocol'
import { type RawBuilder, sql } from 'kysely'
import { getAddress } from 'viem'
import { storable } from '../db/text.ts'
import { entities, interfaces } from './entities.ts'
import type { Entity, Field } from './fields.ts'

export type Where = Readonly<Record<string, unknown>>
type Condition = RawBuilder<unknown>

const numbers: readonly string[] = ['BigInt', 'BigDecimal', 'Int']

/** The entity or interface that a type is. */
export function entityOf(name: string): Entity {
  const entity = entities[name] ?? interfaces[name]
  if (!entity) throw new Error(`there is no entity ${name}`)
  return entity
}

/** An expression of the table, about the row called `alias`. */
export const at = (alias: string, expression: string) =>
  sql.raw(expression.replace(/\bt\./g, `${alias}.`))

/** Which rows of `type` belong to the entity whose key is the SQL `key`: see `Many`. */
export function belonging(type: string, by: string, alias: string, key: string): Condition {
  if (by.includes(':key')) return at(alias, by.replaceAll(':key', key))
  const row = entityOf(type).fields[by]
  if (!row || !('sql' in row)) throw new Error(`${type} names nothing by ${by}`)
  return sql`${at(alias, row.sql)} = ${sql.raw(key)}`
}

/** Keys as the index has them: addresses checksummed, hashes in lower case. */
export const keyOf = (value: unknown): string =>
  String(value)
    .replace(/0x[0-9a-f]*/gi, (hex) => hex.toLowerCase())
    .replace(/0x[0-9a-f]{40}(?![0-9a-f])/g, (address) => getAddress(address))

type Comparison = (column: Condition, value: unknown) => Condition

const like = (column: Condition, pattern: string) => sql`${column} like ${pattern}`
const ilike = (column: Condition, pattern: string) => sql`${column} ilike ${pattern}`
const literal = (value: unknown) => String(value).replace(/[\\%_]/g, '\\$&')
const not =
  (comparison: Comparison): Comparison =>
  (column, value) =>
    sql`not ${comparison(column, value)}`
const among: Comparison = (column, values) => {
  const each = [...(values as unknown[])]
  return each.length === 0 ? sql`false` : sql`${column} in (${sql.join(each)})`
}

const anyType: Readonly<Record<string, Comparison>> = {
  '': (column, value) => (value === null ? sql`${column} is null` : sql`${column} = ${value}`),
  not: (column, value) =>
    value === null ? sql`${column} is not null` : sql`${column} is distinct from ${value}`,
  gt: (column, value) => sql`${column} > ${value}`,
  gte: (column, value) => sql`${column} >= ${value}`,
  lt: (column, value) => sql`${column} < ${value}`,
  lte: (column, value) => sql`${column} <= ${value}`,
  in: among,
  not_in: not(among),
}

const textual: Readonly<Record<string, Comparison>> = {
  contains: (column, value) => like(column, `%${literal(value)}%`),
  contains_nocase: (column, value) => ilike(column, `%${literal(value)}%`),
  starts_with: (column, value) => like(column, `${literal(value)}%`),
  starts_with_nocase: (column, value) => ilike(column, `${literal(value)}%`),
  ends_with: (column, value) => like(column, `%${literal(value)}`),
  ends_with_nocase: (column, value) => ilike(column, `%${literal(value)}`),
}
const denied = Object.fromEntries(
  Object.entries(textual).map(([name, comparison]) => [`not_${name}`, not(comparison)]),
)

/** The suffixes that a field of this type has. */
export function suffixesOf(type: string): readonly string[] {
  const text = ['String', 'Bytes', 'ID'].includes(type)
  return Object.keys(text ? { ...anyType, ...textual, ...denied } : anyType)
}

const comparisons: Readonly<Record<string, Comparison>> = { ...anyType, ...textual, ...denied }

/** What one row must satisfy to be among those asked for. */
export function conditionOf(type: string, alias: string, where: Where): Condition {
  const each = Object.entries(where).flatMap(([name, value]) =>
    value === undefined ? [] : [one(type, alias, name, value)],
  )
  return each.length === 0 ? sql`true` : sql`(${sql.join(each, sql` and `)})`
}

function one(type: string, alias: string, name: string, value: unknown): Condition {
  if (name === 'and' || name === 'or') return several(type, alias, name, value as Where[])
  if (name === '_change_block') {
    const { number_gte } = value as { number_gte: number }
    return sql`${at(alias, 't.block')} >= ${number_gte}`
  }
  const [field = '', suffix = ''] = split(name)
  const row = entityOf(type).fields[field]
  if (!row) throw new AppError('request/invalid', `${type} has no filter ${name}.`, { name })
  if (name.endsWith('_') && (row.is === 'one' || row.is === 'many'))
    return related({ row, alias, where: value as Where })
  if (row.is === 'many' || row.is === 'chain')
    throw new AppError('request/invalid', `${type} cannot be filtered by ${field}.`, { name })
  const comparison = comparisons[suffix]
  if (!comparison) throw new AppError('request/invalid', `${type} has no filter ${name}.`, { name })
  const scalar = row.is === 'one' ? 'ID' : row.type
  return comparison(columnOf(row, alias), plainOf(scalar, row.is === 'one', value))
}

function several(type: string, alias: string, how: 'and' | 'or', all: readonly Where[]): Condition {
  if (all.length === 0) return sql`true`
  const each = all.map((where) => conditionOf(type, alias, where))
  return sql`(${sql.join(each, how === 'and' ? sql` and ` : sql` or `)})`
}

/** A field's name and what is asked of it; names hold no underscore, so the first one parts them. */
function split(name: string): readonly string[] {
  const end = name.indexOf('_')
  return end === -1 ? [name, ''] : [name.slice(0, end), name.slice(end + 1)]
}

/** A column in the type it is compared in. */
export function columnOf(row: Extract<Field, { sql: string }>, alias: string): Condition {
  const column = at(alias, row.sql)
  return row.is === 'value' && numbers.includes(row.type) ? sql`(${column})::numeric` : column
}

function plainOf(type: string, isKey: boolean, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plainOf(type, isKey, each))
  if (value === null) return null
  if (numbers.includes(type)) return sql`${String(value)}::numeric`
  if (!storable(String(value)))
    throw new AppError('request/invalid', 'A filter holds characters that are none.')
  if (type === 'ID' || isKey) return keyOf(value)
  return type === 'Bytes' ? String(value).toLowerCase() : String(value)
}

type Related = Readonly<{
  row: Extract<Field, { is: 'one' | 'many' }>
  alias: string
  where: Where
}>

/** Whether the entity that a row names, or one that names it, satisfies `where`. */
function related({ row, alias, where }: Related): Condition {
  const { from, where: own = 'true' } = entityOf(row.to)
  const inner = `${alias}_`
  const condition = conditionOf(row.to, inner, where)
  const joined =
    row.is === 'one'
      ? sql`${at(inner, 't.id')} = ${at(alias, row.sql)}`
      : belonging(row.to, row.by, inner, `${alias}.id`)
  return sql`exists (select 1 from ${sql.raw(from)} as ${sql.raw(inner)}
    where ${joined} and ${at(inner, own)} and ${condition})`
}
