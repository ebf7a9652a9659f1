/** Receipt: how surely a task’s result is right, and what that rests on. */
import type { Receipt } from '@traboule/protocol/api'
import { judge } from '@traboule/protocol/credibility'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Offer } from '../ads/matchmaker.ts'
import type { Tables } from '../db/schema.ts'
import type { Opening } from '../workers/choose.ts'
import type { Draw } from '../workers/draw.ts'
import type { Openings } from '../workers/opening.ts'
import type { Records } from '../workers/records.ts'
import { believable, mostDoubt, unsent } from '../workers/suffice.ts'
import type { Board } from './board.ts'
import { eventsOf } from './observe.ts'
import { sum } from './progress.ts'
import { termsOf } from './show.ts'

export type Receipts = Readonly<{
  /** Throws `task/unknown`. */
  of(taskId: Hex): Promise<Receipt>
  /** Keeps what is known of a task as it is decided. */
  keep(task: Opening): Promise<void>
}>

export type ReceiptsOptions = Readonly<{
  db: Kysely<Tables>
  workerpool: Address
  board: Board
  openings: Openings
  records: Records
  draw: Draw
}>

export function openReceipts(options: ReceiptsOptions): Receipts {
  const { db, workerpool, board, openings } = options
  return {
    async of(taskId) {
      const row = await db
        .selectFrom('pool_verdicts')
        .select('receipt')
        .where('workerpool', '=', workerpool)
        .where('task_id', '=', taskId)
        .executeTakeFirst()
      if (row) return read(row.receipt)
      const open = board.find(taskId)
      return receiptOf(open ? openings.of(open) : await past(taskId, options), false, options)
    },

    async keep(task) {
      const receipt = JSON.stringify(receiptOf(task, true, options))
      await db
        .insertInto('pool_verdicts')
        .values({ workerpool, task_id: task.taskId, receipt })
        .onConflict((same) => same.columns(['workerpool', 'task_id']).doUpdateSet({ receipt }))
        .execute()
    },
  }
}

/** Drivers differ in whether they parse JSON; we wrote it. */
const read = (kept: unknown): Receipt =>
  (typeof kept === 'string' ? JSON.parse(kept) : kept) as Receipt

type Told = Pick<Opening, 'taskId' | 'trust' | 'votes' | 'ballots' | 'rejected' | 'belief'>

/** A task that was over without ballots: what the chain has of it, by what is known now. */
async function past(taskId: Hex, { db, records, draw }: ReceiptsOptions): Promise<Told> {
  const terms = await termsOf(db, taskId)
  const { votes } = sum((await eventsOf(db, [taskId])).get(taskId) ?? [])
  const { doubtOf, isBarred } = records
  const belief = { doubtOf, isBarred, checked: draw.isChecked(taskId), strict: false }
  const weighed = votes.map((vote) => ({ ...vote, weight: 0n }))
  return { taskId, trust: terms.trust, votes: weighed, ballots: [], rejected: [], belief }
}

function receiptOf(task: Told, decided: boolean, { records, draw }: ReceiptsOptions): Receipt {
  const { taskId, trust, belief } = task
  const cast: Offer['votes'] = [...task.votes, ...unsent(task)]
  const verdict = belief && judge(believable(cast, belief))
  const voters = cast.map(({ worker, resultHash }) => ({
    worker,
    agrees: resultHash === verdict?.result,
    checks: records.checksOf(worker),
    credibility: records.isBarred(worker) ? 0 : 1 - records.doubtOf(worker),
    ticket: draw.ticket(taskId, worker),
  }))
  return {
    taskId,
    asked: 1 - mostDoubt(trust),
    credibility: verdict ? 1 - verdict.doubt : 0,
    resultHash: (verdict?.result as Hex | undefined) ?? null, // results are hashes here
    decided,
    replicas: cast.length,
    agreeing: voters.filter(({ agrees }) => agrees).length,
    checked: belief?.checked === true && trust > 1n,
    voters,
    seed: decided ? draw.seed(taskId) : null,
  }
}
