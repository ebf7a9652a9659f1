/**
 * Deal: four orders that met, with prices and stakes locked.
 *
 * Source: PoCo v6 `Deal` struct; the fields keep the chain's meaning, names are ours.
 */
import { type Address, encodePacked, type Hex, keccak256 } from 'viem'

/** An asset in a deal: where it is, whom it pays and how much per task (nRLC). */
export type Resource = Readonly<{ pointer: Address; owner: Address; price: bigint }>

export type Deal = Readonly<{
  dealId: Hex
  app: Resource
  dataset: Resource
  workerpool: Resource
  trust: bigint
  category: bigint
  tag: Hex
  requester: Address
  beneficiary: Address
  callback: Address
  params: string
  /** Unix seconds of the match; every deadline counts from here. */
  startTime: bigint
  botFirst: bigint
  botSize: bigint
  workerStake: bigint
  schedulerRewardRatio: bigint
  sponsor: Address
}>

/** What `viewDeal` answers, in the chain's own names. */
type OnChain = Omit<Deal, 'dealId'>

/** A deal from the chain's answer. `undefined` when no such deal exists. */
export function fromChain(dealId: Hex, view: OnChain): Deal | undefined {
  return view.botSize === 0n ? undefined : { dealId, ...view }
}

/** The id of the deal that a request makes after `consumed` of its volume is already used. */
export function id(requestHash: Hex, consumed: bigint): Hex {
  return keccak256(encodePacked(['bytes32', 'uint256'], [requestHash, consumed]))
}

/** Absolute indexes of the deal's tasks, `botFirst` first. */
export function indexes(deal: Pick<Deal, 'botFirst' | 'botSize'>): bigint[] {
  return Array.from({ length: Number(deal.botSize) }, (_, n) => deal.botFirst + BigInt(n))
}
