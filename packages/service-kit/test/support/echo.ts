/** Echo: a service with one route of each kind, listening. */
import { AppError, Scalar } from '@traboule/protocol'
import { type Api, client, type Handlers } from '@traboule/protocol/api'
import { virtualClock } from '@traboule/service-kit/testing'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { createLog } from '../../src/log.ts'
import { listen, mount } from '../../src/server.ts'

const api = {
  echo: {
    method: 'POST',
    path: '/echo/:id',
    params: z.object({ id: z.string().max(8) }),
    query: z.object({ times: z.coerce.number().int().max(3).default(1) }),
    body: z.object({ amount: Scalar.uint256, text: z.string().optional() }),
    returns: z.object({ id: z.string(), times: z.number(), amount: Scalar.uint256 }),
    about: 'Says what it heard.',
  },
  whoami: {
    method: 'PUT',
    path: '/whoami/:id',
    auth: 'signed',
    params: z.object({ id: z.string() }),
    query: z.object({ q: z.string().optional() }),
    body: 'bytes',
    returns: z.object({ caller: Scalar.address }),
    about: 'Says who calls.',
  },
  bytes: { method: 'GET', path: '/bytes', returns: 'bytes', about: 'Gives bytes.' },
  text: { method: 'GET', path: '/text', returns: 'text', about: 'Gives text.' },
  nothing: { method: 'DELETE', path: '/nothing', returns: 'nothing', about: 'Gives nothing.' },
  refuse: { method: 'GET', path: '/refuse', returns: 'nothing', about: 'Refuses.' },
  crash: { method: 'GET', path: '/crash', returns: 'nothing', about: 'Has a bug.' },
} as const satisfies Api

const handlers: Handlers<typeof api> = {
  echo: async ({ params: { id }, query: { times }, body: { amount } }) => ({ id, times, amount }),
  whoami: async ({ caller }) => ({ caller }),
  bytes: async () => Uint8Array.of(0, 255, 10),
  text: async () => 'some text',
  nothing: async () => undefined,
  refuse: async () => {
    throw new AppError('order/consumed', 'No volume left.', { remaining: 0n, hash: '0x1' })
  },
  crash: async () => {
    throw new TypeError('a secret detail')
  },
}

export const CHAIN_ID = 7
export const clock = virtualClock(1_000_000_000)
/** The service's time in Unix seconds. */
export const seconds = () => Math.floor(clock.now() / 1000)
export const signer = privateKeyToAccount(generatePrivateKey())

export async function startEcho() {
  const lines: Record<string, unknown>[] = []
  const log = createLog({}, { write: (line) => lines.push(JSON.parse(line)) })
  const options = { log, clock, chainId: CHAIN_ID, service: 'test', bodyBytes: 1_000 }
  const server = await listen(mount(api, handlers, { ...options, envelope: { ok: true } }), 0)
  const ask = client(api, server.url, {
    signer: signer as never,
    chainId: CHAIN_ID,
    service: 'test',
    now: seconds,
  })
  return {
    ...server,
    ask,
    /** What the service logged. */
    lines,
    send: (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init),
  }
}
export type Echo = Awaited<ReturnType<typeof startEcho>>
