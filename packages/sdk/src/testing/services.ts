/** Services: the market and the storage of a test network, behind `fetch`. */
import { Cid, Order, Tag } from '@traboule/protocol'
import { type Address, type Hex, hexToBytes, isAddressEqual, stringToHex } from 'viem'
import type { Chain } from './chain.ts'
import { chronicle } from './chronicle.ts'
import { signerOf } from './hub.ts'
import { receiptOf } from './scheduler.ts'
import { CHAIN_ID, type Kind, places, type State } from './state.ts'

export const urls = {
  market: 'http://market.test',
  storage: 'http://storage.test',
  sms: 'http://sms.test',
  scheduler: 'http://scheduler.test',
} as const
export type Service = keyof typeof urls

/** What storage and market remember. */
export type Shelves = Readonly<{
  objects: Map<string, Uint8Array>
  /** Secrets by where they are pushed. */
  secrets: Map<string, string>
  books: Readonly<Record<Order.Kind, Map<Hex, Order.Order>>>
}>

export const emptyShelves = (): Shelves => ({
  objects: new Map(),
  secrets: new Map(),
  books: { app: new Map(), dataset: new Map(), workerpool: new Map(), request: new Map() },
})

/** `fetch` into the test network. */
export function answering(chain: Chain, shelves: Shelves): typeof fetch {
  const { state } = chain
  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const known: Record<string, typeof market> = {
      ...{ [urls.market]: market, [urls.sms]: sms, [urls.scheduler]: scheduler },
    }
    const answer = known[url.origin] ?? storage
    return (await answer({ request, url, state, shelves, chain })) ?? failure(404, 'not found')
  }
}

type Call = Readonly<{
  request: Request
  url: URL
  state: State
  shelves: Shelves
  chain: Chain
}>
type Answer = Promise<Response | undefined> | Response | undefined

const failure = (status: number, error: string, code?: string) =>
  json({ ok: false, error, code }, status)

function json(value: object, status = 200): Response {
  const plain = (_: string, each: unknown) => (typeof each === 'bigint' ? `${each}` : each)
  const headers = { 'content-type': 'application/json' }
  return new Response(JSON.stringify(value, plain), { status, headers })
}

async function storage({ request, url, shelves }: Call): Promise<Response | undefined> {
  if (request.method === 'POST') {
    const bytes = new Uint8Array(await request.arrayBuffer())
    const cid = Cid.of(bytes)
    shelves.objects.set(cid, bytes)
    return json({ cid, size: bytes.length })
  }
  const found = shelves.objects.get(url.pathname.replace('/ipfs/', ''))
  return found && new Response(found.slice())
}

async function sms({ request, url, shelves }: Call): Promise<Response> {
  const place = `${url.pathname}${url.search}`
  const known = shelves.secrets.has(place)
  if (!known && request.method !== 'POST') return failure(404, 'Secret not found', 'secret/unknown')
  if (known && request.method === 'POST')
    return failure(409, 'Secret already exists', 'secret/exists')
  if (request.method !== 'GET') shelves.secrets.set(place, await request.text())
  return new Response(null, { status: 204 })
}

function scheduler({ url, state }: Call): Answer {
  const [, taskId] = /^\/pool\/tasks\/(0x\w+)\/receipt$/.exec(url.pathname) ?? []
  const receipt = receiptOf(state, taskId as Hex) // by the expression
  return receipt ? json(receipt) : failure(404, 'This pool has no such task.', 'task/unknown')
}

function market(call: Call): Answer {
  const { request, url } = call
  if (url.pathname === '/challenge') return json({ ok: true, data: challenge() })
  if (url.pathname === '/graphql') return named(call)
  const [, kind, hash] =
    /^\/(app|dataset|workerpool|request)orders(?:\/(0x\w+))?$/.exec(url.pathname) ?? []
  if (kind === undefined) return told(call)
  const known = kind as Order.Kind // by the expression
  if (request.method === 'POST') return publish(call, known)
  if (request.method === 'PUT') return unpublish(call, known)
  return hash === undefined ? find(call, known) : show(call, known, hash as Hex)
}

async function told({ url, ...known }: Call): Promise<Response | undefined> {
  const answer = await chronicle(url.pathname, Object.fromEntries(url.searchParams), known)
  return answer && json({ ok: true, ...answer })
}

