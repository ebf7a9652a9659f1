/**
 * Progress: where a task stands, as the sum of what the chain said about it.
 *
 * A pure fold, so that a reorg is handled by forgetting events and summing again.
 */
import type { Task } from '@traboule/protocol'
import type { Address, Hex } from 'viem'
import type { Kind } from '../db/schema.ts'

/** One thing that happened to a task, at `at` Unix seconds of the chain. */
export type Event = Readonly<{
  kind: Kind
  worker?: Address | null
  value?: Hex | null
  at: bigint
}>

export type Vote = Readonly<{ worker: Address; resultHash: Hex }>

export type Progress = Readonly<{
  status: Task.Status
  /** When it was initialized, in Unix seconds; 0 before. */
  begunAt: bigint
  /** Contributions that count, in the chain's order. */
  votes: readonly Vote[]
  /** Workers whose contribution was thrown out by a reopening: they cannot come back. */
  rejected: readonly Address[]
  /** The result hash agreed on, and when. */
  agreed: Readonly<{ resultHash: Hex; at: bigint }> | undefined
  /** Which result somebody contested, and when. */
  contest: Readonly<{ resultHash: Hex; at: bigint }> | undefined
  /** Seals that were opened, first first. A proof stays, also when the task is opened again. */
  proofs: readonly Proof[]
}>

export type Proof = Readonly<{ worker: Address; digest: Hex }>

/** A task that nobody initialized. */
export const untouched: Progress = {
  status: 'unset',
  begunAt: 0n,
  votes: [],
  rejected: [],
  agreed: undefined,
  contest: undefined,
  proofs: [],
}

/** The state after these events, which are in the chain's order. */
export function sum(events: readonly Event[]): Progress {
  return events.reduce(next, untouched)
}

function next(before: Progress, { kind, worker, value, at }: Event): Progress {
  switch (kind) {
    case 'initialized':
      return { ...before, status: 'active', begunAt: at }
    case 'contributed':
      if (!worker || !value) return before
      return { ...before, votes: [...before.votes, { worker, resultHash: value }] }
    case 'agreed':
      return value ? { ...before, status: 'revealing', agreed: { resultHash: value, at } } : before
    case 'revealed':
      if (!worker || !value) return before
      return { ...before, proofs: [...before.proofs, { worker, digest: value }] }
    case 'reopened':
      return reopened(before)
    case 'contested':
      return contested(before, at)
    case 'finalized':
      return { ...before, status: 'completed' }
    case 'claimed':
      return { ...before, status: 'failed' }
  }
}

/** Those who agreed but proved nothing are out; whoever did keeps its vote. */
function reopened(before: Progress): Progress {
  const proved = proofs(before).map(({ worker }) => worker)
  const silent = winners(before).filter((worker) => !proved.includes(worker))
  return {
    ...before,
    status: 'active',
    votes: before.votes.filter(({ worker }) => !silent.includes(worker)),
    rejected: [...before.rejected, ...silent],
    agreed: undefined,
  }
}

/** All votes stay; what was agreed on is open again. The reopening that follows throws out nobody. */
function contested(before: Progress, at: bigint): Progress {
  const { agreed } = before
  if (!agreed) return before
  const contest = { resultHash: agreed.resultHash, at }
  return { ...before, status: 'active', agreed: undefined, contest }
}

/** Proofs of the result agreed on. */
export function proofs(progress: Progress): Proof[] {
  const agreeing = winners(progress)
  return progress.proofs.filter(({ worker }) => agreeing.includes(worker))
}

/** Who voted for the result agreed on. */
export function winners({ votes, agreed }: Progress): Address[] {
  return votes.filter((vote) => vote.resultHash === agreed?.resultHash).map((vote) => vote.worker)
}

/** Who voted for another result than the one agreed on. Silence is not a lie: see `reopened`. */
export function conflicting({ votes, agreed }: Progress): Address[] {
  const others = votes.filter((vote) => agreed && vote.resultHash !== agreed.resultHash)
  return others.map(({ worker }) => worker)
}
