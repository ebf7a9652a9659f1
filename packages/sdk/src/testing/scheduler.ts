/** Scheduler: what the pool of a test network tells. It checks nobody: it believes scores. */
import type { Receipt } from '@traboule/protocol/api'
import { judge } from '@traboule/protocol/credibility'
import type { Hex } from 'viem'
import { dealOf, type State } from './state.ts'

export function receiptOf(state: State, taskId: Hex): Receipt | undefined {
  const task = state.tasks.get(taskId)
  if (!task) return undefined
  const doubtOf = (weight: bigint) => 1 / (1 + Number(weight))
  const votes = task.votes.map(({ worker, resultHash, weight }) => {
    return { worker, result: resultHash, doubt: doubtOf(weight) }
  })
  const verdict = judge(votes)
  const trust = Number(dealOf(state, task.dealId).trust)
  return {
    taskId,
    asked: trust > 1 ? 1 - 1 / trust : 0,
    credibility: verdict ? 1 - verdict.doubt : 0,
    resultHash: (verdict?.result as Hex | undefined) ?? null, // results are hashes here
    decided: task.status !== 'active',
    replicas: votes.length,
    agreeing: verdict?.voters ?? 0,
    checked: false,
    voters: votes.map(({ worker, result, doubt }) => ({
      ...{ worker, agrees: result === verdict?.result, checks: 0 },
      ...{ credibility: 1 - doubt, ticket: 0 },
    })),
    seed: null,
  }
}
