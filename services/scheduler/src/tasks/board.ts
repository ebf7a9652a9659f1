/**
 * Board: every open task of the pool at hand, so that deciding costs no query.
 *
 * A cache of rows: `refresh` makes it true again, from any state.
 */
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import { inChunks } from '../db/chunks.ts'
import type { Tables } from '../db/schema.ts'
import * as Terms from '../deals/terms.ts'
import type { Leases } from '../workers/leases.ts'
import type { Ballots } from './ballots.ts'
import { eventsOf } from './observe.ts'
import { type Progress, sum } from './progress.ts'

/** A task that is neither completed nor failed. */
export type Open = Readonly<{
  taskId: Hex
  index: bigint
  terms: Terms.Terms
  progress: Progress
}>

export type Board = Readonly<{
  /** Open tasks in the order of their deals. */
  all(): Iterable<Open>
  find(taskId: Hex): Open | undefined
  /** Reads these tasks again. */
  refresh(taskIds: readonly Hex[]): Promise<void>
}>

/** Opens the board with every open task that the rows know. */
export async function openBoard(
  db: Kysely<Tables>,
  workerpool: Address,
  { leases, ballots }: Readonly<{ leases: Leases; ballots: Ballots }>,
): Promise<Board> {
  const open = new Map<Hex, Open>()
  const termsRead = new Map<string, Terms.Terms>()

  async function refresh(taskIds: readonly Hex[]): Promise<void> {
    const events = await eventsOf(db, taskIds)
    const rows = await inChunks(taskIds, (ids) => rowsOf(db, ids))
    const fresh = new Map(
      rows.map((row) => {
        const terms = termsOf(row, termsRead)
        const progress = sum(events.get(row.task_id) ?? [])
        return [
          row.task_id,
          { taskId: row.task_id, index: BigInt(row.task_index), terms, progress },
        ]
      }),
    )
    const isOpen = (id: Hex) => !isOver(fresh.get(id)?.progress)
    const news = taskIds.filter((id) => isOpen(id) && !open.has(id))
    const gone = taskIds.filter((id) => !isOpen(id) && open.has(id))
    await leases.load(news)
    await ballots.load(news)
    for (const [id, task] of fresh) if (!isOver(task.progress)) open.set(id, task)
    for (const id of gone) open.delete(id)
    // A task that vanished in a reorg may be back with the next block: its leases stay.
    const over = gone.filter((id) => fresh.has(id))
    await leases.settle(over)
    ballots.settle(over)
  }

  await refresh(await openIds(db, workerpool))
  return { all: () => open.values(), find: (taskId) => open.get(taskId), refresh }
}

/** Whether nothing more can happen; a task whose deal vanished has no progress. */
function isOver(progress: Progress | undefined): boolean {
  return !progress || progress.status === 'completed' || progress.status === 'failed'
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number]

function rowsOf(db: Kysely<Tables>, ids: readonly Hex[]) {
  return db
    .selectFrom('pool_tasks')
    .innerJoin('pool_deals', 'pool_deals.deal_id', 'pool_tasks.deal_id')
    .select(['task_id', 'task_index', 'pool_deals.deal_id', 'block_hash', 'terms'])
    .where('task_id', 'in', ids)
    .orderBy('pool_deals.block')
    .orderBy('pool_deals.deal_id')
    .orderBy('task_index')
    .execute()
}

/** A deal has many tasks and one text: it is parsed once for each block that announced it. */
function termsOf({ deal_id, block_hash, terms }: Row, read: Map<string, Terms.Terms>) {
  const key = `${deal_id} ${block_hash}`
  const known = read.get(key) ?? Terms.parse(terms)
  read.set(key, known)
  return known
}

async function openIds(db: Kysely<Tables>, workerpool: Address): Promise<Hex[]> {
  const rows = await db
    .selectFrom('pool_tasks')
    .select('task_id')
    .where('workerpool', '=', workerpool)
    .where('status', 'not in', ['completed', 'failed'])
    .execute()
  return rows.map(({ task_id }) => task_id)
}
