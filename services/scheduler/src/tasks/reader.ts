/** Reader: who may read what a task printed: the requester of its deal. */
import { AppError, Deal } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type ChainClient, reading } from '@traboule/service-kit'
import { type Address, type Hex, isAddressEqual } from 'viem'

/** Throws `request/forbidden` unless `caller` requested the deal. */
export async function mayRead(
  dealId: Hex,
  caller: Address,
  { client, hub }: Readonly<{ client: ChainClient; hub: Address }>,
): Promise<void> {
  const ask = { address: hub, abi: hubAbi, functionName: 'viewDeal' } as const
  const view = await reading(client.readContract({ ...ask, args: [dealId] }))
  const requester = Deal.fromChain(dealId, view)?.requester
  if (requester !== undefined && isAddressEqual(requester, caller)) return
  const sentence = `${caller} did not request this task.`
  throw new AppError('request/forbidden', sentence, { requester, caller })
}
