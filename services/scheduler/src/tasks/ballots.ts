/**
 * Ballots: sealed votes that workers handed in and that are not on chain yet.
 *
 * Rows are the truth; those of open tasks are also kept at hand. Nobody but the scheduler sees them
 * before they are sent, so there is nothing to copy, and no worker knows whether it is the first.
 */
import type { Kysely, Selectable } from 'kysely'
import type { Address, Hex } from 'viem'
import { inChunks } from '../db/chunks.ts'
import type { Tables } from '../db/schema.ts'

export type Ballot = Readonly<{
  taskId: Hex
  worker: Address
  resultHash: Hex
  resultSeal: Hex
  workerSign: Hex
  authorizationSign: Hex
  /** What it weighs on chain, by the worker's score when its lease was given. */
  weight: bigint
  /** Milliseconds since 1970. */
  handedIn: number
}>

export type Ballots = Readonly<{
  /** Of an open task, first first. */
  on(taskId: Hex): readonly Ballot[]
  load(taskIds: readonly Hex[]): Promise<void>
  /** Forgets those of tasks that are over. */
  settle(taskIds: readonly Hex[]): void
  /** Keeps a ballot. A worker's second one on a task changes nothing. */
  put(ballot: Ballot): Promise<void>
  /** The chain will not take it. */
  discard(ballot: Ballot): Promise<void>
}>

export function openBallots(db: Kysely<Tables>, workerpool: Address): Ballots {
  const open = new Map<Hex, readonly Ballot[]>()
  return {
    on: (taskId) => open.get(taskId) ?? [],

    async load(taskIds) {
      const rows = await inChunks(taskIds, (ids) =>
        db
          .selectFrom('pool_ballots')
          .selectAll()
          .where('task_id', 'in', ids)
          .orderBy('handed_in')
          .execute(),
      )
      const found = Map.groupBy(rows.map(fromRow), ({ taskId }) => taskId)
      for (const taskId of taskIds) open.set(taskId, found.get(taskId) ?? [])
    },

    settle(taskIds) {
      for (const taskId of taskIds) open.delete(taskId)
    },

    async put(ballot) {
      const kept = await db
        .insertInto('pool_ballots')
        .values({ workerpool, ...toRow(ballot) })
        .onConflict((same) => same.columns(['task_id', 'worker']).doNothing())
        .returning('worker')
        .execute()
      if (kept.length > 0) open.set(ballot.taskId, [...(open.get(ballot.taskId) ?? []), ballot])
    },

    async discard({ taskId, worker }) {
      await db
        .deleteFrom('pool_ballots')
        .where('task_id', '=', taskId)
        .where('worker', '=', worker)
        .execute()
      const rest = open.get(taskId)?.filter((each) => each.worker !== worker)
      if (rest) open.set(taskId, rest)
    },
  }
}

type Row = Omit<Tables['pool_ballots'], 'workerpool'>

function toRow(ballot: Ballot) {
  const { taskId, worker, resultHash, resultSeal, workerSign, authorizationSign } = ballot
  return {
    ...{ task_id: taskId, worker, result_hash: resultHash, result_seal: resultSeal },
    ...{ worker_sign: workerSign, authorization_sign: authorizationSign },
    ...{ weight: ballot.weight, handed_in: ballot.handedIn },
  }
}

function fromRow(row: Selectable<Row>): Ballot {
  return {
    taskId: row.task_id,
    worker: row.worker,
    resultHash: row.result_hash,
    resultSeal: row.result_seal,
    workerSign: row.worker_sign,
    authorizationSign: row.authorization_sign,
    weight: BigInt(row.weight),
    handedIn: Number(row.handed_in),
  }
}
