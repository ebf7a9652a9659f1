/**
 * Access: whose bytes are a task's result, as the chain says.
 *
 * Only a worker whose reveal was accepted may bring the result, and only the one whose digest the
 * consensus is about. Both are asked of the newest block at every upload: nothing is remembered.
 */
import {
  AppError,
  Archive,
  Contribution,
  Deal,
  Enclave,
  Encryption,
  Params,
  Result,
  Task,
} from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import type { Address, Hex } from 'viem'

/** What the chain expects of a task's result. */
export type Expected = Readonly<{
  callback: Address
  digest: Hex
  /** Whether only its beneficiary can open it, so that its digest cannot be checked here. */
  encrypted: boolean
}>

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
  const wanted = Params.parse(deal.params).iexec_result_encryption === true
  const encrypted = wanted && Enclave.required(deal.tag)
  return { callback: deal.callback, digest: task.resultDigest, encrypted }
}

/** Throws `result/digest-mismatch`, `result/malformed`, or what `Archive.unzip` finds wrong. */
export function checkResult(zip: Uint8Array, expected: Expected, most: number): void {
  const { callback, digest, encrypted } = expected
  const files = Archive.unzip(zip, { ...Archive.limits, bytes: most })
  if (encrypted) checkSealed(files)
  else checkDigest(files, { callback, digest })
}

function checkDigest(files: Result.Files, { callback, digest }: Omit<Expected, 'encrypted'>): void {
  const found = Result.digestOf(files, { callback })
  if (found !== digest)
    throw new AppError('result/digest-mismatch', 'These files are not the result on chain.', {
      expected: digest,
      found,
    })
}

/** A result that anybody could read is refused where its requester asked that nobody can. */
function checkSealed(files: Result.Files): void {
  if (Encryption.isEncrypted(files) && files.size === 2) return
  const found = [...files.keys()].slice(0, 10)
  throw new AppError('result/malformed', 'The requester asked for an encrypted result.', { found })
}

async function reading<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
