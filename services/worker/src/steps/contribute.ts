/** Contribute: the vote, which shows nobody what the result is. */
import { AppError, Contribution, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Address, Hex, TransactionReceipt } from 'viem'
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
  const enclaveSign = await signed(enclaveChallenge, { hash, seal }, parts)
  return parts.sender.send(`contribute:${taskId}`, {
    address: parts.hub,
    abi: hubAbi,
    functionName: 'contribute',
    args: [taskId, hash, seal, enclaveChallenge, enclaveSign, signature],
  })
}

type Vote = Readonly<{ hash: Hex; seal: Hex }>

/** The enclave's word for the vote; nothing where the task needs none. */
async function signed(challenge: Address, { hash, seal }: Vote, { enclave }: Parts): Promise<Hex> {
  if (challenge === Scalar.nullAddress) return '0x'
  if (enclave?.address === challenge) return enclave.sign(hash, seal)
  const sentence = 'The enclave that this task was computed for is gone.'
  throw new AppError('task/unsupported', sentence, { challenge, enclave: enclave?.address })
}
