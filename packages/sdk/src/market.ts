/** Market: the order books of a network, as its market service keeps them. */
import { type Order, Scalar } from '@traboule/protocol'
import {
  type Api,
  bookApi,
  type Client,
  chronicleApi,
  marketApi,
  client as open,
} from '@traboule/protocol/api'
import { hashTypedData } from 'viem'
import { z } from 'zod'
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

const named = z.array(z.object({ id: Scalar.address, name: z.string() }))

/** What of the graph is asked here: assets by a part of their names. */
const graphApi = {
  named: {
    method: 'POST',
    path: '/graphql',
    body: z.object({ query: z.string(), variables: z.object({ text: z.string() }) }),
    returns: z.object({ data: z.object({ app: named, dataset: named, workerpool: named }) }),
    about: 'Apps, datasets and workerpools whose names contain a text, ten of each.',
  },
} as const satisfies Api

/** The graph. */
export function openGraph(network: Network): Client<typeof graphApi> {
  const { profile, fetch } = network
  return open(graphApi, urlOf(profile, 'market'), { fetch })
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
