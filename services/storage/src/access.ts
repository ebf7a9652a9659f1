/**
 * Access: whose bytes are a task's result, as the chain says.
 *
 * Only a worker whose reveal was accepted may bring the result, and only the one whose digest the
 * consensus is about. Both are asked of the newest block at every upload: nothing is remembered.
 */
import { AppError, Archive, Contribution, Deal, Result, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import type { Address, Hex } from 'viem'

/** What the chain expects of a task's result. */
export type Expected = Readonly<{ callback: Address; digest: Hex }>

/** Throws `task/unknown` or `request/forbidden`. */
export async function expectedOf(
  taskId: Hex,
  worker: Address,
  { client, hub }: Readonly<{ client: ChainClient; hub: Address }>,
): Promise<Expected> {
  const read = { address: hub, abi: hubAbi } as const
  const [view, contribution] = await reading(
    Promise.all([
      client.readContract({ ...read, functionName: 'viewTask', args: [taskId] }),
      client.readContract({ ...read, functionName: 'viewContribution', args: [taskId, worker] }),
    ]),
  )
  const task = Task.fromChain(taskId, view)
  if (task.status === 'unset')
    throw new AppError('task/unknown', `No task ${taskId} is on this chain.`, { taskId })
  const status = Contribution.statuses[contribution.status]
  if (status !== 'proved' || !['revealing', 'completed'].includes(task.status))
    throw new AppError('request/forbidden', `${worker} has revealed nothing for this task.`, {
      taskId,
      task: task.status,
      contribution: status,
    })
  const dealView = await reading(
    client.readContract({ ...read, functionName: 'viewDeal', args: [task.dealId] }),
  )
  const deal = Deal.fromChain(task.dealId, dealView)
  if (!deal) throw new AppError('deal/unknown', `No deal ${task.dealId} is on this chain.`)
  return { callback: deal.callback, digest: task.resultDigest }
}

/** Throws `result/digest-mismatch`, `result/malformed`, or what `Archive.unzip` finds wrong. */
export function checkResult(zip: Uint8Array, { callback, digest }: Expected, most: number): void {
  const files = Archive.unzip(zip, { ...Archive.limits, bytes: most })
  const found = Result.digestOf(files, { callback })
  if (found !== digest)
    throw new AppError('result/digest-mismatch', 'These files are not the result on chain.', {
      expected: digest,
      found,
    })
}

async function reading<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
