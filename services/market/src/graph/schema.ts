/** Schema: the GraphQL types that follow from the table of entities, as a subgraph would have them. */
import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
} from 'graphql'
import { entities, interfaces } from './entities.ts'
import type { Entity, Field } from './fields.ts'
import { keyOf } from './filter.ts'
import { type Newest, sameBlock } from './height.ts'
import { argumentsOf, askedFor, blockArgument } from './inputs.ts'
import { meta } from './meta.ts'
import type { Reading } from './reading.ts'
import { scalars } from './scalars.ts'
import type { Row } from './select.ts'

/** What resolvers are given. */
export type GraphContext = Readonly<{
  reading: Reading
  meta: Readonly<Record<string, unknown>>
  /** The block that all answers are of. */
  block: Newest
}>

type Types = Map<string, GraphQLObjectType | GraphQLInterfaceType>
type Fields = GraphQLFieldConfigMap<Row, GraphContext>

/** The whole schema. */
export function buildSchema(): GraphQLSchema {
  const types: Types = new Map()
  for (const [name, entity] of Object.entries(interfaces))
    types.set(
      name,
      new GraphQLInterfaceType({
        name,
        fields: () => fieldsOf(entity, types),
        resolveType: (row: Row) => row.__typename,
      }),
    )
  for (const [name, entity] of Object.entries(entities))
    types.set(
      name,
      new GraphQLObjectType({
        name,
        interfaces: () => (entity.is ? [interfaceOf(types, entity.is)] : []),
        fields: () => fieldsOf(entity, types),
      }),
    )
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: () => rootOf(types) }),
    types: [...types.values()],
  })
}

function rootOf(types: Types): GraphQLFieldConfigMap<unknown, GraphContext> {
  const all = Object.entries({ ...entities, ...interfaces })
  const each = all.flatMap(([name, entity]) => [
    [uncapitalized(name), single(name, types)] as const,
    [pluralOf(name, entity), listed(name, types)] as const,
  ])
  return { ...Object.fromEntries(each), _meta: meta }
}

/** A collection’s name. */
const pluralOf = (name: string, { plural }: Entity) => plural ?? `${uncapitalized(name)}s`
const uncapitalized = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`

function single(name: string, types: Types): GraphQLFieldConfig<unknown, GraphContext> {
  const id = { type: new GraphQLNonNull(GraphQLID) }
  return {
    type: typeOf(types, name),
    args: { id, ...blockArgument },
    async resolve(_, { id, block }, context) {
      sameBlock(block, context.block)
      const { reading } = context
      const where = { id: String(id) }
      const asked = { first: 1, skip: 0, orderDirection: 'asc', where } as const
      return (await reading.page(name, asked))[0]
    },
  }
}

function listed(name: string, types: Types): GraphQLFieldConfig<unknown, GraphContext> {
  return {
    type: listOf(typeOf(types, name)),
    args: { ...argumentsOf(name), ...blockArgument },
    resolve(_, args, { reading, block }) {
      sameBlock(args.block, block)
      return reading.page(name, askedFor(args))
    },
  }
}

function fieldsOf(entity: Entity, types: Types): Fields {
  const rows = Object.entries(entity.fields)
  return Object.fromEntries(rows.map(([name, row]) => [name, fieldOf(name, row, types)]))
}

function fieldOf(name: string, row: Field, types: Types): GraphQLFieldConfig<Row, GraphContext> {
  if (row.is === 'many')
    return {
      type: listOf(typeOf(types, row.to)),
      args: argumentsOf(row.to),
      resolve: ({ id }, args, { reading }) =>
        reading.many(row.to, row.by, String(id), askedFor(args)),
    }
  if (row.is === 'one')
    return {
      type: typeOf(types, row.to), // never required: a program sees null, not an empty answer
      resolve: (from, _, { reading }) => (from[name] ? named(reading, row.to, from[name]) : null),
    }
  if (row.is === 'chain') return chainField(name, row, types)
  const type = scalars[row.type]
  return {
    type: row.maybe ? type : new GraphQLNonNull(type),
    resolve: (from) => shown(row.type, from[name]),
  }
}

function chainField(
  name: string,
  { type, to, read }: Extract<Field, { is: 'chain' }>,
  types: Types,
): GraphQLFieldConfig<Row, GraphContext> {
  return {
    type: to ? typeOf(types, to) : scalars[type],
    async resolve({ id }, _, { reading }) {
      const value = (await reading.chain(read, String(id)))[name]
      return value && to ? named(reading, to, value) : shown(type, value)
    },
  }
}

async function named(reading: Reading, type: string, key: string): Promise<Row | undefined> {
  const row = await reading.one(type, key)
  return row || type !== 'Account' ? row : { ...nothing, id: keyOf(key), __typename: type }
}

/** An account that no money of the hub ever touched has nothing there. */
const nothing = { balance: '0', frozen: '0', score: '0' }

/** Subgraphs tell keys in lower case. */
function shown(type: string, value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null
  if (type === 'Bytes') return value.toLowerCase()
  return type === 'ID' && value.startsWith('0x') ? value.toLowerCase() : value
}

const listOf = (type: GraphQLOutputType) =>
  new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type as GraphQLObjectType)))

function typeOf(types: Types, name: string) {
  const type = types.get(name)
  if (!type) throw new Error(`the graph has no type ${name}`)
  return type
}

function interfaceOf(types: Types, name: string): GraphQLInterfaceType {
  return typeOf(types, name) as GraphQLInterfaceType // made of the table of interfaces
}
