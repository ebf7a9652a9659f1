import { readFileSync } from 'node:fs'
import { Order } from '@traboule/protocol'
import {
  type Context,
  type Loop,
  listen,
  migrate,
  openChain,
  openDatabase,
  openKey,
  openPlaces,
} from '@traboule/service-kit'
import { openAuth } from './auth.ts'
import { type Brokerage, openBrokerage } from './brokerage.ts'
import { announce } from './changes.ts'
import type { Config } from './config.ts'
import type { Tables } from './db/schema.ts'
import { alone } from './db/tx.ts'
import { requireWhole } from './db/whole.ts'
import { dealsChanged } from './deals/deals.ts'
import { openFeed } from './feed.ts'
import { openGraph } from './graph/answer.ts'
import { startIndex } from './index/follow.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { openPublisher } from './orders/publish.ts'
import { refresh, suspectsOf } from './orders/refresh.ts'
import { checkSignatures } from './orders/signature.ts'
import type { Parts } from './routes.ts'
import { serve } from './serve.ts'
import { openTide } from './tide.ts'
import { noWitness, openWitness, type WitnessOptions } from './witness.ts'

/** The market: an order book fed by people over HTTP and corrected by the chain. */
export async function startMarket(config: Config, context: Context) {
  await using stack = new AsyncDisposableStack()
  const base = await openBase(config, context, stack)
  const { db, client, chainId, hub, tide, feed, witness } = base
  let brokerage: Brokerage | undefined
  const index = stack.use(await startIndexing(base, () => brokerage?.nudge()))
  const metrics = openMetrics(db, tide)
  const parts: Parts = {
    db,
    client,
    chainId,
    hub,
    ...openBook(base, { metrics, hurry: index.nudge, written: () => brokerage?.nudge() }),
    on: Order.domain(chainId, hub),
    version,
    broker: await brokerOf(config),
    chainTime: tide.time,
    head: tide.head,
  }
  const graph = openGraph({
    db,
    client,
    hub,
    log: context.log,
    head: tide.head,
    says: witness.says,
  })
  const app = serve({ parts, graph, says: witness.says, metrics, config, context })
  brokerage = stack.use(await openBrokerage({ config, parts, client, metrics, context }))
  const server = stack.use(await listen(app, config.PORT, config.HOST))
  stack.use(feed.serve(server.server))
  const resources = stack.move()
  return {
    url: server.url,
    failed: Promise.race([index.done, feed.done, brokerage.done, witness.done]).then(
      () => new Promise<never>(() => undefined),
    ),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

type Base = Awaited<ReturnType<typeof openBase>>

/** What the rest stands on: the database, the chain, and those who are told when they change. */
async function openBase(config: Config, context: Context, stack: AsyncDisposableStack) {
  const { log, signal, clock } = context
  const { db } = stack.use(await openDatabase<Tables>(config.DATABASE_URL))
  await openPlaces(db)
  await migrate(db, 'market', new URL('./db/migrations/', import.meta.url))
  await requireWhole(db)
  const client = await openChain(config.RPC_URL, config.CHAIN_ID)
  const chainId = client.chain.id
  const tide = await openTide(client, { clock, signal })
  const witness = stack.use(await witnessOf(config, { ...context, chainId, head: tide.head }))
  const feed = stack.use(await openFeed({ db, chainId, clock, log, signal }))
  return { config, context, db, client, chainId, hub: config.HUB, tide, witness, feed }
}

/** Keeps the index, and the book and the feed right by it. */
function startIndexing(base: Base, moved: () => void): Promise<Loop> {
  const { config, context, db, client, chainId, hub, tide, witness, feed } = base
  return startIndex({
    ...context,
    db,
    client,
    hub,
    from: config.FROM_BLOCK,
    everyMs: config.POLL_MS,
    moved(head) {
      tide.moved(head)
      feed.nudge()
      witness.nudge()
      moved()
    },
    async changed(tx, rows, { timestamp }) {
      await alone(tx)
      await announce(tx, await dealsChanged(tx, rows, chainId))
      await refresh(tx, suspectsOf(rows), { chainId, now: timestamp ?? tide.time() })
    },
  })
}

type Writing = Readonly<{
  metrics: Metrics
  /** Makes the index look at the chain at once. */
  hurry(): void
  /** Told after orders were written. */
  written(): void
}>

/** Who may write to the book, and how. */
function openBook(base: Base, { metrics, hurry, written }: Writing) {
  const { config, context, db, client, chainId, hub, tide, feed } = base
  const { clock } = context
  const signatures = checkSignatures(client, hub)
  const caughtUp = () => tide.caughtUp(hurry)
  const publisher = openPublisher({
    db,
    chainId,
    most: config.OPEN_ORDERS,
    now: clock.now,
    chainTime: tide.time,
    caughtUp,
    metrics,
    written() {
      feed.nudge()
      written()
    },
  })
  return { signatures, publisher, caughtUp, auth: openAuth({ db, chainId, clock, signatures }) }
}

type Asking = Omit<WitnessOptions, 'url' | 'everyMs'>

async function witnessOf({ WITNESS_URL: url, POLL_MS: everyMs }: Config, asking: Asking) {
  return url ? openWitness({ ...asking, url, everyMs }) : noWitness
}

async function brokerOf(config: Config): Promise<Parts['broker']> {
  const fee = config.BROKER_FEE
  return config.BROKER ? { address: (await openKey(config)).address, fee } : { fee }
}

const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string // of our own package
  }
).version
