/** Effects: what an event does to a row. */
import { Order, Scalar } from '@traboule/protocol'
import type { MinedLog } from '@traboule/service-kit'
import type { Address, Hex } from 'viem'
import { storable } from '../db/text.ts'
import type { LogRow, StateRow } from './entities.ts'
import type { Facts } from './facts.ts'
import type { Unit } from './unit.ts'

/** What a handler works with. */
export type Step = Readonly<{ unit: Unit; facts: Facts; log: MinedLog }>

/** A log is told apart by its transaction and place. */
export const idOf = (log: MinedLog) => `${log.transactionHash}-${log.logIndex}`

/** Where a log comes from, as its row keeps it. */
export const origin = (log: MinedLog) => ({
  transaction: log.transactionHash,
  log_index: BigInt(log.logIndex),
  timestamp: log.blockTimestamp,
  block: log.blockNumber,
})

type Note = Partial<
  Pick<LogRow<'events'>, 'account' | 'task' | 'deal' | 'workerpool' | 'value' | 'data'>
>

/** Keeps the event itself. */
export function note({ unit, log }: Step, name: string, about: Note): void {
  const nothing = {
    account: null,
    task: null,
    deal: null,
    workerpool: null,
    value: null,
    data: null,
  }
  unit.add('events', { id: idOf(log), name, ...nothing, ...about, ...origin(log) })
}

/** Adds to what an account has, which may be its first appearance. */
export async function account(
  { unit, log }: Step,
  id: Address,
  by: Readonly<{ balance?: bigint; frozen?: bigint }>,
): Promise<StateRow<'accounts'>> {
  const before = await unit.get('accounts', id)
  const row = {
    id,
    balance: (before?.balance ?? 0n) + (by.balance ?? 0n),
    frozen: (before?.frozen ?? 0n) + (by.frozen ?? 0n),
    score: before?.score ?? 0n,
    epoch: before?.epoch ?? 0n,
    block: log.blockNumber,
  }
  await unit.put('accounts', row)
  return row
}

/** Changes a worker’s score, and says what it is then. */
export async function score(
  step: Step,
  worker: Address,
  change: (before: bigint) => bigint,
): Promise<bigint> {
  const row = await account(step, worker, {})
  const score = change(row.score ?? 0n)
  await step.unit.put('accounts', { ...row, score })
  return score
}

/** Keeps accounts that own or ask for something, with or without money. */
export async function appear(step: Step, ...ids: readonly Address[]): Promise<void> {
  for (const id of ids)
    if (id !== Scalar.nullAddress && !(await step.unit.get('accounts', id)))
      await account(step, id, {})
}

type FillChange = Readonly<{ by?: bigint; closed?: true; presigned?: true }>

/** Adds to what the chain counted against an order. */
export async function fill({ unit, log }: Step, kind: string, id: Hex, change: FillChange) {
  const before = await unit.get('fills', id)
  await unit.put('fills', {
    id,
    kind,
    consumed: (before?.consumed ?? 0n) + (change.by ?? 0n),
    closed: change.closed ?? before?.closed ?? false,
    presigned: change.presigned ?? before?.presigned ?? false,
    block: log.blockNumber,
  })
}

/** Marks an order as closed. */
export async function close(step: Step, kind: string, hash: Hex) {
  await fill(step, kind, hash, { closed: true })
  note(step, 'OrderClosed', { data: hash })
}

/** Marks an order as signed on chain. */
export async function presign(step: Step, kind: string, hash: Hex) {
  await fill(step, kind, hash, { presigned: true })
  note(step, 'OrderSigned', { data: hash })
}

/** Keeps an order that was told on chain, unless it holds what no database keeps as text. */
export async function broadcast<K extends Order.Kind>(
  { unit, facts, log }: Step,
  kind: K,
  order: Order.Order<K>,
) {
  const told = Order.toJson(order)
  if (!Object.values(told).every(storable)) return
  const id = facts.hashOf(kind, order)
  const { blockTimestamp: timestamp, blockNumber: block } = log
  if (!(await unit.get('broadcasts', id)))
    await unit.put('broadcasts', { id, kind, document: JSON.stringify(told), timestamp, block })
}

/** Changes a task that was initialized. */
export async function task({ unit, log }: Step, id: Hex, change: Partial<StateRow<'tasks'>>) {
  const before = await unit.get('tasks', id)
  if (before) await unit.put('tasks', { ...before, ...change, block: log.blockNumber })
}

/** Changes a contribution that was made. */
export async function contribution(
  { unit, log }: Step,
  id: string,
  change: Partial<StateRow<'contributions'>>,
) {
  const before = await unit.get('contributions', id)
  if (before) await unit.put('contributions', { ...before, ...change, block: log.blockNumber })
}

/** Counts a task of a deal as over. */
export async function counted(
  { unit, log }: Step,
  taskId: Hex,
  column: 'completed_tasks' | 'claimed_tasks',
) {
  const deal = await unit.get('deals', (await unit.get('tasks', taskId))?.deal ?? '')
  if (!deal) return
  const count = (deal[column] ?? 0n) + 1n
  await unit.put('deals', { ...deal, [column]: count, block: log.blockNumber })
}
