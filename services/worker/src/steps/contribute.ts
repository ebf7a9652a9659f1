/** Contribute: the vote, which shows nobody what the result is. */
import { AppError, Contribution, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Address, Hex, TransactionReceipt } from 'viem'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'

/** Resolves with nothing where the scheduler sends the vote. */
export async function contribute(
  held: Held,
  parts: Parts,
): Promise<TransactionReceipt | undefined> {
  const { lease, digest } = held
  const { taskId, authorization } = lease
  if (digest === undefined) throw new AppError('task/over', 'There is no result to contribute.')
  const hash = Contribution.resultHash(taskId, digest)
  const seal = Contribution.resultSeal(parts.account.address, taskId, digest)
  if (!authorization) return handIn(held, { hash, seal }, parts)
  const { enclaveChallenge, signature } = authorization
  const enclaveSign = await signed(enclaveChallenge, { hash, seal }, parts)
  return parts.sender.send(`contribute:${taskId}`, {
    address: parts.hub,
    abi: hubAbi,
    functionName: 'contribute',
    args: [taskId, hash, seal, enclaveChallenge, enclaveSign, signature],
  })
}

async function handIn({ lease }: Held, { hash, seal }: Vote, parts: Parts): Promise<undefined> {
  const { leaseId, taskId } = lease
  const vote = { taskId, resultHash: hash, resultSeal: seal }
  const place = { chainId: parts.client.chain.id, hub: parts.hub }
  const raw = Contribution.ballotHash({ ...place, ...vote, enclaveChallenge: Scalar.nullAddress })
  const signature = await parts.account.signMessage({ message: { raw } })
  const body = { resultHash: hash, resultSeal: seal, signature }
  await parts.scheduler.ballot({ params: { leaseId }, body })
}

type Vote = Readonly<{ hash: Hex; seal: Hex }>

/** The enclave's word for the vote; nothing where the task needs none. */
async function signed(challenge: Address, { hash, seal }: Vote, { enclave }: Parts): Promise<Hex> {
  if (challenge === Scalar.nullAddress) return '0x'
  if (enclave?.address === challenge) return enclave.sign(hash, seal)
  const sentence = 'The enclave that this task was computed for is gone.'
  throw new AppError('task/unsupported', sentence, { challenge, enclave: enclave?.address })
}
