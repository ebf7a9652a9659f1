/** Bulk: datasets that tasks use without their deal naming one. */
import { type Address, type Hex, keccak256 } from 'viem'
import { LIFE } from '../course.ts'
import { nullAddress } from '../scalars.ts'
import * as Slice from '../slice.ts'
import { DATASET_IGNORED, includes } from '../tag.ts'
import { type Status, id as taskIdOf } from '../task.ts'
import { lock, unlock } from './money.ts'
import { mayBeMatched, type Offer, ownerOf } from './orders.ts'
import type { Refused } from './refusal.ts'
import { covering, nodeAbove } from './slices.ts'
import { type Agreement, account, type Hub } from './state.ts'

/** One task (absolute index) using one dataset order, and the path to what the requester agreed to. */
export type Use = Readonly<{ index: bigint; offer: Offer<'dataset'>; proof: readonly Hex[] }>

export type BulkAction =
  | Readonly<{ do: 'openBulk'; by: Address; dealId: Hex; root: Hex }>
  | Readonly<{ do: 'takeDatasets'; by: Address; dealId: Hex; uses: readonly Use[] }>
  | Readonly<{ do: 'settleDatasets'; dealId: Hex; index: bigint; orderHashes: readonly Hex[] }>

/** What is refused half way through is undone by `apply`. */
export function bulk(hub: Hub, action: BulkAction, now: bigint): Refused {
  const of = hub.deals.get(action.dealId)
  if (!of) return 'UnknownDeal'
  switch (action.do) {
    case 'openBulk':
      if (action.by !== of.deal.requester) return 'NotAllowed'
      if (of.deal.dataset.pointer !== nullAddress) return 'IncompatibleDatasetOrder'
      of.bulkRoot = action.root
      return undefined
    case 'takeDatasets':
      return firstOf(action.uses, (use) => take(hub, of, { ...use, by: action.by, now }))
    case 'settleDatasets': {
      const status = statusIn(hub, of, action.index)
      if (!status) return 'IndexOutOfBag'
      if (status !== 'completed' && status !== 'failed') return 'WrongStatus'
      return firstOf(action.orderHashes, (hash) => {
        const isPaid = status === 'completed'
        return pay(hub, of, { key: keyOf(of, action.index, hash), isPaid })
      })
    }
  }
}

type Taking = Use & Readonly<{ by: Address; now: bigint }>

function take(hub: Hub, of: Agreement, { index, offer, proof, by, now }: Taking): Refused {
  const leaf = Slice.leaf(index, offer.hash)
  if (!of.bulkRoot || proof.reduce(nodeAbove, leaf) !== of.bulkRoot) return 'ProofRefused'
  const status = statusIn(hub, of, index)
  if (!status) return 'IndexOutOfBag'
  if (status === 'completed' || status === 'failed') return 'WrongStatus'
  const key = keyOf(of, index, offer.hash)
  if (hub.uses.has(key)) return 'DatasetAlreadyTaken'
  const used = hub.consumed.get(offer.hash) ?? 0n
  if (used >= offer.order.volume) return 'IncompatibleDatasetOrder'
  const owner = ownerOf(hub, 'dataset', offer.order) ?? nullAddress
  if (!offer.signed && hub.presigned.get(offer.hash) !== owner) return 'IncompatibleDatasetOrder'
  const refused = mayBeMatched(hub, { by, owner, offer, now })
  if (refused) return refused
  if (!suits(of, offer)) return 'IncompatibleDatasetOrder'
  const price = offer.order.datasetprice
  const tooPoor = lock(hub, of.deal.requester, price)
  if (tooPoor) return tooPoor
  hub.consumed.set(offer.hash, used + 1n)
  hub.uses.set(key, { owner, price })
  return undefined
}

/** Whether the owner of the data lets this deal use it. */
function suits({ deal }: Agreement, { order }: Offer<'dataset'>): boolean {
  const accepts = (restriction: Address, who: Address) =>
    restriction === nullAddress || restriction === who
  const tag: Hex = `0x${(BigInt(order.tag) & ~DATASET_IGNORED & ~LIFE).toString(16)}`
  return (
    deal.dataset.pointer === nullAddress &&
    accepts(order.apprestrict, deal.app.pointer) &&
    accepts(order.workerpoolrestrict, deal.workerpool.pointer) &&
    accepts(order.requesterrestrict, deal.requester) &&
    includes(deal.tag, tag)
  )
}

type Paying = Readonly<{ key: Hex; isPaid: boolean }>

function pay(hub: Hub, { deal }: Agreement, { key, isPaid }: Paying): Refused {
  const use = hub.uses.get(key)
  if (!use) return 'DatasetNotTaken'
  hub.uses.delete(key)
  unlock(hub, deal.requester, use.price)
  if (!isPaid) return undefined
  account(hub, deal.requester).free -= use.price
  account(hub, use.owner).free += use.price
  return undefined
}

/** Who will be paid for the use of the order by a task of the deal, and how much. */
export function useOf(hub: Hub, of: Agreement, { index, hash }: { index: bigint; hash: Hex }) {
  return hub.uses.get(keyOf(of, index, hash))
}

const keyOf = ({ deal }: Agreement, index: bigint, hash: Hex): Hex =>
  keccak256(`${taskIdOf(deal.dealId, index)}${hash.slice(2)}`)

/** Of the task, or the slice it is in; nothing when the bag has no such task. */
function statusIn(hub: Hub, of: Agreement, index: bigint): Status | undefined {
  const { dealId, botFirst, botSize } = of.deal
  if (index < botFirst || index >= botFirst + botSize) return undefined
  const task = hub.tasks.get(taskIdOf(dealId, index))
  if (task) return task.status
  const slice = covering(of, index)
  if (slice) return hub.tasks.get(slice.ref)?.status ?? 'unset'
  return of.closed ? 'failed' : 'unset'
}

function firstOf<T>(all: readonly T[], attempt: (each: T) => Refused): Refused {
  for (const each of all) {
    const refused = attempt(each)
    if (refused) return refused
  }
  return undefined
}
