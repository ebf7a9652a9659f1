/** Reveal: opening the seal, once the chain shows that enough others voted alike. */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { TransactionReceipt } from 'viem'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'

export async function reveal({ lease, digest }: Held, parts: Parts): Promise<TransactionReceipt> {
  const { taskId } = lease
  if (digest === undefined) throw new AppError('task/over', 'There is no result to reveal.')
  return parts.sender.send(`reveal:${taskId}`, {
    address: parts.hub,
    abi: hubAbi,
    functionName: 'reveal',
    args: [taskId, digest],
  })
}
