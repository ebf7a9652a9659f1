/**
 * Endpoint: stands in front of a node as bad endpoints do: answers errors, hangs up, or forwards to
 * a node that is some blocks behind and does not know it, or that fails, or refuses long answers.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { numberToHex } from 'viem'

export type Mood =
  | 'well'
  | 'error'
  | 'hang up'
  | Readonly<{ behind: bigint }>
  /** JSON-RPC's "internal error", with this message. */
  | Readonly<{ fault: string }>

export type Endpoint = AsyncDisposable &
  Readonly<{
    url: string
    /** The moods of the next requests, in order; well afterwards. */
    next(moods: readonly Mood[]): void
    /** From now on refuses answers of more logs, in one of the ways nodes have. */
    allow(most: number, way?: Way): void
  }>

/** By an error, or by an answer that grows too large for the one who asked. */
type Way = 'error' | 'flood'
type Limit = { most: number; way: Way }

type Call = { id: number; method: string; params: unknown[] }
type Answer = { jsonrpc: '2.0'; id: number; result?: unknown; error?: unknown }

export async function startEndpoint(node: string): Promise<Endpoint> {
  const moods: Mood[] = []
  const limit: Limit = { most: Number.POSITIVE_INFINITY, way: 'error' }
  const server = createServer(async (request, response) => {
    const calls = JSON.parse(await text(request)) as Call | Call[]
    const mood = moods.shift() ?? 'well'
    if (mood === 'hang up') return void response.destroy()
    if (mood === 'error') return void response.writeHead(503).end('overloaded')
    const answers = limited(await answerAll([calls].flat(), node, mood), limit)
    response.setHeader('content-type', 'application/json')
    const flooded = limit.way === 'flood' && answers.some(({ error }) => error !== undefined)
    if (flooded) response.write(Buffer.alloc(FLOOD, ' '))
    response.end(JSON.stringify(Array.isArray(calls) ? answers : answers[0]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on a port
  return {
    url: `http://127.0.0.1:${port}`,
    next: (more) => void moods.splice(0, moods.length, ...more),
    allow: (most, way = 'error') => void Object.assign(limit, { most, way }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** More bytes than a client reads. */
const FLOOD = 11_000_000

function limited(answers: readonly Answer[], { most }: Limit): Answer[] {
  const message = `query returned more than ${most} results`
  return answers.map(({ result, ...answer }) =>
    Array.isArray(result) && result.length > most
      ? { ...answer, error: { code: -32_005, message } }
      : { ...answer, result },
  )
}

/** One view for the whole batch, as one node has. */
async function answerAll(
  calls: Call[],
  node: string,
  mood: Exclude<Mood, string> | 'well',
): Promise<Answer[]> {
  if (mood !== 'well' && 'fault' in mood) {
    const error = { code: -32_603, message: mood.fault }
    return calls.map(({ id }) => ({ jsonrpc: '2.0', id, error }))
  }
  const { behind } = mood === 'well' ? { behind: 0n } : mood
  const ask = async (method: string, params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(node, { method: 'POST', body, headers })
    return ((await response.json()) as Answer).result
  }
  const newest = BigInt((await ask('eth_blockNumber', [])) as string) - behind
  const top = newest < 0n ? 0n : newest
  const seen = async ({ method, params }: Call): Promise<unknown> => {
    if (method === 'eth_blockNumber') return numberToHex(top)
    if (method === 'eth_getBlockByNumber') {
      const [number, full] = params as [string, boolean]
      if (number === 'latest') return ask(method, [numberToHex(top), full])
      return BigInt(number) > top ? null : ask(method, params)
    }
    if (method === 'eth_getLogs') {
      const [filter] = params as [{ fromBlock: string; toBlock: string }]
      if (BigInt(filter.fromBlock) > top) return []
      const toBlock = BigInt(filter.toBlock) > top ? numberToHex(top) : filter.toBlock
      return ask(method, [{ ...filter, toBlock }])
    }
    return ask(method, params)
  }
  return Promise.all(
    calls.map(async (call) => ({ jsonrpc: '2.0', id: call.id, result: await seen(call) })),
  )
}
