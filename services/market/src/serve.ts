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
import type { Testimony } from './witness.ts'

/** Largest body in bytes: the longest order, or the 500 usual ones of one request. */
const BODY_BYTES = 524_288

const ABOUT =
  'The order book and the index of one hub. Writes are authorised by a signed claim, or by a ' +
  'challenge signed once: authorization: <hash>_<signature>_<address>. Amounts are nRLC; 1 RLC is ' +
  '10^9 nRLC. The feed of changes is socket.io at /ws; deals, tasks and money are told at /graphql.'

type Serving = Readonly<{
  parts: Parts
  graph: Graph
  /** What a second endpoint of the chain says of the index. */
  says(): Testimony
  metrics: Metrics
  config: Config
  context: Context
}>

/** The app that answers everything the market can be asked. */
export function serve({ parts, graph, says, metrics, config, context }: Serving): Hono {
  const { log, clock } = context
  const { auth, chainId } = parts
  const options = {
    log,
    clock,
    chainId,
    service: 'market',
    bodyBytes: BODY_BYTES,
    envelope: {
      ok: true,
      /** Every answer says so while it may be of a chain that others do not have. */
      get disputed() {
        return says() === 'disagrees' || undefined
      },
    },
    authorize: auth.authorize,
    statusOf,
  }
  const app = createApp(options)
  const addressOf = (call: Call) => callerOf(call, config.TRUST_PROXY)
  app.use(limit({ most: config.RATE_LIMIT, clock, addressOf }))
  serveMetrics(app, parts, metrics)
  serveGraph(app, graph)
  serveHealth(app, parts, says)
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

/** `/health`: where the index is, and what a second endpoint says of it; 503 when it has another chain. */
function serveHealth(app: Hono, { head }: Parts, says: () => Testimony): void {
  app.get('/health', (call) => {
    const [block, witness] = [head(), says()]
    const ok = witness !== 'disagrees'
    const index = block && { number: Number(block.number), hash: block.hash }
    return call.json({ ok, index, witness }, ok ? 200 : 503)
  })
}

type Bindings = { incoming?: { socket?: { remoteAddress?: string } } }

/** Who asks: the socket's address, or what a trusted proxy says of it. */
function callerOf(call: Call, trustProxy: boolean): string {
  const forwarded = trustProxy ? call.req.header('x-forwarded-for')?.split(',').at(-1) : undefined
  const { incoming } = call.env as Bindings // node-server's bindings; none under `app.request`
  return forwarded?.trim() ?? incoming?.socket?.remoteAddress ?? 'unknown'
}
