/** Publish: orders sent to the book by their owners, or by somebody else. */
import type { Order } from '@traboule/protocol'
import { hashTypedData } from 'viem'
import type { HDAccount } from 'viem/accounts'
import type { Market } from './market.ts'
import type { World } from './world.ts'

export type Publisher = ReturnType<typeof publisherOn>

export function publisherOn({ people, chainId }: World, market: Market) {
  const owners = {
    app: people.appOwner,
    dataset: people.datasetOwner,
    workerpool: people.poolOwner,
    request: people.requester,
  }
  return {
    /** Publishes as the order's owner, or as `by`. */
    async publish<K extends Order.Kind>(
      kind: K,
      order: Order.Order<K>,
      by: HDAccount = owners[kind],
    ) {
      const call = { query: { chainId }, body: { order } }
      const { published } = await market.book(kind, by).publish(call)
      return published
    },

    /** An authorization in the gateway's way. */
    async authorization(by = people.appOwner) {
      const { body } = await market.raw(`/challenge?chainId=${chainId}&address=${by.address}`)
      const { data } = body
      const { EIP712Domain: _, ...types } = data.types
      const typed = { ...data, types }
      return `${hashTypedData(typed)}_${await by.signTypedData(typed)}_${by.address}`
    },
  }
}
