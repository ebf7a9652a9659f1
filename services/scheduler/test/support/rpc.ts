/** Rpc: an endpoint in front of the chain that is slow, fails, and forgets the newest blocks. */
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { numberToHex } from 'viem'
import type { World } from './world.ts'

export type Rpc = AsyncDisposable & {
  readonly url: string
  faulty: boolean
  readonly faults: () => number
}

type Ask = { id: unknown; method: string; params?: unknown[] }

/** How many blocks behind a node of the endpoint may be. */
const LAG = 3n

/** An honest endpoint until `faulty` is set; `seed` decides which calls go wrong, and how. */
export async function openRpc(world: World, seed: number): Promise<Rpc> {
  let faults = 0
  let state = seed
  /** True for one call in `n`. */
  const oneIn = (n: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % n === 0
  }
  const forward = async (asked: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(asked) }
    return (await fetch(world.anvil.rpcUrl, init)).text()
  }
  /** What a node that is some blocks behind would be asked. */
  const behind = async (ask: Ask): Promise<Ask> => {
    const head = await world.client.getBlockNumber()
    const params = (ask.params ?? []).map((each) => {
      return each === 'latest' ? numberToHex(head > LAG ? head - LAG : head) : each
    })
    return { ...ask, params }
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    let asked = JSON.parse(Buffer.concat(chunks).toString()) as Ask | Ask[]
    if (rpc.faulty && oneIn(9)) {
      faults++
      return response.writeHead(503).end()
    }
    if (rpc.faulty && oneIn(7)) {
      faults++
      const all = await Promise.all([asked].flat().map(behind))
      asked = Array.isArray(asked) ? all : (all[0] ?? asked)
    }
    if (rpc.faulty && oneIn(5)) await delay(150)
    const text = await forward(asked)
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number } // a TCP server has one
  const rpc: Rpc = {
    url: `http://127.0.0.1:${port}`,
    faulty: false,
    faults: () => faults,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return rpc
}
