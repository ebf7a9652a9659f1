/** Client: the caller's side of a route table. */
import { z } from 'zod'
import { AppError, isErrorCode } from '../errors.ts'
import type { Api, Client, Route } from './define.ts'
import { type Signer, sign } from './signed.ts'

export type ClientOptions = Readonly<{
  /** Who signs, for routes with `auth: 'signed'`. */
  signer?: Signer
  chainId?: number
  /** The name by which the service knows itself (see `Claim.service`). */
  service?: string
  /** Makes the `authorization` of signed routes, for services that do not take `Signed` claims. */
  authorize?: () => Promise<string>
  fetch?: typeof fetch
  /** Milliseconds before a call is given up. */
  timeoutMs?: number
  /** Unix seconds now. */
  now?: () => number
}>

type Call = Readonly<{ params?: object; query?: object; body?: unknown }>

/** One typed function per route of `api`, at `baseUrl`. */
export function client<A extends Api>(
  api: A,
  baseUrl: string,
  options: ClientOptions = {},
): Client<A> {
  const calls = Object.entries(api).map(([name, route]) => [
    name,
    (call: Call = {}, signal?: AbortSignal) => send(route, baseUrl, call, { ...options, signal }),
  ])
  return Object.fromEntries(calls) as Client<A> // same keys, typed by the same table
}

type SendOptions = ClientOptions & Readonly<{ signal: AbortSignal | undefined }>

async function send(route: Route, baseUrl: string, call: Call, options: SendOptions) {
  const url = new URL(targetOf(route, call), baseUrl)
  const body = bodyOf(route, call.body)
  const headers = new Headers({ accept: 'application/json' })
  if (body) headers.set('content-type', contentTypeOf(route))
  if (route.auth) headers.set('authorization', await authorization(route, url, body, options))
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000)
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout
  const init = { method: route.method, headers, signal, ...(body && { body }) }
  const response = await reach(url, init, options.fetch ?? fetch)
  if (!response.ok) throw await failureOf(response)
  return answerOf(route, response)
}

async function reach(url: URL, init: RequestInit, via: typeof fetch): Promise<Response> {
  try {
    return await via(url, init)
  } catch (cause) {
    if (init.signal?.aborted && !(init.signal.reason instanceof DOMException)) throw cause
    throw new AppError('service/unreachable', `${url.origin} does not answer.`, { url }, cause)
  }
}

async function authorization(
  route: Route,
  url: URL,
  body: Uint8Array | undefined,
  { signer, chainId, service, authorize, now = () => Math.floor(Date.now() / 1000) }: ClientOptions,
): Promise<string> {
  if (authorize) return authorize()
  if (!signer || chainId === undefined || service === undefined)
    throw new AppError('request/unauthorized', `${route.path} needs a signer.`, {})
  const { method } = route
  const target = url.pathname + url.search
  return sign({ chainId, service, method, target, body, issuedAt: now() }, signer)
}

function targetOf(route: Route, { params = {}, query = {} }: Call): string {
  const given = params as Record<string, unknown>
  const path = route.path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(String(given[name])))
  const known = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(
    Object.fromEntries(known.map(([name, value]) => [name, String(value)])),
  )
  return known.length === 0 ? path : `${path}?${search}`
}

function bodyOf(route: Route, body: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (route.body === undefined) return undefined
  if (route.body === 'bytes') return body as Uint8Array<ArrayBuffer> // typed so by `Call`
  return new TextEncoder().encode(
    JSON.stringify(body, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
  )
}

const contentTypeOf = (route: Route) =>
  route.body === 'bytes' ? 'application/octet-stream' : 'application/json'

async function answerOf(route: Route, response: Response) {
  if (route.returns === 'nothing') return undefined
  if (route.returns === 'bytes') return new Uint8Array(await response.arrayBuffer())
  if (route.returns === 'text') return response.text()
  const parsed = route.returns.safeParse(await response.json())
  if (parsed.success) return parsed.data
  const problem = z.prettifyError(parsed.error)
  throw new AppError('service/bad-answer', `${response.url} answered in an unknown form.`, {
    problem,
  })
}

const failure = z.object({
  error: z.string(),
  code: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
})

/** The error a service answered with, as it was thrown there. */
async function failureOf(response: Response): Promise<AppError> {
  const parsed = failure.safeParse(await response.json().catch(() => ({})))
  const { error, code, details } = parsed.data ?? { error: `HTTP ${response.status}` }
  if (isErrorCode(code)) return new AppError(code, error, details)
  const known = { status: response.status, url: response.url }
  return new AppError('service/bad-answer', `${response.url} answered: ${error}`, known)
}
