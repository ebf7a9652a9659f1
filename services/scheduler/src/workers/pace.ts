/**
 * Pace: how long tasks of a deal take, so that one that takes far longer is given to another as well.
 *
 * Only memory: what a restart forgets is which tasks are late, which the next ones tell.
 */
import type { Hex } from 'viem'
import type { Lease } from './lease.ts'

export type Pace = Readonly<{
  /** A task of the deal took so long, from lease to vote. */
  note(dealId: Hex, ms: number): void
  /** Whether a lease is held so long that its task should not wait for it alone. */
  isSlow(dealId: Hex, lease: Lease): boolean
}>

/** Deals remembered at once, and tasks of each. */
const [DEALS, TASKS] = [1_000, 32]
/** So many must have been done before one is late, */
const LEAST = 3
/** which is when it took so often the median, */
const TIMES = 3
/** and never before: starting another costs as much. */
const FLOOR_MS = 5_000

export function openPace(clock: Readonly<{ now(): number }>): Pace {
  const deals = new Map<Hex, readonly number[]>()
  return {
    note(dealId, ms) {
      const known = deals.get(dealId) ?? []
      deals.delete(dealId) // to the end
      deals.set(dealId, [...known, ms].slice(-TASKS))
      const oldest = deals.keys().next().value
      if (deals.size > DEALS && oldest) deals.delete(oldest)
    },
    isSlow(dealId, { state, grantedAt }) {
      const known = deals.get(dealId) ?? []
      if (state !== 'held' || known.length < LEAST) return false
      const median = known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0
      return clock.now() - grantedAt > Math.max(FLOOR_MS, TIMES * median)
    },
  }
}
