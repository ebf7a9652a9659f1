/** An IPFS gateway that gives out what the test put there, or something else. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cid } from '@traboule/protocol'

export type Gateway = AsyncDisposable &
  Readonly<{
    url: string
    /** Keeps bytes and names them. */
    put(bytes: Uint8Array): string
    /** Gives other bytes than `cid` names. */
    forge(cid: string, bytes: Uint8Array): void
  }>

export async function startGateway(): Promise<Gateway> {
  const kept = new Map<string, Uint8Array>()
  const server = createServer((request, response) => {
    const found = kept.get(request.url?.replace('/ipfs/', '') ?? '')
    response.writeHead(found ? 200 : 404).end(found)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    put(bytes) {
      const cid = Cid.of(bytes)
      kept.set(cid, bytes)
      return cid
    },
    forge: (cid, bytes) => kept.set(cid, bytes),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
