/** Crew: how many workers it takes to be that sure. */
import { Consensus } from '@traboule/protocol'
import type { Hex } from 'viem'

const RIGHT: Hex = '0x01'
const NEWCOMER = 0n

/**
 * The fewest workers, `liars` of them lying each in its own way, with whom newcomers reach `trust`:
 * the others still agree with enough weight when every liar has voted.
 */
export function crewFor(trust: bigint, liars: number): number {
  const weight = Consensus.weightOf(NEWCOMER)
  let tally = Consensus.empty
  for (let n = 0; n < liars; n++)
    tally = Consensus.add(tally, { resultHash: `0xff${n.toString(16)}`, weight })
  for (let honest = 1; ; honest++) {
    tally = Consensus.add(tally, { resultHash: RIGHT, weight })
    if (Consensus.reached(tally, RIGHT, trust)) return honest + liars
  }
}
