/** Answer: one GraphQL request, from its text to its answer, all as of one block of the index. */
import { AppError } from '@traboule/protocol'
import type { ChainClient, Head, Log } from '@traboule/service-kit'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql'
import { sql } from 'kysely'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Db, Tx } from '../db/tx.ts'
import type { Testimony } from '../witness.ts'
import { requireShallow, weigh } from './cost.ts'
import { openReading } from './reading.ts'
import { buildSchema } from './schema.ts'

/** Characters and words of a query: validating costs more than their square. */
const LONGEST = 20_000
const MOST_TOKENS = 3_000
/** How long the database may look for one answer. */
const PATIENCE_MS = 5_000
/** Queries answered at once; the others wait, so that the book keeps connections of its own. */
const AT_ONCE = 4

export const asked = z.object({
  query: z.string().max(LONGEST).optional(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().max(200).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
})
export type Asked = z.output<typeof asked>

export type GraphOptions = Readonly<{
  db: Db
  client: ChainClient
  hub: Address
  log: Log
  /** The newest block in the index, when it is known. */
  head(): Head | undefined
  /** What a second endpoint says of it. */
  says(): Testimony
}>

export type Graph = Readonly<{ answer(asked: Asked): Promise<ExecutionResult> }>

/** Opens the graph of the index. */
export function openGraph(options: GraphOptions): Graph {
  const schema = buildSchema()
  const turn = turns(AT_ONCE)
  return {
    async answer(asked) {
      try {
        const document = read(schema, asked)
        return told(await turn(() => run(schema, document, asked, options)), options)
      } catch (error) {
        return told({ errors: [wrapped(error)] }, options)
      }
    },
  }
}

function read(schema: GraphQLSchema, { query, variables, operationName, extensions }: Asked) {
  if (extensions?.persistedQuery && !query)
    throw new GraphQLError('PersistedQueryNotSupported', {
      extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' }, // clients then send the whole text
    })
  if (!query) throw new AppError('request/invalid', 'There is no query.')
  requireShallow(query)
  const document = parse(query, { maxTokens: MOST_TOKENS })
  const [problem] = validate(schema, document, undefined, { maxErrors: 10 })
  if (problem) throw problem
  if (getOperationAST(document, operationName)?.operation !== 'query')
    throw new AppError('request/invalid', 'operationName must name one query of the document.')
  weigh(document, variables ?? {})
  return document
}

async function run(
  schema: GraphQLSchema,
  document: DocumentNode,
  { variables, operationName }: Asked,
  { db, client, hub, head, says }: GraphOptions,
): Promise<ExecutionResult> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`set local statement_timeout = ${sql.lit(PATIENCE_MS)}`.execute(tx)
      const block = await newestBlock(tx)
      const meta = {
        block: { ...block, number: Number(block.number), timestamp: timeOf(block.number, head()) },
        deployment: hub.toLowerCase(),
        hasIndexingErrors: says() === 'disagrees', // an index that cannot go on ends the market
      }
      return execute({
        schema,
        document,
        contextValue: { reading: openReading(tx, client, hub), meta, block },
        variableValues: variables ?? {},
        ...(operationName && { operationName }),
      })
    })
}

const timeOf = (block: bigint, head: Head | undefined) =>
  head?.number === block ? Number(head.timestamp) : null

async function newestBlock(tx: Tx): Promise<Readonly<{ number: bigint; hash: Hex | null }>> {
  const { rows } = await sql<{ number: string; hash: Hex }>`
    select number::text, hash from followed_blocks where follower = 'market'
    order by followed_blocks.number desc limit 1`.execute(tx)
  return { number: BigInt(rows[0]?.number ?? 0), hash: rows[0]?.hash ?? null }
}

/** Errors as clients see them: ours with their code and what to do, and nothing of any other. */
function told(result: ExecutionResult, { log }: GraphOptions): ExecutionResult {
  if (!result.errors) return result
  return { ...result, errors: result.errors.map((error) => shown(error, log)) }
}

function shown(error: GraphQLError, log: Log): GraphQLError {
  const cause = fromDatabase(error.originalError)
  if (!cause) return error
  const { nodes, source, positions, path } = error
  const at = { nodes, source, positions, path }
  if (cause instanceof AppError) {
    const { code, hint, details } = cause
    return new GraphQLError(cause.message, { ...at, extensions: { code, hint, details } })
  }
  if (cause instanceof TypeError || cause instanceof GraphQLError) return error
  log.error('graph.crashed', { error: cause })
  return new GraphQLError('Something went wrong here.', {
    ...at,
    extensions: { code: 'service/bug' },
  })
}

/** PostgreSQL's `query_canceled`. */
const CANCELED = '57014'

function fromDatabase(cause: Error | undefined): Error | undefined {
  if ((cause as { code?: unknown } | undefined)?.code !== CANCELED) return cause
  const sentence = `The database looked for more than ${PATIENCE_MS / 1_000} s.`
  return new AppError('request/too-dear', sentence, { patienceMs: PATIENCE_MS }, cause)
}

function wrapped(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  return new GraphQLError(cause.message, { originalError: cause })
}

/** Lets so many work at once. */
function turns(most: number) {
  let working = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (working >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else working++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else working--
    }
  }
}
