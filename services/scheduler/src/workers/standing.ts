/** Standing: what the chain says of a worker. */
import { Consensus } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type ChainClient, reading } from '@traboule/service-kit'
import type { Address } from 'viem'

export type Standing = Readonly<{
  /** What its vote weighs. */
  weight: bigint
  /** nRLC that it can still lock as stake. */
  free: bigint
}>

/** Reads a worker's score and account. Throws `chain/unreachable`. */
export async function standingOf(
  client: ChainClient,
  hub: Address,
  worker: Address,
): Promise<Standing> {
  const at = { address: hub, abi: hubAbi, args: [worker] } as const
  const [score, account] = await Promise.all([
    reading(client.readContract({ ...at, functionName: 'viewScore' })),
    reading(client.readContract({ ...at, functionName: 'viewAccount' })),
  ])
  return { weight: Consensus.weightOf(score), free: account.stake }
}
