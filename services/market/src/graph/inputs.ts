/** Inputs: pages, orders and filters as arguments of collections. */

import { AppError } from '@traboule/protocol'
import {
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql'
import type { Field } from './fields.ts'
import { entityOf, suffixesOf, type Where } from './filter.ts'
import { scalars } from './scalars.ts'
import type { Page } from './select.ts'

/** Most entities of one page, and most that may be skipped: those of subgraphs. */
const MOST = 1_000
const MOST_SKIPPED = 5_000
export const USUAL = 100

const direction = new GraphQLEnumType({ name: 'OrderDirection', values: { asc: {}, desc: {} } })

const changed = new GraphQLInputObjectType({
  name: 'BlockChangedFilter',
  fields: { number_gte: { type: new GraphQLNonNull(GraphQLInt) } },
})

const blockHeight = new GraphQLInputObjectType({
  name: 'Block_height',
  description: 'The block to answer of: the newest in the index, or any that it is not below.',
  fields: {
    hash: { type: scalars.Bytes },
    number: { type: GraphQLInt },
    number_gte: { type: GraphQLInt },
  },
})

const errorPolicy = new GraphQLEnumType({
  name: '_SubgraphErrorPolicy_',
  values: { allow: {}, deny: {} },
})

export const blockArgument: GraphQLFieldConfigArgumentMap = {
  block: { type: blockHeight },
  subgraphError: { type: errorPolicy, default: { value: 'deny' } },
}

/** The arguments of a collection of `type`. */
export function argumentsOf(type: string): GraphQLFieldConfigArgumentMap {
  return {
    skip: { type: GraphQLInt, default: { value: 0 } },
    first: { type: GraphQLInt, default: { value: USUAL } },
    orderBy: { type: orderingOf(type) },
    orderDirection: { type: direction },
    where: { type: filterOf(type) },
  }
}

/** What a collection's arguments ask for. Throws `request/invalid`. */
export function askedFor(args: Readonly<Record<string, unknown>>): Page {
  const first = Number(args.first ?? USUAL)
  const skip = Number(args.skip ?? 0)
  if (first < 0 || first > MOST)
    throw new AppError('request/invalid', `first must be between 0 and ${MOST}.`, { first })
  if (skip < 0 || skip > MOST_SKIPPED)
    throw new AppError(
      'request/invalid',
      `skip must be between 0 and ${MOST_SKIPPED}; go on with id_gt.`,
      {
        skip,
      },
    )
  return {
    first,
    skip,
    orderBy: args.orderBy === null ? undefined : (args.orderBy as string | undefined), // of its enum
    orderDirection: args.orderDirection === 'desc' ? 'desc' : 'asc',
    where: (args.where ?? {}) as Where, // of its input type
  }
}

const orderings = new Map<string, GraphQLEnumType>()
const filters = new Map<string, GraphQLInputObjectType>()

/** Its own fields, and those of the entities that it names. */
function orderingOf(type: string): GraphQLEnumType {
  const known = orderings.get(type)
  if (known) return known
  const own = kept(type).flatMap(([name, row]) => [
    name,
    ...(row.is === 'one' ? kept(row.to).map(([inner]) => `${name}__${inner}`) : []),
  ])
  const values = Object.fromEntries(own.map((name) => [name, {}]))
  const ordering = new GraphQLEnumType({ name: `${type}_orderBy`, values })
  orderings.set(type, ordering)
  return ordering
}

type Kept = Extract<Field, { sql: string }>

const kept = (type: string) =>
  Object.entries(entityOf(type).fields).filter(
    (entry): entry is [string, Kept] => 'sql' in entry[1],
  )

function filterOf(type: string): GraphQLInputObjectType {
  const known = filters.get(type)
  if (known) return known
  const filter: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${type}_filter`,
    fields: () => ({
      ...Object.fromEntries(
        Object.entries(entityOf(type).fields).flatMap(([name, row]) => filtersOf(name, row)),
      ),
      _change_block: { type: changed },
      and: { type: new GraphQLList(filter) },
      or: { type: new GraphQLList(filter) },
    }),
  })
  filters.set(type, filter)
  return filter
}

function filtersOf(name: string, row: Field): [string, GraphQLInputFieldConfigMap[string]][] {
  if (row.is === 'chain') return []
  if (row.is === 'many') return [[`${name}_`, { type: filterOf(row.to) }]]
  const type = row.is === 'one' ? 'ID' : row.type
  const named = row.is === 'one' ? scalars.String : scalars[type]
  const each = suffixesOf(type).map((suffix): [string, GraphQLInputFieldConfigMap[string]] => [
    suffix === '' ? name : `${name}_${suffix}`,
    {
      type:
        suffix.endsWith('in') && !suffix.startsWith('contains')
          ? new GraphQLList(new GraphQLNonNull(named))
          : named,
    },
  ])
  return row.is === 'one' ? [...each, [`${name}_`, { type: filterOf(row.to) }]] : each
}
