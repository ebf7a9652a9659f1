/** Observe: what the chain says of this pool's deals and tasks, as rows that can be taken back. */
import { hubAbi } from '@traboule/protocol/abi'
import type { MinedLog } from '@traboule/service-kit'
import type { Insertable, Kysely, Transaction } from 'kysely'
import { type Address, type Hex, isAddressEqual, parseEventLogs } from 'viem'
import { inChunks } from '../db/chunks.ts'
import type { Kind, Tables } from '../db/schema.ts'
import { conflicting, type Event, sum } from './progress.ts'

type Tx = Transaction<Tables>
type EventRow = Insertable<Tables['pool_task_events']> & { task_id: Hex }

/** Writes what these logs say of the pool. Returns the tasks about which something was said. */
export async function apply(
  tx: Tx,
  workerpool: Address,
  logs: readonly MinedLog[],
): Promise<readonly Hex[]> {
  const deals = dealsIn(logs, workerpool)
  await inChunks(deals, (rows) =>
    tx
      .insertInto('pool_deals')
      .values([...rows])
      .onConflict((same) => same.column('deal_id').doNothing())
      .returning('deal_id')
      .execute(),
  )
  const events = await ours(tx, eventsIn(logs, workerpool))
  await inChunks(events, (rows) =>
    tx
      .insertInto('pool_task_events')
      .values([...rows])
      .onConflict((same) => same.columns(['task_id', 'block', 'log_index']).doNothing())
      .returning('task_id')
      .execute(),
  )
  const touched = [...new Set(events.map(({ task_id }) => task_id))]
  await refold(tx, workerpool, touched)
  return touched
}

/** Forgets what blocks above `block` said. Returns the tasks that are no longer what they were. */
export async function rewind(tx: Tx, workerpool: Address, block: bigint): Promise<readonly Hex[]> {
  const undone = await tx
    .deleteFrom('pool_task_events')
    .where('workerpool', '=', workerpool)
    .where('block', '>', block)
    .returning('task_id')
    .execute()
  const vanished = await tx
    .selectFrom('pool_tasks')
    .innerJoin('pool_deals', 'pool_deals.deal_id', 'pool_tasks.deal_id')
    .where('pool_deals.workerpool', '=', workerpool)
    .where('pool_deals.block', '>', block)
    .select('pool_tasks.task_id')
    .execute()
  await tx
    .deleteFrom('pool_deals')
    .where('workerpool', '=', workerpool)
    .where('block', '>', block)
    .execute()
  const touched = [...new Set([...undone, ...vanished].map(({ task_id }) => task_id))]
  await refold(tx, workerpool, touched)
  return touched
}

/** Sums the events of these tasks again: their status, and who contradicted an agreement. */
export async function refold(tx: Tx, workerpool: Address, taskIds: readonly Hex[]): Promise<void> {
  const events = await eventsOf(tx, taskIds)
  const states = taskIds.map((taskId) => ({ taskId, ...sum(events.get(taskId) ?? []) }))
  for (const [status, group] of Map.groupBy(states, (state) => state.status))
    await inChunks(group, (part) =>
      tx
        .updateTable('pool_tasks')
        .set({ status })
        .where('task_id', 'in', part.map(idOf))
        .returning('task_id')
        .execute(),
    )
  await inChunks(taskIds, (ids) =>
    tx.deleteFrom('pool_conflicts').where('task_id', 'in', ids).returning('task_id').execute(),
  )
  const conflicts = states.flatMap((state) =>
    conflicting(state).map((worker) => ({ workerpool, worker, task_id: state.taskId })),
  )
  await inChunks(conflicts, (rows) =>
    tx
      .insertInto('pool_conflicts')
      .values([...rows])
      .returning('task_id')
      .execute(),
  )
}

const idOf = ({ taskId }: { taskId: Hex }) => taskId

/** The events of these tasks, each task's in the chain's order. */
export async function eventsOf(
  db: Kysely<Tables>,
  taskIds: readonly Hex[],
): Promise<ReadonlyMap<Hex, readonly (Event & { task_id: Hex })[]>> {
  const rows = await inChunks(taskIds, (ids) =>
    db
      .selectFrom('pool_task_events')
      .select(['task_id', 'kind', 'worker', 'value', 'at'])
      .where('task_id', 'in', ids)
      .orderBy('block')
      .orderBy('log_index')
      .execute(),
  )
  return Map.groupBy(
    rows.map((row) => ({ ...row, at: BigInt(row.at) })),
    ({ task_id }) => task_id,
  )
}

/** Events of tasks that this pool saw initialized, now or before. */
async function ours(tx: Tx, events: readonly EventRow[]): Promise<readonly EventRow[]> {
  const begun = new Set(events.filter(({ kind }) => kind === 'initialized').map((e) => e.task_id))
  const others = [...new Set(events.map(({ task_id }) => task_id))].filter((id) => !begun.has(id))
  const known = await inChunks(others, (ids) =>
    tx
      .selectFrom('pool_task_events')
      .select('task_id')
      .distinct()
      .where('task_id', 'in', ids)
      .execute(),
  )
  const mine = new Set([...begun, ...known.map(({ task_id }) => task_id)])
  return events.filter(({ task_id }) => mine.has(task_id))
}

function dealsIn(logs: readonly MinedLog[], workerpool: Address) {
  const parsed = parseEventLogs({ abi: hubAbi, logs: [...logs], eventName: 'SchedulerNotice' })
  return parsed
    .filter(({ args }) => isAddressEqual(args.workerpool, workerpool))
    .map(({ args, blockNumber, blockHash }) => {
      return { deal_id: args.dealid, workerpool, block: blockNumber, block_hash: blockHash }
    })
}

/** Task events of the logs; initializations only of this pool, the others of any. */
function eventsIn(logs: readonly MinedLog[], workerpool: Address): EventRow[] {
  return taskLogs(logs).flatMap((log) => {
    const said = saidBy(log, workerpool)
    const place = { block: log.blockNumber, log_index: log.logIndex }
    const at = log.blockTimestamp as bigint // every MinedLog has one; the parser keeps it
    return said ? [{ workerpool, task_id: log.args.taskid, ...place, at, ...said }] : []
  })
}

function taskLogs(logs: readonly MinedLog[]) {
  return parseEventLogs({
    abi: hubAbi,
    logs: [...logs],
    eventName: [
      'TaskInitialize',
      'TaskContribute',
      'TaskConsensus',
      'TaskReveal',
      'TaskReopen',
      'ResultContested',
      'TaskFinalize',
      'TaskClaimed',
    ],
  })
}

type TaskLog = ReturnType<typeof taskLogs>[number]
type Said = Readonly<{ kind: Kind; worker: Address | null; value: Hex | null }>

function saidBy({ eventName, args }: TaskLog, workerpool: Address): Said | undefined {
  const said = (kind: Kind, worker: Address | null = null, value: Hex | null = null) => {
    return { kind, worker, value }
  }
  switch (eventName) {
    case 'TaskInitialize':
      return isAddressEqual(args.workerpool, workerpool) ? said('initialized') : undefined
    case 'TaskContribute':
      return said('contributed', args.worker, args.hash)
    case 'TaskConsensus':
      return said('agreed', null, args.consensus)
    case 'TaskReveal':
      return said('revealed', args.worker, args.digest)
    case 'TaskReopen':
      return said('reopened')
    case 'ResultContested':
      return said('contested', args.challenger)
    case 'TaskFinalize':
      return said('finalized')
    case 'TaskClaimed':
      return said('claimed')
  }
}
