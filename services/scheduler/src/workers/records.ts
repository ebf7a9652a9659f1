/**
 * Records: what the pool knows of its workers by checking them. Rows are the truth; the counts are
 * kept at hand.
 */

import { AppError } from '@traboule/protocol'
import { doubtOf, type Lesson, type Policy } from '@traboule/protocol/credibility'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Tables } from '../db/schema.ts'

export type Records = Readonly<{
  policy: Policy
  /** Checks that the worker passed lately. */
  checksOf(worker: Address): number
  /** How likely its word alone is wrong. */
  doubtOf(worker: Address): number
  /** Whether it failed a check: it gets no more work, and its word counts for nothing. */
  isBarred(worker: Address): boolean
  /** Keeps what a decided task told; telling it twice changes nothing. Returns the newly barred. */
  learn(taskId: Hex, lesson: Lesson): Promise<readonly Address[]>
}>

export type RecordsOptions = Readonly<{
  db: Kysely<Tables>
  workerpool: Address
  policy: Policy
  clock: Readonly<{ now(): number }>
}>

/** How long a passed check tells something: hosts change, and their errors with them. */
const LATELY_MS = 30 * 86_400_000

/** Opens the records with every check that the rows know. */
export async function openRecords(options: RecordsOptions): Promise<Records> {
  const { db, workerpool, policy, clock } = options
  const passed = new Map<Address, number[]>()
  const barred = new Set<Address>()

  const take = (worker: Address, at: number, isPassed: boolean) => {
    if (isPassed) passed.set(worker, [...(passed.get(worker) ?? []), at])
    else barred.add(worker)
  }
  const rows = await db
    .selectFrom('pool_checks')
    .select(['worker', 'passed', 'at'])
    .where('workerpool', '=', workerpool)
    .execute()
  for (const row of rows) take(row.worker, Number(row.at), row.passed)

  const checksOf = (worker: Address): number => {
    const since = clock.now() - LATELY_MS
    const all = passed.get(worker) ?? []
    const first = all.findIndex((at) => at >= since)
    if (first > 0) passed.set(worker, all.slice(first))
    return first < 0 ? 0 : all.length - first
  }

  return {
    policy,
    checksOf,
    doubtOf: (worker) => doubtOf(checksOf(worker), policy),
    isBarred: (worker) => barred.has(worker),

    async learn(taskId, lesson) {
      const at = clock.now()
      const facts = [
        ...lesson.passed.map((worker) => ({ worker: worker as Address, passed: true })), // voters are
        ...lesson.failed.map((worker) => ({ worker: worker as Address, passed: false })),
      ]
      if (facts.length === 0) return []
      const fresh = await db
        .insertInto('pool_checks')
        .values(facts.map((fact) => ({ ...fact, workerpool, task_id: taskId, at })))
        .onConflict((same) => same.columns(['workerpool', 'worker', 'task_id']).doNothing())
        .returning(['worker', 'passed'])
        .execute()
      const before = new Set(barred)
      for (const row of fresh) take(row.worker, at, row.passed)
      return fresh.flatMap(({ worker }) =>
        barred.has(worker) && !before.has(worker) ? [worker] : [],
      )
    },
  }
}

/** Throws `worker/distrusted` for one that contradicted what others agreed on, or failed a check. */
export async function refuseDistrusted(
  { db, workerpool, records }: Pick<RecordsOptions, 'db' | 'workerpool'> & { records: Records },
  worker: Address,
): Promise<void> {
  if (records.isBarred(worker)) {
    const sentence = `${worker} gave another result than is known to be right.`
    throw new AppError('worker/distrusted', sentence, { worker })
  }
  const conflict = await db
    .selectFrom('pool_conflicts')
    .select('task_id')
    .where('workerpool', '=', workerpool)
    .where('worker', '=', worker)
    .executeTakeFirst()
  if (!conflict) return
  const sentence = `${worker} contradicted the result that others agreed on.`
  throw new AppError('worker/distrusted', sentence, { worker, taskId: conflict.task_id })
}
