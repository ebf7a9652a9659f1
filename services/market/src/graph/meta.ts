/** Meta: which block the answers are of. */
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql'
import { sameBlock } from './height.ts'
import { blockArgument } from './inputs.ts'
import { scalars } from './scalars.ts'
import type { GraphContext } from './schema.ts'

const block = new GraphQLObjectType({
  name: '_Block_',
  fields: {
    hash: { type: scalars.Bytes },
    number: { type: new GraphQLNonNull(GraphQLInt) },
    timestamp: { type: GraphQLInt },
    parentHash: { type: scalars.Bytes },
  },
})

const metaType = new GraphQLObjectType({
  name: '_Meta_',
  fields: {
    block: { type: new GraphQLNonNull(block) },
    deployment: { type: new GraphQLNonNull(GraphQLString), description: 'The address of the hub.' },
    hasIndexingErrors: { type: new GraphQLNonNull(GraphQLBoolean) },
  },
})

export const meta: GraphQLFieldConfig<unknown, GraphContext> = {
  type: metaType,
  args: { block: blockArgument.block as NonNullable<typeof blockArgument.block> },
  resolve(_, args, { meta, block }) {
    sameBlock(args.block, block)
    return meta
  },
}
