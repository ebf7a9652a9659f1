/**
 * Feedback: a task's story in the words of the ecosystem's clients.
 *
 * Their statuses are steps of another scheduler; each of ours is told as the nearest of theirs.
 */
import { AppError, Enclave } from '@traboule/protocol'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Kind, Tables } from '../db/schema.ts'
import * as Terms from '../deals/terms.ts'
import type { Lease } from '../workers/lease.ts'
import { leasesOf } from '../workers/leaseRows.ts'
import type { Log } from './logs.ts'
import { eventsOf } from './observe.ts'
import type { Event } from './progress.ts'

type Change = { status: string; date: string; cause?: string }

const taskStatuses: Partial<Record<Kind, string>> = {
  initialized: 'INITIALIZED',
  contributed: 'RUNNING',
  agreed: 'CONSENSUS_REACHED',
  revealed: 'AT_LEAST_ONE_REVEALED',
  reopened: 'RUNNING',
  finalized: 'COMPLETED',
  claimed: 'FAILED',
}

const phaseStatuses = {
  fetching: 'APP_DOWNLOADING',
  running: 'COMPUTING',
  contributing: 'CONTRIBUTING',
} as const

/** Throws `task/unknown`. */
export async function feedback(db: Kysely<Tables>, taskId: Hex, logs: readonly Log[]) {
  const { terms, index } = await find(db, taskId)
  const [all, leases] = await Promise.all([eventsOf(db, [taskId]), leasesOf(db, [taskId])])
  const events = all.get(taskId) ?? []
  const story = storyOf(terms, events, leases)
  return {
    chainTaskId: taskId,
    chainDealId: terms.dealId,
    taskIndex: index,
    tag: terms.tag,
    ...(Enclave.required(terms.tag) && { tee: Enclave.SIMULATED }),
    trust: Number(terms.trust),
    currentStatus: story.at(-1)?.status ?? 'RECEIVED',
    dateStatusList: story,
    replicates: [...Map.groupBy(leases, ({ worker }) => worker)].map(([worker, theirs]) => {
      const exitCode = logs.find((log) => log.worker === worker)?.exitCode
      return { ...replicate(worker, theirs, events), appExitCode: exitCode }
    }),
  }
}

/** The task's row and its deal's terms. Throws `task/unknown`. */
async function find(db: Kysely<Tables>, taskId: Hex) {
  const row = await db
    .selectFrom('pool_tasks')
    .innerJoin('pool_deals', 'pool_deals.deal_id', 'pool_tasks.deal_id')
    .select(['pool_tasks.task_index', 'pool_deals.terms'])
    .where('task_id', '=', taskId)
    .executeTakeFirst()
  if (!row) throw new AppError('task/unknown', `This pool has no task ${taskId}.`, { taskId })
  return { terms: Terms.parse(row.terms), index: Number(row.task_index) }
}

/** What happened to the task itself; a status that lasts is told once. */
function storyOf(terms: Terms.Terms, events: readonly Event[], leases: readonly Lease[]): Change[] {
  const [first] = leases
  const told = events.flatMap(({ kind, at }): Change[] => {
    const status = taskStatuses[kind]
    return status === undefined ? [] : [{ status, date: dateOf(at) }]
  })
  const running = first ? [{ status: 'RUNNING', date: iso(first.grantedAt) }] : []
  const [initialized, ...rest] = told
  const before = initialized ? [initialized] : []
  const received = { status: 'RECEIVED', date: dateOf(terms.startTime) }
  return lasting([received, ...before, ...running, ...rest])
}

function replicate(worker: Address, leases: readonly Lease[], events: readonly Event[]) {
  const own = leases.flatMap(told)
  const chain = events.flatMap((event): Change[] => {
    if (event.worker !== worker) return []
    const date = dateOf(event.at)
    if (event.kind === 'contributed') return [{ status: 'CONTRIBUTED', date }]
    return event.kind === 'revealed' ? [{ status: 'REVEALED', date }] : []
  })
  const finalized = events.find(({ kind }) => kind === 'finalized')
  const revealed = chain.some(({ status }) => status === 'REVEALED')
  const end = finalized && revealed ? [{ status: 'COMPLETED', date: dateOf(finalized.at) }] : []
  // What a lease came to no longer matters once the chain has the contribution.
  const before = chain.length > 0 ? own.filter(({ status }) => status === 'STARTED') : own
  const list = lasting([...before, ...chain, ...end])
  return {
    walletAddress: worker,
    currentStatus: list.at(-1)?.status ?? 'CREATED',
    statusUpdateList: list,
  }
}

function told({ state, phase, failure, grantedAt, expiresAt, endedAt }: Lease): Change[] {
  const start = { status: 'STARTED', date: iso(grantedAt) }
  const end = iso(endedAt ?? expiresAt)
  if (state === 'expired') return [start, { status: 'WORKER_LOST', date: end }]
  if (state === 'released') {
    if (!failure) return [start, { status: 'CONTRIBUTING', date: end }] // it handed in its vote
    const cause = { cause: `${failure.code}: ${failure.message}` }
    return [start, { status: 'ABORTED', date: end, ...cause }]
  }
  return phase ? [start, { status: phaseStatuses[phase], date: iso(grantedAt) }] : [start]
}

const lasting = (changes: readonly Change[]) =>
  changes.filter(({ status }, n) => status !== changes[n - 1]?.status)

const iso = (ms: number) => new Date(ms).toISOString()
const dateOf = (seconds: bigint) => iso(Number(seconds) * 1000)
