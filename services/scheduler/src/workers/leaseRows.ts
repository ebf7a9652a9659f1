/** Lease rows: every change is guarded by what the row must be, so that none comes too late. */
import type { Kysely, Selectable, Updateable } from 'kysely'
import type { Address, Hex } from 'viem'
import { inChunks } from '../db/chunks.ts'
import type { Tables } from '../db/schema.ts'
import type { Lease } from './lease.ts'

type Table = Tables['pool_leases']

/** Which held leases to change. */
export type Where = Readonly<{
  leaseId?: string
  worker?: Address
  workers?: readonly Address[]
  taskIds?: readonly Hex[]
  /** Only those that end after this moment, or until it; milliseconds since 1970. */
  endingAfter?: number
  endingBy?: number
}>

/** Changes held leases of a pool; returns them as they are now. */
export async function changeHeld(
  db: Kysely<Tables>,
  workerpool: Address,
  where: Where,
  change: Updateable<Table>,
): Promise<Lease[]> {
  const { leaseId, worker, workers, taskIds, endingAfter, endingBy } = where
  let query = db
    .updateTable('pool_leases')
    .set(change)
    .where('workerpool', '=', workerpool)
    .where('state', '=', 'held')
  if (leaseId !== undefined) query = query.where('lease_id', '=', leaseId)
  if (worker !== undefined) query = query.where('worker', '=', worker)
  if (workers !== undefined) query = query.where('worker', 'in', workers)
  if (taskIds !== undefined) query = query.where('task_id', 'in', taskIds)
  if (endingAfter !== undefined) query = query.where('expires_at', '>', endingAfter)
  if (endingBy !== undefined) query = query.where('expires_at', '<=', endingBy)
  return (await query.returningAll().execute()).map(fromRow)
}

/** Writes a lease. Throws when this worker already holds one on this task. */
export async function insert(db: Kysely<Tables>, workerpool: Address, lease: Lease): Promise<void> {
  const { leaseId, taskId, worker, state, weight, grantedAt, expiresAt } = lease
  const ids = { lease_id: leaseId, task_id: taskId, workerpool, worker }
  const times = { granted_at: grantedAt, expires_at: expiresAt }
  await db
    .insertInto('pool_leases')
    .values({ ...ids, ...times, state, weight })
    .execute()
}

/** Every lease ever given on these tasks, oldest first. */
export async function leasesOf(db: Kysely<Tables>, taskIds: readonly Hex[]): Promise<Lease[]> {
  const rows = await inChunks(taskIds, (ids) =>
    db
      .selectFrom('pool_leases')
      .selectAll()
      .where('task_id', 'in', ids)
      .orderBy('granted_at')
      .execute(),
  )
  return rows.map(fromRow)
}

/** A lease of this worker, whatever its state. */
export async function leaseBy(
  db: Kysely<Tables>,
  { leaseId, worker }: Readonly<{ leaseId: string; worker: Address }>,
): Promise<Lease | undefined> {
  const row = await db
    .selectFrom('pool_leases')
    .selectAll()
    .where('lease_id', '=', leaseId)
    .where('worker', '=', worker)
    .executeTakeFirst()
  return row && fromRow(row)
}

function fromRow(row: Selectable<Table>): Lease {
  const { failure_code: code, failure_message: message } = row
  return {
    leaseId: row.lease_id,
    taskId: row.task_id,
    worker: row.worker,
    state: row.state,
    weight: BigInt(row.weight),
    grantedAt: Number(row.granted_at),
    expiresAt: Number(row.expires_at),
    endedAt: row.ended_at === null ? undefined : Number(row.ended_at),
    phase: row.phase ?? undefined,
    percent: row.percent ?? undefined,
    failure: code === null ? undefined : { code, message: message ?? '' },
  }
}
