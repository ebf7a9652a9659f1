/** Market: the order books of a network, as its market service keeps them. */
import type { Order } from '@traboule/protocol'
import {
  bookApi,
  type Client,
  chronicleApi,
  marketApi,
  client as open,
} from '@traboule/protocol/api'
import { hashTypedData } from 'viem'
import { type Network, signerOf } from './network.ts'
import { urlOf } from './profile.ts'

/** Deals, categories, prices and challenges. */
export function openMarket(network: Network): Client<typeof marketApi> {
  const { profile, fetch } = network
  return open(marketApi, urlOf(profile, 'market'), { fetch })
}

/** Figures and events. */
export function openChronicle(network: Network): Client<typeof chronicleApi> {
  const { profile, fetch } = network
  return open(chronicleApi, urlOf(profile, 'market'), { fetch })
}

/** The book of one kind of order. */
export function openBook<K extends Order.Kind>(network: Network, kind: K) {
  const { profile, fetch } = network
  const authorize = () => authorization(network)
  return open(bookApi(kind), urlOf(profile, 'market'), { fetch, authorize })
}

/** Markets ask for a signature over a text of theirs, once per write. */
async function authorization(network: Network): Promise<string> {
  const { address, signTypedData } = signerOf(network)
  const { chainId } = network.profile
  const { data } = await openMarket(network).challenge({ query: { chainId, address } })
  const signature = await signTypedData(data)
  return `${hashTypedData(data)}_${signature}_${address}`
}
