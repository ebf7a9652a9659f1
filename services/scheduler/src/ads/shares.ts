/**
 * Shares: how much of the pool each requester had lately, so that nobody has it all.
 *
 * Only memory: what a restart forgets is whose turn it is, which the next tasks set right.
 */
import type { Clock } from '@traboule/service-kit'
import type { Address } from 'viem'

export type Shares = Readonly<{
  /** Seconds of work had lately, by the requester's due. */
  used(requester: Address): number
  charge(requester: Address, seconds: number): void
}>

export type SharesOptions = Readonly<{
  clock: Pick<Clock, 'now'>
  /** What each is due; one share if not named. */
  due?: ReadonlyMap<Address, number>
}>

/** After so long, what was had counts half. */
const HALF_LIFE_MS = 3_600_000

export function openShares({ clock, due = new Map() }: SharesOptions): Shares {
  const had = new Map<Address, { seconds: number; atMs: number }>()
  const now = (requester: Address): number => {
    const { seconds, atMs } = had.get(requester) ?? { seconds: 0, atMs: 0 }
    return seconds * 0.5 ** ((clock.now() - atMs) / HALF_LIFE_MS)
  }
  return {
    used: (requester) => now(requester) / (due.get(requester) ?? 1),
    charge(requester, seconds) {
      had.set(requester, { seconds: now(requester) + seconds, atMs: clock.now() })
    },
  }
}
