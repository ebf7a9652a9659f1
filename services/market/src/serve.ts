/** Serve: the market's HTTP face: limits, the route tables, and what machines read. */
import { type AppError, Order } from '@traboule/protocol'
import { bookApi, chronicleApi, marketApi } from '@traboule/protocol/api'
import { type Context, createApp, mount, serveDocs } from '@traboule/service-kit'
import type { Context as Call, Hono } from 'hono'
import { chronicleRoutes } from './chronicle/routes.ts'
import type { Config } from './config.ts'
import type { Graph } from './graph/answer.ts'
import { serveGraph } from './graph/serve.ts'
import { limit } from './limit.ts'
import { type Metrics, openOrders } from './metrics.ts'
import { bookRoutes, marketRoutes, type Parts } from './routes.ts'

/** Largest body in bytes: the longest order, or the 500 usual ones of one request. */
const BODY_BYTES = 524_288

const ABOUT =
  'The order book and the index of one hub. Writes are authorised by a signed claim, or by a ' +
  'challenge signed once: authorization: <hash>_<signature>_<address>. Amounts are nRLC; 1 RLC is ' +
  '10^9 nRLC. The feed of changes is socket.io at /ws; deals, tasks and money are told at /graphql.'

type Serving = Readonly<{
  parts: Parts
  graph: Graph
  metrics: Metrics
  config: Config
  context: Context
}>

/** The app that answers everything the market can be asked. */
export function serve({ parts, graph, metrics, config, context }: Serving): Hono {
  const { log, clock } = context
  const { auth, chainId } = parts
  const options = {
    log,
    clock,
    chainId,
    service: 'market',
    bodyBytes: BODY_BYTES,
    envelope: { ok: true },
    authorize: auth.authorize,
    statusOf,
  }
  const app = createApp(options)
  const addressOf = (call: Call) => callerOf(call, config.TRUST_PROXY)
  app.use(limit({ most: config.RATE_LIMIT, clock, addressOf }))
  serveMetrics(app, parts, metrics)
  serveGraph(app, graph)
  mount(marketApi, marketRoutes(parts), { ...options, onto: app })
  mount(chronicleApi, chronicleRoutes(parts), { ...options, onto: app })
  for (const kind of Order.kinds)
    mount(bookApi(kind), bookRoutes(kind, parts), { ...options, onto: app })
  serveDocs(app, [marketApi, chronicleApi, ...Order.kinds.map((kind) => bookApi(kind))], {
    title: 'Traboule market',
    version: parts.version,
    description: ABOUT,
  })
  return app
}

/** The gateway's statuses: 403 for whatever it will not do, however good its reasons. */
function statusOf({ status, code }: AppError): number {
  if (code === 'order/wrong-chain') return 400
  return [401, 409, 422].includes(status) ? 403 : status
}

/** `/metrics`: figures of a chain as JSON when one is named, else everything for Prometheus. */
function serveMetrics(app: Hono, { db, head }: Parts, { registry }: Metrics): void {
  app.get('/metrics', async (call) => {
    if (call.req.query('chainId') === undefined)
      return call.text(await registry.metrics(), 200, { 'content-type': registry.contentType })
    const open = await openOrders(db)
    const orders = Order.kinds.map((kind) => [`${kind}orders`, open.get(kind) ?? 0])
    const block = Number(head()?.number ?? 0n)
    const figures = { lastBlock: block, checkpointBlock: block, ...Object.fromEntries(orders) }
    return call.json({ ok: true, ...figures })
  })
}

type Bindings = { incoming?: { socket?: { remoteAddress?: string } } }

/** Who asks: the socket's address, or what a trusted proxy says of it. */
function callerOf(call: Call, trustProxy: boolean): string {
  const forwarded = trustProxy ? call.req.header('x-forwarded-for')?.split(',').at(-1) : undefined
  const { incoming } = call.env as Bindings // node-server's bindings; none under `app.request`
  return forwarded?.trim() ?? incoming?.socket?.remoteAddress ?? 'unknown'
}
