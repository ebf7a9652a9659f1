/** Show: who works on a task, for whoever watches. */
import { AppError } from '@traboule/protocol'
import type { Kysely } from 'kysely'
import type { Hex } from 'viem'
import type { Tables } from '../db/schema.ts'
import * as Terms from '../deals/terms.ts'
import type { Lease } from '../workers/lease.ts'
import { leasesOf } from '../workers/leaseRows.ts'
import { eventsOf } from './observe.ts'
import { sum } from './progress.ts'

/** A task and everybody who was ever asked to work on it. Throws `task/unknown`. */
export async function show(db: Kysely<Tables>, taskId: Hex) {
  const row = await db
    .selectFrom('pool_tasks')
    .select('deal_id')
    .where('task_id', '=', taskId)
    .executeTakeFirst()
  if (!row) throw unknown(taskId)
  const [events, leases, ballots] = await Promise.all([
    eventsOf(db, [taskId]),
    leasesOf(db, [taskId]),
    db.selectFrom('pool_ballots').select('worker').where('task_id', '=', taskId).execute(),
  ])
  const { status } = sum(events.get(taskId) ?? [])
  const said = events.get(taskId) ?? []
  const onChain = said.filter(({ kind }) => kind === 'contributed')
  const voted = new Set([...onChain, ...ballots].map(({ worker }) => worker))
  return {
    taskId,
    dealId: row.deal_id,
    status,
    leases: leases.map((lease) => shown(lease, voted.has(lease.worker))),
  }
}

/** What the deal of a task says. Throws `task/unknown`. */
export async function termsOf(db: Kysely<Tables>, taskId: Hex): Promise<Terms.Terms> {
  const row = await db
    .selectFrom('pool_tasks')
    .innerJoin('pool_deals', 'pool_deals.deal_id', 'pool_tasks.deal_id')
    .select('terms')
    .where('task_id', '=', taskId)
    .executeTakeFirst()
  if (!row) throw unknown(taskId)
  return Terms.parse(row.terms)
}

const unknown = (taskId: Hex) =>
  new AppError('task/unknown', `This pool has no task ${taskId}.`, { taskId })

function shown({ worker, state, phase, percent, failure }: Lease, voted: boolean) {
  return {
    worker,
    state: voted ? ('contributed' as const) : state,
    phase: phase ?? null,
    percent: percent ?? null,
    failure: voted || !failure ? null : failure,
  }
}
