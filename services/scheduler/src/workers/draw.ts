/**
 * Draw: who is offered a task is drawn, not chosen.
 *
 * Each worker has a number for each task, which nobody can choose. A task is offered first to as small
 * a share of the numbers as should bring enough workers, and to all a moment later, so that it never
 * waits for who does not come.
 */
import { commitment, isChecked, ticket } from '@traboule/protocol/credibility'
import { type Address, concat, type Hex, keccak256 } from 'viem'
import type { Opening } from './choose.ts'

export type Draw = Readonly<{
  /** Whether the task may go to this worker now, of so `many` that might take it. */
  isOffered(task: Pick<Opening, 'taskId' | 'trust'>, worker: Address, many: number): boolean
  /** Whether the task takes one more worker than it needs. */
  isChecked(taskId: Hex): boolean
  ticket(taskId: Hex, worker: Address): number
  /** What a task’s draw follows from; to be told when it is decided, not before. */
  seed(taskId: Hex): Hex
  /** Binds the seed without telling it. */
  commitment(taskId: Hex): Hex
}>

export type DrawOptions = Readonly<{
  /** Known to the pool’s owner alone. */
  secret: Hex
  /** Share of tasks that are checks. */
  checking: number
  /** Milliseconds after which everybody is offered a task. */
  drawMs: number
  clock: Readonly<{ now(): number }>
}>

/** Tasks whose draw is remembered at once; forgetting one only begins it anew. */
const MOST = 100_000

export function openDraw({ secret, checking, drawMs, clock }: DrawOptions): Draw {
  const begun = new Map<Hex, number>()
  const seed = (taskId: Hex) => keccak256(concat([secret, taskId]))
  const since = (taskId: Hex): number => {
    const at = begun.get(taskId) ?? clock.now()
    if (!begun.has(taskId)) begun.set(taskId, at)
    const oldest = begun.keys().next().value
    if (begun.size > MOST && oldest) begun.delete(oldest)
    return clock.now() - at
  }
  return {
    seed,
    commitment: (taskId) => commitment(seed(taskId)),
    isChecked: (taskId) => checking > 0 && isChecked(seed(taskId), taskId, checking),
    ticket: (taskId, worker) => ticket(seed(taskId), taskId, worker),
    isOffered({ taskId, trust }, worker, many) {
      if (trust <= 1n || drawMs === 0) return true
      const needed = trust.toString(2).length + 1 // newcomers weigh 2, and one may be a check
      const share = needed / Math.max(1, many) + since(taskId) / drawMs
      return share >= 1 || ticket(seed(taskId), taskId, worker) < share
    },
  }
}
