/** Verdict: what became of each vote on a task, and how credible each result is. */
import { Consensus, Scalar } from '@traboule/protocol'
import type { task } from '@traboule/sdk'
import type { Hex } from 'viem'

type Vote = task.Known['contributions'][number]

export type Verdict = 'waiting' | 'agrees' | 'agreed' | 'silent' | 'disagrees' | 'refunded'

/** What the chain says of one worker's vote. */
export function verdictOf(task: task.Known, vote: Vote): Verdict {
  if (task.status === 'failed') return 'refunded'
  if (vote.status === 'rejected') return 'disagrees'
  if (task.consensusValue === Scalar.nullBytes32) return 'waiting'
  if (vote.resultHash !== task.consensusValue) return 'disagrees'
  if (vote.status === 'proved') return 'agreed'
  return task.status === 'completed' ? 'silent' : 'agrees'
}

export type Standing = Readonly<{
  resultHash: Hex
  votes: number
  /** Of `total`: how likely the result is to be right, as the chain computes it. */
  weight: bigint
  total: bigint
}>

/** The results that were voted for, most credible first. */
export function standings(votes: readonly Vote[]): readonly Standing[] {
  const counted = votes.filter(({ status }) => status !== 'rejected' && status !== 'unset')
  const tally = counted.reduce(Consensus.add, Consensus.empty)
  return [...tally.groups]
    .map(([resultHash, weight]) => {
      const votes = counted.filter((vote) => vote.resultHash === resultHash).length
      return { resultHash, votes, weight, total: tally.total }
    })
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
}
