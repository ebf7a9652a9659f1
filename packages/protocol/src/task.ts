/**
 * Task: one index of a deal's bag, from initialization to payment or refund.
 *
 * Source: PoCo v6 `Task` struct. All deadlines count from the deal's match.
 */
import { type Address, encodePacked, type Hex, keccak256 } from 'viem'

/** Statuses of a task, in the order of the chain's enumeration. */
export const statuses = ['unset', 'active', 'revealing', 'completed', 'failed'] as const
export type Status = (typeof statuses)[number]

export type Task = Readonly<{
  taskId: Hex
  status: Status
  dealId: Hex
  index: bigint
  /** Seconds of the category's reference time. */
  timeRef: bigint
  contributionDeadline: bigint
  revealDeadline: bigint
  finalDeadline: bigint
  consensusValue: Hex
  revealCounter: bigint
  winnerCounter: bigint
  contributors: readonly Address[]
  resultDigest: Hex
  results: Hex
  resultsCallback: Hex
}>

/** What `viewTask` answers, in the chain's own names. */
type OnChain = Omit<Task, 'taskId' | 'status' | 'dealId' | 'index' | 'timeRef'> &
  Readonly<{ status: number; dealid: Hex; idx: bigint; timeref: bigint }>

/** A task from the chain's answer; one that nobody initialized is `unset`. */
export function fromChain(taskId: Hex, view: OnChain): Task {
  const { dealid, idx, timeref, status, ...rest } = view
  const known = statuses[status] ?? 'unset'
  return { ...rest, taskId, status: known, dealId: dealid, index: idx, timeRef: timeref }
}

/** The id of task `index` (absolute) of a deal. */
export function id(dealId: Hex, index: bigint): Hex {
  return keccak256(encodePacked(['bytes32', 'uint256'], [dealId, index]))
}

/** How many reference times each phase may last, counted from the match (reveal: from consensus). */
export const deadlineRatio = { contribution: 7n, reveal: 2n, final: 10n } as const
