/**
 * Follow: every log once, in order, through reorgs and restarts.
 *
 * The cursor and what the caller derives from logs are written in one transaction. When the chain
 * no longer has the block under the cursor, the caller forgets everything above the last common
 * block, and following goes on from there. No block is skipped: a range is applied only when it
 * starts right after the cursor and its last block is still the same after its logs were read.
 *
 * An endpoint may be several nodes of which some lag. A node that does not have our newest block yet
 * is waited for, not believed; and logs are asked for together with the block they end at, in one
 * request, since a node without that block answers with fewer logs instead of an error.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import {
  type AbiEvent,
  type Address,
  BlockNotFoundError,
  type Log as ChainLog,
  type Hex,
} from 'viem'
import type { Clock } from '../clock.ts'
import { migrate } from '../db/migrate.ts'
import type { Log } from '../log.ts'
import { type Loop, startLoop } from '../loop.ts'
import { type ChainClient, reading } from './client.ts'

export type Head = Readonly<{ number: bigint; hash: Hex; timestamp: bigint }>
/** A log in a block, with that block's time in Unix seconds. */
export type MinedLog = ChainLog<bigint, number, false> & Readonly<{ blockTimestamp: bigint }>

export type FollowOptions<T> = Readonly<{
  /** Names the cursor: several followers may share a database. */
  name: string
  db: Kysely<T>
  client: ChainClient
  /** Whose logs. */
  addresses: readonly Address[]
  /** An event to read from whatever contract emits it, known or not. */
  anywhere?: AbiEvent
  /** First block to read. */
  from: bigint
  /** Reads what `apply` will need besides the logs, while no transaction holds the database. */
  prepare?(logs: readonly MinedLog[], head: Head): Promise<void>
  /** Writes what follows from these logs, which end at `head` and start after the last call's. */
  apply(tx: Transaction<T>, logs: readonly MinedLog[], head: Head): Promise<void>
  /** Forgets what came from blocks above `block`. */
  rewind(tx: Transaction<T>, block: bigint): Promise<void>
  /** Told after each step that moved the cursor. */
  moved?(head: Head): void
  /** Told whenever everything up to the chain's newest block is applied, moved or not. */
  reached?(head: Head): void
  everyMs?: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

const RANGE = 1_000n
/** How many cursors are kept: how deep a reorg may be before all is read again. */
const KEPT = 256n

/** Starts following. The loop's `done` rejects when following is impossible. */
export async function follow<T>(options: FollowOptions<T>): Promise<Loop> {
  const { name, db, everyMs = 250, clock, log, signal } = options
  await openPlaces(db)
  const step = () => advance(options)
  return startLoop(step, { name: `follow.${name}`, everyMs, clock, log, signal })
}

/** Makes the table where followers keep their place; `advance` needs it. */
export function openPlaces<T>(db: Kysely<T>): Promise<void> {
  return migrate(db, 'follow', new URL('./migrations/', import.meta.url))
}

/** One step to the chain's head; exported so that tests and rebuilds can drive it. */
export async function advance<T>(options: FollowOptions<T>): Promise<void> {
  const { client, log, name } = options
  const head = await reading(client.getBlock({ blockTag: 'latest' }))
  const common = await backToCommon(options, head.number)
  if (!common) {
    log.debug('follow.lagging', { follower: name, at: head.number })
    return
  }
  let cursor = common
  while (cursor.number < head.number) {
    const to = cursor.number + strideOf(head.number - cursor.number)
    const next = await readRange(options, cursor, to)
    if (!next) {
      log.debug('follow.unsettled', { follower: name, at: to })
      return // the chain moved while we read; the next step sees it as it is then
    }
    await options.prepare?.(next.logs, next.head)
    await options.db.transaction().execute(async (tx) => {
      await options.apply(tx, next.logs, next.head)
      await keepCursor(tx, name, next.head)
    })
    cursor = next.head
    options.moved?.(next.head)
  }
  const { number, hash, timestamp } = head
  options.reached?.({ number, hash, timestamp })
}

type Cursor = Readonly<{ number: bigint; hash: Hex | undefined }>

/**
 * The newest applied block that the chain still has, after taking back what it has not. Undefined
 * when the chain agrees as far as it goes, but ends below what we applied.
 */
async function backToCommon<T>(
  options: FollowOptions<T>,
  head: bigint,
): Promise<Cursor | undefined> {
  const { db, name, from, client, log } = options
  const kept = await cursors(db, name)
  const comparable = kept.filter(({ number }) => number <= head)
  for (const cursor of comparable) {
    const block = await blockAt(client, cursor.number)
    if (!block) return undefined
    if (block.hash !== cursor.hash) continue
    if (cursor === kept[0]) return cursor
    if (cursor === comparable[0]) return undefined
    await takeBack(options, cursor.number)
    return cursor
  }
  if (kept.length > 0) await takeBack(options, from - 1n)
  else log.info('follow.started', { follower: name, from })
  return { number: from - 1n, hash: undefined }
}

type Block = Head & Readonly<{ parentHash: Hex }>

/** Undefined when there is no such block; an endpoint that fails to answer has said nothing. */
async function blockAt(client: ChainClient, blockNumber: bigint): Promise<Block | undefined> {
  const missing = (error: unknown) => {
    if (error instanceof BlockNotFoundError) return undefined
    throw error
  }
  const block = await reading(client.getBlock({ blockNumber }).catch(missing))
  return block as Block | undefined // a mined block has a number and a hash
}

async function takeBack<T>({ db, name, log, rewind }: FollowOptions<T>, to: bigint) {
  log.warn('follow.rewound', { follower: name, to })
  await db.transaction().execute(async (tx) => {
    await rewind(tx, to)
    await sql`delete from followed_blocks where follower = ${name} and number > ${to}`.execute(tx)
  })
}

async function readRange<T>(options: FollowOptions<T>, after: Cursor, to: bigint) {
  const { client, addresses, anywhere } = options
  const fromBlock = after.number + 1n
  const [first, last] = await Promise.all([blockAt(client, fromBlock), blockAt(client, to)])
  if (!first || !last) return undefined
  if (after.hash && first.parentHash !== after.hash) return undefined
  const [known, others, beside] = await Promise.all([
    reading(client.getLogs({ address: [...addresses], fromBlock, toBlock: to })),
    anywhere ? reading(client.getLogs({ event: anywhere, fromBlock, toBlock: to })) : [],
    blockAt(client, to),
  ])
  const logs = [...known, ...others]
  const again = await blockAt(client, to)
  if (beside?.hash !== last.hash || again?.hash !== last.hash) return undefined
  const dated = await withTime(client, logs)
  if (!dated) return undefined
  const ordered = dated.toSorted((a, b) => order(a, b))
  const head = { number: to, hash: last.hash, timestamp: last.timestamp }
  return { logs: ordered, head }
}

/**
 * How many of the `missing` blocks to apply at once: many while they are deep, then half of what is
 * left, so that a reorg soon after finds a cursor not far below.
 */
function strideOf(missing: bigint): bigint {
  return missing > KEPT ? min(RANGE, missing - KEPT) : (missing + 1n) / 2n
}

/** Nodes that do not date their logs are asked for the blocks; `undefined` when one was replaced. */
async function withTime(
  client: ChainClient,
  logs: readonly ChainLog<bigint, number, false>[],
): Promise<MinedLog[] | undefined> {
  const undated = logs.filter(({ blockTimestamp }) => typeof blockTimestamp !== 'bigint')
  const numbers = [...new Set(undated.map(({ blockNumber }) => blockNumber))]
  const blocks = await Promise.all(numbers.map((number) => blockAt(client, number)))
  const times = new Map(blocks.map((block) => [block?.hash, block?.timestamp] as const))
  const dated = logs.map((log) => {
    const blockTimestamp = log.blockTimestamp ?? times.get(log.blockHash)
    return blockTimestamp === undefined ? undefined : { ...log, blockTimestamp }
  })
  return dated.some((log) => log === undefined)
    ? undefined
    : dated.filter((log) => log !== undefined)
}

const order = (a: MinedLog, b: MinedLog) =>
  a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : Number(a.blockNumber - b.blockNumber)

async function cursors<T>(db: Kysely<T>, name: string): Promise<(Cursor & { hash: Hex })[]> {
  const { rows } = await sql<{ number: string; hash: Hex }>`
    select number::text, hash from followed_blocks where follower = ${name} order by followed_blocks.number desc`.execute(
    db,
  )
  return rows.map(({ number, hash }) => ({ number: BigInt(number), hash }))
}

async function keepCursor<T>(tx: Transaction<T>, name: string, { number, hash }: Head) {
  await sql`insert into followed_blocks (follower, number, hash) values (${name}, ${number}, ${hash})`.execute(
    tx,
  )
  await sql`delete from followed_blocks where follower = ${name} and number <= ${number - KEPT}`.execute(
    tx,
  )
}

const min = (a: bigint, b: bigint) => (a < b ? a : b)
