/** Terms: what a deal says and what its category and app add, which never change after the match. */
import { Deal, Program, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type ChainClient, reading } from '@traboule/service-kit'
import type { Address, Hex } from 'viem'
import { z } from 'zod'

const resource = z.object({
  pointer: Scalar.address,
  owner: Scalar.address,
  price: Scalar.uint256,
})

const schema = z.object({
  dealId: Scalar.bytes32,
  workerpool: resource,
  trust: Scalar.uint256,
  category: Scalar.uint256,
  tag: Scalar.bytes32,
  callback: Scalar.address,
  /** Unix seconds of the match. */
  startTime: Scalar.uint256,
  botFirst: Scalar.uint256,
  botSize: Scalar.uint256,
  workerStake: Scalar.uint256,
  /** The category's reference time in seconds. */
  timeRef: Scalar.uint256,
  appType: z.string(),
  /** Rows written before these were kept lack them. */
  app: resource.optional(),
  dataset: resource.optional(),
  requester: Scalar.address.optional(),
  params: z.string().optional(),
})

export type Terms = Readonly<z.output<typeof schema>>

/** Terms from the row that keeps them. */
export function parse(json: unknown): Terms {
  return schema.parse(json)
}

/** Terms as the row keeps them. */
export function stringify(terms: Terms): string {
  return JSON.stringify(terms, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

/** Where the chain announced a deal. */
export type Notice = Readonly<{ dealId: Hex; block: bigint; blockHash: Hex }>

/**
 * Reads a deal as the announcing block made it; undefined when the node that answers is behind, or
 * already follows another branch. Throws `chain/unreachable`.
 */
export async function read(
  client: ChainClient,
  hub: Address,
  { dealId, block, blockHash }: Notice,
): Promise<Terms | undefined> {
  const at = { address: hub, abi: hubAbi } as const
  const [view, announced] = await Promise.all([
    reading(client.readContract({ ...at, functionName: 'viewDeal', args: [dealId] })),
    reading(client.getBlock({ blockNumber: block })),
  ])
  const deal = Deal.fromChain(dealId, view)
  if (!deal || announced.hash !== blockHash || deal.startTime !== announced.timestamp)
    return undefined
  const [category, app] = await Promise.all([
    reading(client.readContract({ ...at, functionName: 'viewCategory', args: [deal.category] })),
    reading(client.readContract({ ...at, functionName: 'viewApp', args: [deal.app.pointer] })),
  ])
  return schema.parse({ ...deal, timeRef: category.workClockTimeRef, appType: Program.kindOf(app) })
}
