/** Contribute: the vote, which shows nobody what the result is. */
import { AppError, Contribution } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { TransactionReceipt } from 'viem'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'

export async function contribute(
  { lease, digest }: Held,
  parts: Parts,
): Promise<TransactionReceipt> {
  const { taskId, authorization } = lease
  if (digest === undefined) throw new AppError('task/over', 'There is no result to contribute.')
  const hash = Contribution.resultHash(taskId, digest)
  const seal = Contribution.resultSeal(parts.account.address, taskId, digest)
  const { enclaveChallenge, signature } = authorization
  return parts.sender.send(`contribute:${taskId}`, {
    address: parts.hub,
    abi: hubAbi,
    functionName: 'contribute',
    args: [taskId, hash, seal, enclaveChallenge, '0x', signature],
  })
}
