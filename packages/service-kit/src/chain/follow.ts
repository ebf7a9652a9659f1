/**
 * Follow: every log once, in order, through reorgs and restarts.
 *
 * The cursor and what the caller derives from logs are written in one transaction. When the chain
 * no longer has the block under the cursor, the caller forgets everything above the last common
 * block, and following goes on from there. No block is skipped: a range is applied only when it
 * starts right after the cursor and its last block is still the same after its logs were read.
 *
 * An endpoint may be several nodes of which some lag. A node that does not have our newest block yet
 * is waited for, not believed. A node that refuses to tell of many blocks is asked about fewer.
 */
import { AppError } from '@traboule/protocol'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import { migrate } from '../db/migrate.ts'
import type { Log } from '../log.ts'
import { type Loop, startLoop } from '../loop.ts'
import { reading } from './client.ts'
import { blockAt, type Cursor, type Head, type MinedLog, readRange, type Sources } from './range.ts'
import { openReach, type Reach, refused } from './reach.ts'

export type { Head, MinedLog }

export type FollowOptions<T> = Sources &
  Readonly<{
    /** Names the cursor: several followers may share a database. */
    name: string
    db: Kysely<T>
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

/** How many cursors are kept: how deep a reorg may be before all is read again. */
const KEPT = 256n

/** Starts following. The loop's `done` rejects when following is impossible. */
export async function follow<T>(options: FollowOptions<T>): Promise<Loop> {
  const { name, db, everyMs = 250, clock, log, signal } = options
  await openPlaces(db)
  const reach = openReach()
  const step = () => advance(options, reach)
  return startLoop(step, { name: `follow.${name}`, everyMs, clock, log, signal })
}

/** Makes the table where followers keep their place; `advance` needs it. */
export function openPlaces<T>(db: Kysely<T>): Promise<void> {
  return migrate(db, 'follow', new URL('./migrations/', import.meta.url))
}

/** One step to the chain's head; exported so that tests and rebuilds can drive it. */
export async function advance<T>(options: FollowOptions<T>, reach = openReach()): Promise<void> {
  const { client, log, name } = options
  const head = await reading(client.getBlock({ blockTag: 'latest' }))
  const common = await backToCommon(options, head.number)
  if (!common) {
    log.debug('follow.lagging', { follower: name, at: head.number })
    return
  }
  let cursor = common
  while (cursor.number < head.number) {
    const next = await readNext(options, { cursor, missing: head.number - cursor.number, reach })
    if (next === 'less') continue
    if (!next) {
      log.debug('follow.unsettled', { follower: name, at: cursor.number })
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

type Next = Readonly<{ cursor: Cursor; missing: bigint; reach: Reach }>

/** What comes after the cursor, or that less must be asked for. */
async function readNext<T>(options: FollowOptions<T>, { cursor, missing, reach }: Next) {
  const blocks = min(strideOf(missing), reach.most())
  try {
    const next = await readRange(options, cursor, cursor.number + blocks)
    if (next) reach.grew(blocks)
    return next
  } catch (error) {
    const why = refused(error)
    if (why) reach.shrank(blocks)
    if (why !== 'too long') throw error // who is slow is given time, too
    if (blocks === 1n) throw endless(cursor.number + 1n, error)
    options.log.info('follow.narrowed', { follower: options.name, blocks: reach.most() })
    return 'less'
  }
}

const endless = (block: bigint, cause: unknown) =>
  new AppError(
    'chain/answer-too-long',
    `The node does not give the logs of block ${block}: there are too many.`,
    { block },
    cause,
  )

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

async function takeBack<T>({ db, name, log, rewind }: FollowOptions<T>, to: bigint) {
  log.warn('follow.rewound', { follower: name, to })
  await db.transaction().execute(async (tx) => {
    await rewind(tx, to)
    await sql`delete from followed_blocks where follower = ${name} and number > ${to}`.execute(tx)
  })
}

/**
 * How many of the `missing` blocks to apply at once: many while they are deep, then half of what is
 * left, so that a reorg soon after finds a cursor not far below.
 */
function strideOf(missing: bigint): bigint {
  return missing > KEPT ? missing - KEPT : (missing + 1n) / 2n
}

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
