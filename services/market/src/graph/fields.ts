/** Fields: what an entity of the graph is made of, and how SQL reads it. `t` is the entity's row. */

/** The scalars of a subgraph. Keys are addresses, hashes and what is made of them. */
export type ScalarName = 'ID' | 'Bytes' | 'String' | 'BigInt' | 'BigDecimal' | 'Int'
export type EnumName = 'TaskStatus' | 'ContributionStatus'

/** A value of the row itself. */
type Value = Readonly<{ is: 'value'; type: ScalarName | EnumName; sql: string; maybe: boolean }>
/** Another entity, whose id is in the row. */
type One = Readonly<{ is: 'one'; to: string; sql: string; maybe: boolean }>
/** The entities that name this one in their field `by`; or SQL about their rows, with `:key` for this one. */
type Many = Readonly<{ is: 'many'; to: string; by: string }>
/** What no event tells: asked of the chain, once somebody wants to know it. */
type Chain = Readonly<{ is: 'chain'; type: ScalarName; to?: string; read: ChainReading }>
export type ChainReading = 'transaction' | 'task' | 'contribution'

export type Field = Value | One | Many | Chain

export type Entity = Readonly<{
  /** A table, view or query. */
  from: string
  /** Which of its rows are entities of this kind. */
  where?: string
  fields: Readonly<Record<string, Field>>
  /** The interface it is one of. */
  is?: string
  /** Its name in the plural, where English is not as regular as the rest. */
  plural?: string
}>

const value =
  (type: ScalarName | EnumName) =>
  (sql: string, maybe = false): Value => ({ is: 'value', type, sql, maybe })

export const key = value('ID')
export const bytes = value('Bytes')
export const text = value('String')
export const whole = value('BigInt')
export const taskStatus = value('TaskStatus')
export const contributionStatus = value('ContributionStatus')
/** nRLC, told in RLC. */
export const rlc = (sql: string, maybe = false): Value =>
  value('BigDecimal')(`trim_scale((${sql})::numeric * 0.000000001)`, maybe)
export const one = (to: string, sql: string): One => ({ is: 'one', to, sql, maybe: false })
export const maybe = (to: string, sql: string): One => ({ is: 'one', to, sql, maybe: true })
export const many = (to: string, by: string): Many => ({ is: 'many', to, by })
export const onChain = (type: ScalarName, read: ChainReading, to?: string): Chain => ({
  is: 'chain',
  type,
  read,
  ...(to && { to }),
})
