/**
 * Consensus: which result do the workers' weighted votes support?
 *
 * The chain decides (`contracts/src/libraries/Consensus.sol`); this is the same
 * arithmetic for those who must foresee it.
 */
import type { Hex } from 'viem'

export type Vote = { readonly resultHash: Hex; readonly weight: bigint }

export type Tally = { readonly total: bigint; readonly groups: ReadonlyMap<Hex, bigint> }

/** Nobody has voted. The total starts at one so that no group ever holds all of it. */
export const empty: Tally = { total: 1n, groups: new Map() }

/** What one vote of a worker with this `score` is worth. Newcomers weigh 2. */
export function weightOf(score: bigint): bigint {
  const tier = score / 3n
  return (tier > 3n ? tier : 3n) - 1n
}

/** Votes for the same result multiply, so agreement counts for more than numbers. */
export function add(tally: Tally, { resultHash, weight }: Vote): Tally {
  const before = tally.groups.get(resultHash) ?? 0n
  const after = (before === 0n ? 1n : before) * weight
  return {
    total: tally.total + after - before,
    groups: new Map(tally.groups).set(resultHash, after),
  }
}

/** True once a wrong `resultHash` would be less likely than 1 in `trust`. */
export function reached(tally: Tally, resultHash: Hex, trust: bigint): boolean {
  return (tally.groups.get(resultHash) ?? 0n) * trust > tally.total * (trust - 1n)
}