/** Of the graph, the one question that the SDK asks. */
async function named({ request, state }: Call): Promise<Response> {
  const { variables } = (await request.json()) as { variables: { text: string } } // sent by the SDK
  const of = (kind: Kind) =>
    [...state.entries]
      .filter(([, entry]) => entry.kind === kind && entry.name.includes(variables.text))
      .map(([id, { name }]) => ({ id, name }))
  return json({ data: { app: of('app'), dataset: of('dataset'), workerpool: of('workerpool') } })
}

const challenge = () => ({
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
    ],
    Challenge: [{ name: 'challenge', type: 'string' }],
  },
  domain: { name: 'iExec Gateway', version: '1', chainId: CHAIN_ID },
  primaryType: 'Challenge',
  message: { challenge: 'test' },
})

const domain = Order.domain(CHAIN_ID, places.hub)

async function publish({ request, state, shelves }: Call, kind: Order.Kind): Promise<Response> {
  const { order } = (await request.json()) as { order: unknown } // parsed in the next line
  const parsed = Order.parse(kind, order)
  const hash = Order.hash(kind, parsed, domain)
  shelves.books[kind].set(hash, parsed)
  return json({ ok: true, published: entryOf(state, kind, hash, parsed) })
}

async function unpublish({ request, shelves }: Call, kind: Order.Kind): Promise<Response> {
  const { orderHash } = (await request.json()) as { orderHash: Hex } // sent by the SDK
  if (shelves.books[kind].delete(orderHash)) return json({ ok: true, unpublished: [orderHash] })
  return failure(404, `${kind}order is not published`, 'order/unknown')
}

function show({ state, shelves }: Call, kind: Order.Kind, hash: Hex): Response {
  const order = shelves.books[kind].get(hash)
  if (order) return json({ ok: true, ...entryOf(state, kind, hash, order) })
  return failure(404, `${kind}order not found`, 'order/unknown')
}

function find({ url, state, shelves }: Call, kind: Order.Kind): Response {
  const asked = Object.fromEntries(url.searchParams)
  const price = (order: object) => BigInt((order as Record<string, bigint>)[`${kind}price`] ?? 0n)
  const orders = [...shelves.books[kind]]
    .map(([hash, order]) => entryOf(state, kind, hash, order))
    .filter(({ status, remaining, order }) => status === 'open' && fits(order, remaining, asked))
    .sort((a, b) => Number(price(a.order) - price(b.order)))
  return json({ ok: true, orders, count: orders.length })
}

function entryOf(state: State, kind: Order.Kind, orderHash: Hex, order: Order.Order) {
  const remaining = order.volume - (state.consumed.get(orderHash) ?? 0n)
  const publicationTimestamp = new Date(Number(state.now) * 1000).toISOString()
  return {
    ...{ orderHash, chainId: CHAIN_ID, order, remaining, publicationTimestamp },
    status: remaining > 0n ? 'open' : 'filled',
    signer: signerOf(state, kind, order),
  }
}

/** The filters of the market that a quote uses. */
function fits(order: object, remaining: bigint, asked: Readonly<Record<string, string>>): boolean {
  const said = order as Readonly<Record<string, string>>
  const tag = (said.tag ?? '0x') as Hex
  const same = (name: string) =>
    asked[name] === undefined || said[name] === undefined || equal(said[name], asked[name])
  const open = (name: string) => {
    const to = said[`${name}restrict`]
    return to === undefined || /^0x0+$/.test(to) || equal(to, asked[name])
  }
  return (
    ['app', 'dataset', 'workerpool'].every((name) => same(name) && open(name)) &&
    open('requester') &&
    (asked.category === undefined || BigInt(said.category ?? 0) === BigInt(asked.category)) &&
    BigInt(said.trust ?? 0) >= BigInt(asked.minTrust ?? 0) &&
    remaining >= BigInt(asked.minVolume ?? 0) &&
    (asked.minTag === undefined || Tag.includes(tag, asked.minTag as Hex))
  )
}

const equal = (a: string, b: string | undefined) =>
  b !== undefined && isAddressEqual(a as Address, b as Address)

/** Text as an app would write it. */
export const bytesOf = (text: string): Uint8Array => hexToBytes(stringToHex(text))
