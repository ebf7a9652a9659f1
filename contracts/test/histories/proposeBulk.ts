/** Propose bulk: what requesters, owners of data and others try with datasets that no deal names. */
import { Slice, Task } from '@traboule/protocol'
import * as Hub from '@traboule/protocol/hub'
import { type Hex, zeroAddress, zeroHash } from 'viem'
import { aDeal, anIndex, mostly, type Proposal, person, type Scene } from './scene.ts'

type Offer = Hub.Offers['dataset']

/** Every task of the deal uses the order once. */
const hashesFor = ({ deal }: Hub.Agreement, { hash }: Offer): Hex[] =>
  Array.from({ length: Number(deal.botSize) }, () => hash)

const rootFor = (known: Hub.Agreement, offer: Offer): Hex =>
  Slice.root(known.deal.botFirst, hashesFor(known, offer))

/** A deal that names no dataset, if there is one; seldom another. */
function aBulk(scene: Scene, isOpen: boolean) {
  const wanted = [...scene.hub.deals].filter(
    ([, { deal, bulkRoot }]) =>
      deal.dataset.pointer === zeroAddress && (!isOpen || bulkRoot !== undefined),
  )
  if (wanted.length === 0 || scene.dice.percent(5)) return aDeal(scene)
  const [dealId, known] = scene.dice.pick(wanted)
  return { dealId, known }
}

export function openBulk(scene: Scene): Proposal {
  const { dealId, known } = aBulk(scene, false)
  const by = mostly(scene, 90, known?.deal.requester)
  const offer = scene.dice.pick(scene.book.dataset.slice(1))
  const root = known ? rootFor(known, offer) : zeroHash
  return { sender: by, action: { do: 'openBulk', by, dealId, root } }
}

export function takeDatasets(scene: Scene): Proposal {
  const { dice, book } = scene
  const { dealId, known } = aBulk(scene, true)
  const by = person(scene)
  const all = book.dataset.slice(1)
  const agreed = all.find((offer) => known && rootFor(known, offer) === known.bulkRoot)
  const offer = agreed && dice.percent(95) ? agreed : dice.pick(all)
  const count = dice.percent(70) ? 1 : 2
  const uses = Array.from({ length: count }, () => useOf(anIndex(scene, known), known, offer))
  return { sender: by, action: { do: 'takeDatasets', by, dealId, uses } }
}

function useOf(index: bigint, known: Hub.Agreement | undefined, offer: Offer): Hub.Use {
  if (!known) return { index, offer, proof: [] }
  const { botFirst } = known.deal
  const proof = Slice.proof(botFirst, hashesFor(known, offer), Number(index - botFirst))
  return { index, offer, proof }
}

/** Most often of a task that took one. */
export function settleDatasets(scene: Scene): Proposal {
  const { dice, book, hub } = scene
  const orders = book.dataset.slice(1).map(({ hash }) => hash)
  const taken = [...hub.deals].flatMap(([dealId, known]) => {
    const indexes = Array.from({ length: Number(known.deal.botSize) }, (_, n) => {
      return known.deal.botFirst + BigInt(n)
    })
    return indexes.flatMap((index) =>
      orders
        .filter((hash) => Hub.useOf(hub, known, { index, hash }))
        .map((hash) => ({
          dealId,
          index,
          hash,
          status: Hub.statusOf(hub, Task.id(dealId, index)),
        })),
    )
  })
  const over = taken.filter(({ status }) => status === 'completed' || status === 'failed')
  const sender = person(scene)
  if (taken.length === 0 || dice.percent(8)) {
    const { dealId, known } = aDeal(scene)
    const action = { dealId, index: anIndex(scene, known), orderHashes: [dice.pick(orders)] }
    return { sender, action: { do: 'settleDatasets', ...action } }
  }
  const { dealId, index, hash } = dice.pick(over.length > 0 && dice.percent(80) ? over : taken)
  return { sender, action: { do: 'settleDatasets', dealId, index, orderHashes: [hash] } }
}
