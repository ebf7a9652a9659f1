/** Pool: the workerpool that this scheduler runs, as the chain has it. */
import { AppError } from '@traboule/protocol'
import { workerpoolAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import { type Address, isAddressEqual } from 'viem'

/** The pool's description. Throws `workerpool/not-yours` when `owner` does not own the pool. */
export async function readPool(
  client: ChainClient,
  workerpool: Address,
  owner: Address,
): Promise<{ description: string }> {
  const at = { address: workerpool, abi: workerpoolAbi } as const
  const [actual, description] = await Promise.all([
    client.readContract({ ...at, functionName: 'owner' }),
    client.readContract({ ...at, functionName: 'm_workerpoolDescription' }),
  ]).catch((cause) => {
    const sentence = `${workerpool} does not answer as a workerpool.`
    throw new AppError('workerpool/unknown', sentence, { workerpool }, cause)
  })
  if (isAddressEqual(actual, owner)) return { description }
  const sentence = `${workerpool} belongs to ${actual}, not to ${owner}.`
  throw new AppError('workerpool/not-yours', sentence, { workerpool, owner: actual, key: owner })
}
