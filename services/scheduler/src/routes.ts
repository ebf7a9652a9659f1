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
import type { Receipts } from './tasks/receipt.ts'
import { show, termsOf } from './tasks/show.ts'
import type { BallotBox } from './workers/ballotBox.ts'
import { type Desk, type Grant, latestMs } from './workers/desk.ts'
import { type Leases, over } from './workers/leases.ts'

export type RoutesOptions = Readonly<{
  pool: z.input<typeof schedulerApi.pool.returns>
  db: Kysely<Tables>
  board: Board
  leases: Leases
  desk: Desk
  box: BallotBox
  matchmaker: Matchmaker
  logs: Logs
  receipts: Receipts
  metrics: Pick<Metrics, 'lease'>
  clock: Clock
  log: Log
}>

/** Milliseconds until a worker should ask again: soon while there are tasks. */
const SOON_MS = 250
const LATER_MS = 1_000

export function routes(options: RoutesOptions): Handlers<typeof schedulerApi> {
  const { pool, db, board, leases, desk, box, matchmaker, logs, receipts, metrics, clock, log } =
    options
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

    async ballot({ caller: worker, params: { leaseId }, body }) {
      await box.take({ leaseId, worker }, body)
      return undefined
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

    receipt: ({ params: { taskId } }) => receipts.of(taskId),

    task: ({ params }) => show(db, params.taskId),

    async explain({ params: { taskId } }) {
      return { taskId, ...matchmaker.explain(await termsOf(db, taskId)) }
    },
  }
}

function toWire({ lease, task, authorization }: Grant, nowMs: number) {
  return {
    leaseId: lease.leaseId,
    taskId: lease.taskId,
    dealId: task.terms.dealId,
    index: String(task.index),
    ...(authorization && { authorization }),
    expiresInMs: Math.max(0, lease.expiresAt - nowMs),
  }
}
