/** Logs: what programs printed, as their workers tell it. */
import { AppError } from '@traboule/protocol'
import type { Clock } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Tables } from '../db/schema.ts'
import { leaseBy } from '../workers/leaseRows.ts'
import { type Claim, unknown } from '../workers/leases.ts'

export type Printed = Readonly<{ stdout: string; stderr: string; exitCode?: number | undefined }>
export type Log = Readonly<{
  worker: Address
  stdout: string
  stderr: string
  exitCode: number | undefined
}>

export type Logs = Readonly<{
  /** Keeps what a lease's holder saw printed, instead of what it saw before. Throws `lease/unknown`. */
  keep(claim: Claim, printed: Printed): Promise<void>
  of(taskId: Hex): Promise<readonly Log[]>
}>

export type LogsOptions = Readonly<{
  db: Kysely<Tables>
  workerpool: Address
  clock: Clock
  /** Milliseconds for which logs are kept. */
  keepMs: number
}>

export function openLogs({ db, workerpool, clock, keepMs }: LogsOptions): Logs {
  return {
    async keep(claim, { stdout, stderr, exitCode = null as number | null }) {
      const lease = await leaseBy(db, claim)
      if (!lease) throw unknown(claim.leaseId)
      const { taskId: task_id, worker } = lease
      const now = clock.now()
      const said = { stdout: storable(stdout), stderr: storable(stderr), exit_code: exitCode }
      const row = { ...said, kept_until: now + keepMs }
      await db.deleteFrom('pool_logs').where('kept_until', '<', now).execute()
      await db
        .insertInto('pool_logs')
        .values({ workerpool, task_id, worker, ...row })
        .onConflict((same) => same.columns(['task_id', 'worker']).doUpdateSet(row))
        .execute()
    },
    async of(taskId) {
      const rows = await db
        .selectFrom('pool_logs')
        .select(['worker', 'stdout', 'stderr', 'exit_code'])
        .where('task_id', '=', taskId)
        .where('kept_until', '>=', clock.now())
        .orderBy('worker')
        .execute()
      return rows.map(({ exit_code, ...row }) => ({ ...row, exitCode: exit_code ?? undefined }))
    },
  }
}

/** PostgreSQL keeps every character of a text but this one. */
const storable = (text: string) => text.replaceAll('\0', '\ufffd')

export const noLogs = (taskId: Hex) =>
  new AppError('task/no-logs', `Nobody told what task ${taskId} printed.`, { taskId })
