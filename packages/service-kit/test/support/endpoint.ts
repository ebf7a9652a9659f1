/**
 * Endpoint: stands in front of a node as bad endpoints do: answers errors, hangs up, or forwards to
 * a node that is some blocks behind and does not know it, or that fails.
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
  }>

type Call = { id: number; method: string; params: unknown[] }
type Answer = { jsonrpc: '2.0'; id: number; result?: unknown; error?: unknown }

export async function startEndpoint(node: string): Promise<Endpoint> {
  const moods: Mood[] = []
  const server = createServer(async (request, response) => {
    const calls = JSON.parse(await text(request)) as Call | Call[]
    const mood = moods.shift() ?? 'well'
    if (mood === 'hang up') return void response.destroy()
    if (mood === 'error') return void response.writeHead(503).end('overloaded')
    const answers = await answerAll([calls].flat(), node, mood)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Array.isArray(calls) ? answers : answers[0]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on a port
  return {
    url: `http://127.0.0.1:${port}`,
    next: (more) => void moods.splice(0, moods.length, ...more),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
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
