/** Gate: HTTP that passes through, except that chosen requests wait until the test lets them go. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Seen = Readonly<{ method: string; path: string; body: string }>

export type Gate = AsyncDisposable &
  Readonly<{
    url: string
    /** From now on requests of this kind wait. Resolves when the first one does. */
    hold(kind: (request: Seen) => boolean): Promise<Seen>
    /** Requests of this kind are answered by the test. */
    answer(kind: (request: Seen) => boolean, with_: (response: ServerResponse) => void): void
    /** From now on request bodies pass through `change`. */
    alter(change: (body: string) => string): void
    /** Lets everything through; those that waited are gone, as their callers were killed. */
    open(): void
  }>

/** Starts a gate before `target`. */
export async function startGate(target: string): Promise<Gate> {
  let held: { kind: (seen: Seen) => boolean; first: PromiseWithResolvers<Seen> } | undefined
  let answered:
    | { kind: (seen: Seen) => boolean; with_: (response: ServerResponse) => void }
    | undefined
  let altered: ((body: string) => string) | undefined
  const server = createServer(async (incoming, response) => {
    const body = await bytesOf(incoming)
    const seen = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      body: body.toString('latin1'),
    }
    if (held?.kind(seen)) return held.first.resolve(seen)
    if (answered?.kind(seen)) return answered.with_(response)
    const onward = altered ? Buffer.from(altered(seen.body), 'latin1') : body
    forward(incoming, onward, response, target)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return {
    url: `http://127.0.0.1:${port}`,
    hold(kind) {
      const first = Promise.withResolvers<Seen>()
      held = { kind, first }
      return first.promise
    },
    alter(change) {
      altered = change
    },
    answer(kind, with_) {
      answered = { kind, with_ }
    },
    open() {
      held = answered = altered = undefined
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part)
  return Buffer.concat(parts)
}

function forward(
  incoming: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  target: string,
) {
  const { method, headers, url = '/' } = incoming
  // The host stays as the caller named it: signed requests cover only path and body.
  const length = { 'content-length': String(body.length) }
  const options = { method, headers: { ...headers, ...(method === 'POST' && length) } }
  const onward = request(new URL(url, target), options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  onward.end(body)
}
