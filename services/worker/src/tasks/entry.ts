/** Entry: one task in this process: what is on disk, and what only needs to be known until it ends. */
import type { Phase } from '@traboule/protocol/api'
import type { Held } from './held.ts'
import { type Facts, next, type Step } from './next.ts'

export type Entry = {
  held: Held
  facts: Facts | undefined
  /** A block before this one does not show yet what this worker did. */
  notBefore: bigint
  /** The facts must be read again even if the chain did not move. */
  stale: boolean
  /** Set while a step runs; aborting it ends that step. */
  busy: AbortController | undefined
  uploaded: boolean
  /** Whether the scheduler has its ballot. Handing it in again, after a restart, changes nothing. */
  handedIn: boolean
  phase: Phase
  /** How much of the phase is done, where that is known. */
  percent: number | undefined
  /** Steps that failed in a row, and the moment (ms) of the next try. */
  failures: number
  againAt: number
  /** When (ms) the lease must be renewed; undefined when it is over or no longer needed. */
  renewAt: number | undefined
  /** Since when (ms) nothing is left to do. */
  overSince: number | undefined
}

/** An entry that knows only what is on disk. */
export function anEntry(held: Held, renewAt: number): Entry {
  return {
    held,
    facts: undefined,
    notBefore: 0n,
    stale: true,
    busy: undefined,
    uploaded: false,
    handedIn: false,
    phase: 'fetching',
    percent: undefined,
    failures: 0,
    againAt: 0,
    renewAt,
    overSince: undefined,
  }
}

/** What is due; `wait` while the chain was not looked at. */
export function stepOf({ held, uploaded, handedIn, facts }: Entry): Step {
  const step = facts ? next({ digest: held.digest, uploaded }, facts) : 'wait'
  return step === 'contribute' && handedIn ? 'wait' : step
}

/** Whether it takes one of the worker's places: it is being computed, or is about to be. */
export function isComputing({ held, overSince }: Entry): boolean {
  return held.digest === undefined && overSince === undefined
}

/** Whether the scheduler still counts on it: until the chain shows the contribution. */
export function needsLease(entry: Entry): boolean {
  const contributed =
    entry.handedIn || (entry.facts !== undefined && entry.facts.mine.status !== 'unset')
  return !contributed && entry.overSince === undefined
}
