/** View: a task and its votes as the hub shows them. */
import type { Address, Hex } from 'viem'
import * as Contribution from '../contribution.ts'
import { nullBytes32 } from '../scalars.ts'
import type { Task as TaskOnChain } from '../task.ts'
import { agreeingOf, provedOf } from './ends.ts'
import type { Hub, Task } from './state.ts'

export type Shown = Pick<
  TaskOnChain,
  | 'status'
  | 'dealId'
  | 'index'
  | 'timeRef'
  | 'revealDeadline'
  | 'consensusValue'
  | 'revealCounter'
  | 'winnerCounter'
  | 'contributors'
  | 'resultDigest'
>

const unset: Shown = {
  status: 'unset',
  dealId: nullBytes32,
  index: 0n,
  timeRef: 0n,
  revealDeadline: 0n,
  consensusValue: nullBytes32,
  revealCounter: 0n,
  winnerCounter: 0n,
  contributors: [],
  resultDigest: nullBytes32,
}

/** The task or slice `ref`. */
export function view({ tasks }: Hub, ref: Hex): Shown {
  const task = tasks.get(ref)
  if (!task) return unset
  const { status, of, first: index, votes } = task
  const known = { status, dealId: of.deal.dealId, index, timeRef: of.clock }
  const contributors = votes.map(({ worker }) => worker)
  return { ...unset, ...known, contributors, ...outcome(ref, task) }
}

function outcome(ref: Hex, task: Task): Partial<Shown> {
  const { sole, agreed, revealDeadline } = task
  if (sole)
    return {
      consensusValue: Contribution.resultHash(ref, sole.digest),
      revealCounter: 1n,
      winnerCounter: 1n,
      contributors: [sole.worker],
      resultDigest: sole.digest,
    }
  if (agreed === undefined) return {}
  return {
    revealDeadline,
    consensusValue: Contribution.resultHash(ref, agreed),
    revealCounter: BigInt(provedOf(task).length),
    winnerCounter: BigInt(agreeingOf(task).length),
    resultDigest: task.opened === agreed ? agreed : nullBytes32,
  }
}

export type ShownVote = Pick<Contribution.Contribution, 'status' | 'resultHash' | 'weight'>

/** The vote of `worker`, who is one of the task's contributors. */
export function viewVote({ tasks }: Hub, ref: Hex, worker: Address): ShownVote {
  const task = tasks.get(ref)
  const vote = task?.votes.find((each) => each.worker === worker)
  if (vote) {
    const { digest, weight, proved, rejected } = vote
    const status = rejected ? 'rejected' : proved ? 'proved' : 'contributed'
    return { status, resultHash: Contribution.resultHash(ref, digest), weight }
  }
  if (task?.sole?.worker !== worker) return { status: 'unset', resultHash: nullBytes32, weight: 0n }
  const resultHash = Contribution.resultHash(ref, task.sole.digest)
  return { status: 'proved', resultHash, weight: 0n }
}
