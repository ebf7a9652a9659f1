/** Server: a route table on one side, HTTP on the other. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { AppError } from '@traboule/protocol'
import { type Api, type Handlers, type Route, Signed } from '@traboule/protocol/api'
import { type Context as Call, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import type { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export type MountOptions = Readonly<{
  log: Log
  clock: Clock
  /** For routes with `auth: 'signed'`: see `Signed.Claim`. */
  chainId: number
  service: string
  /** Largest body in bytes. */
  bodyBytes?: number
  /** Added to every JSON answer; the market answers `{ ok: true, … }`. */
  envelope?: object
  /** Who makes a claim; `Signed.verify` unless the service knows other ways too. */
  authorize?: typeof Signed.verify
  /** The HTTP status of a failure, where a service's clients expect others than the table's. */
  statusOf?: (error: AppError) => number
  /** The app that gets the routes, when one service answers several tables. */
  onto?: Hono
}>

type AnyHandler = (request: object) => Promise<unknown>

/** An app that answers every route of `api` and turns errors into answers. */
export function mount<A extends Api>(api: A, handlers: Handlers<A>, options: MountOptions): Hono {
  const app = options.onto ?? createApp(options)
  for (const [name, route] of Object.entries(api)) {
    const handle = handlers[name] as unknown as AnyHandler // same row: the types agree
    app.on(route.method, route.path, (call) => answer(call, route, handle, options))
  }
  return app
}

/** An app without routes: CORS, body limit, health, and errors as answers. */
export function createApp(options: MountOptions): Hono {
  const { bodyBytes = 1_000_000 } = options
  const app = new Hono()
  app.use(cors())
  app.use(
    bodyLimit({
      maxSize: bodyBytes,
      onError: () => {
        const sentence = `The body is larger than ${bodyBytes} bytes.`
        throw new AppError('request/too-large', sentence, { limit: bodyBytes })
      },
    }),
  )
  app.get('/health/live', (call) => call.json({ ok: true }))
  app.onError((error) => failure(error, options))
  app.notFound((call) => {
    const sentence = `There is no ${call.req.method} ${call.req.path}.`
    return failure(new AppError('route/unknown', sentence), options)
  })
  return app
}

async function answer(call: Call, route: Route, handle: AnyHandler, options: MountOptions) {
  const { bytes, body } = await readBody(call, route)
  const params = parse(route.params, call.req.param(), 'params')
  const query = parse(route.query, call.req.query(), 'query')
  const caller = route.auth ? await callerOf(call, bytes, options) : undefined
  const result = await handle({ params, query, body, caller })
  if (route.returns === 'nothing') return call.body(null, 204)
  if (route.returns === 'text') return call.text(String(result))
  if (route.returns === 'bytes')
    return call.body(result as Uint8Array<ArrayBuffer>, 200, {
      'content-type': 'application/octet-stream',
    })
  const text = JSON.stringify({ ...options.envelope, ...(result as object) }, plain)
  return call.body(text, 200, { 'content-type': 'application/json' })
}

async function readBody(call: Call, route: Route) {
  if (route.body === undefined) return { bytes: undefined, body: undefined }
  const bytes = new Uint8Array(await call.req.arrayBuffer())
  if (route.body === 'bytes') return { bytes, body: bytes }
  return { bytes, body: parse(route.body, fromJson(bytes), 'body') }
}

function fromJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AppError('request/not-json', 'The body is not JSON.', {}, cause)
  }
}

function parse(schema: z.ZodType | undefined, input: unknown, where: string): unknown {
  if (!schema) return undefined
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) =>
    `${[where, ...issue.path].join('.')}: ${issue.message}`.slice(0, 200),
  )
  throw new AppError('request/invalid', `The ${where} is not valid: ${fields[0]}.`, { fields })
}

function callerOf(call: Call, body: Uint8Array | undefined, options: MountOptions) {
  const { chainId, service, clock, authorize = Signed.verify } = options
  const url = new URL(call.req.url)
  const target = url.pathname + url.search
  const claim = { chainId, service, method: call.req.method, target, body }
  return authorize(call.req.header('authorization'), claim, Math.floor(clock.now() / 1000))
}

/** The one form in which every service says that something went wrong. */
function failure(error: unknown, { log, statusOf }: MountOptions): Response {
  const known = error instanceof AppError ? error : unexpected(error, log)
  const { code, message, hint, details, retry } = known
  const body = { ok: false, error: message, code, hint, retry, details }
  return new Response(JSON.stringify(body, plain), {
    status: statusOf?.(known) ?? known.status,
    headers: {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      // What is left of a body that was too large is not read: this connection is of no more use.
      ...(code === 'request/too-large' && { connection: 'close' }),
    },
  })
}

function unexpected(error: unknown, log: Log): AppError {
  const id = randomUUID()
  log.error('request.crashed', { id, error })
  return new AppError('service/bug', `Something went wrong here (${id}).`, { id }, error)
}

const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)

export type Listening = AsyncDisposable &
  Readonly<{
    url: string
    port: number /** For what shares the port: WebSockets. */
    server: Server
  }>

/** Longer than callers keep idle connections, so that they, not we, close them. */
const KEEP_ALIVE_MS = 65_000

/** Serves `app` on `port` (0 picks a free one). Throws `port/taken`. */
export function listen(app: Hono, port: number, hostname = '127.0.0.1'): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const serverOptions = { keepAliveTimeout: KEEP_ALIVE_MS }
    const settings = { fetch: app.fetch, port, hostname, serverOptions }
    const server = serve(settings, (at: AddressInfo) => {
      resolve({
        url: `http://${hostname}:${at.port}`,
        port: at.port,
        server: server as Server, // made by `http.createServer`, as no other was asked for
        [Symbol.asyncDispose]: () => closed(server),
      })
    })
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = new AppError('port/taken', `Port ${port} is already in use.`, { port }, cause)
      reject(cause.code === 'EADDRINUSE' ? taken : cause)
    })
  })
}

function closed(server: ReturnType<typeof serve>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
