/** The wire on one side, the pool on the other: translate, decide nothing. */
import type { Handlers, schedulerApi } from '@traboule/protocol/api'
import type { Clock, Log } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import type { z } from 'zod'
import type { Matchmaker } from './ads/matchmaker.ts'
import type { Tables } from './db/schema.ts'
import type { Metrics } from './metrics.ts'
import type { Board } from './tasks/board.ts'
import type { Logs } from './tasks/logs.ts'
import { show, termsOf } from './tasks/show.ts'
import { type Desk, type Grant, latestMs } from './workers/desk.ts'
import { type Leases, over } from './workers/leases.ts'

export type RoutesOptions = Readonly<{
  pool: z.input<typeof schedulerApi.pool.returns>
  db: Kysely<Tables>
  board: Board
  leases: Leases
  desk: Desk
  matchmaker: Matchmaker
  logs: Logs
  metrics: Pick<Metrics, 'lease'>
  clock: Clock
  log: Log
}>

/** Milliseconds until a worker should ask again: soon while there are tasks. */
const SOON_MS = 250
const LATER_MS = 1_000

export function routes(options: RoutesOptions): Handlers<typeof schedulerApi> {
  const { pool, db, board, leases, desk, matchmaker, logs, metrics, clock, log } = options
  return {
    pool: async () => pool,
    info: async () => pool,

    async ask({ caller: worker, body }) {
      const grants = await desk.ask({ worker, ...body })
      const busy = board.all()[Symbol.iterator]().next().done !== true
      return {
        leases: grants.map((grant) => toWire(grant, clock.now())),
        askAgainInMs: busy ? SOON_MS : LATER_MS,
      }
    },

    async renew({ caller: worker, params, body }) {
      const { leaseId } = params
      const known = leases.find(leaseId)
      const task = known && board.find(known.taskId)
      if (known?.worker === worker && task && task.progress.status !== 'active') throw over(leaseId)
      const latest = known && task ? latestMs(known, task) : clock.now()
      const { expiresAt } = await leases.renew({ leaseId, worker }, body, latest)
      return { expiresInMs: Math.max(0, expiresAt - clock.now()) }
    },

    async keepLogs({ caller: worker, params: { leaseId }, body }) {
      await logs.keep({ leaseId, worker }, body)
      return undefined
    },

    async release({ caller: worker, params: { leaseId }, query: { code, message } }) {
      const { taskId } = await leases.release({ leaseId, worker }, { code, message })
      metrics.lease('released')
      log.info('lease.released', { taskId, worker, leaseId, code, message })
    },

    task: ({ params }) => show(db, params.taskId),

    async explain({ params: { taskId } }) {
      return { taskId, ...matchmaker.explain(await termsOf(db, taskId)) }
    },
  }
}

function toWire({ lease, task, enclaveChallenge, signature }: Grant, nowMs: number) {
  return {
    leaseId: lease.leaseId,
    taskId: lease.taskId,
    dealId: task.terms.dealId,
    index: String(task.index),
    authorization: { enclaveChallenge, signature },
    expiresInMs: Math.max(0, lease.expiresAt - nowMs),
  }
}
