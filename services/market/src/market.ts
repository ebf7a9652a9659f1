import { readFileSync } from 'node:fs'
import { Order } from '@traboule/protocol'
import {
  type Context,
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
import { dealsChanged } from './deals/deals.ts'
import { openFeed } from './feed.ts'
import { openGraph } from './graph/answer.ts'
import { startIndex } from './index/follow.ts'
import { openMetrics } from './metrics.ts'
import { openPublisher } from './orders/publish.ts'
import { refresh, suspectsOf } from './orders/refresh.ts'
import { checkSignatures } from './orders/signature.ts'
import type { Parts } from './routes.ts'
import { serve } from './serve.ts'
import { openTide } from './tide.ts'
import { noWitness, openWitness, type WitnessOptions } from './witness.ts'

/** The market: an order book fed by people over HTTP and corrected by the chain. */
export async function startMarket(config: Config, context: Context) {
  const { log, signal, clock } = context
  await using stack = new AsyncDisposableStack()
  const { db } = stack.use(await openDatabase<Tables>(config.DATABASE_URL))
  await openPlaces(db)
  await migrate(db, 'market', new URL('./db/migrations/', import.meta.url))
  const client = await openChain(config.RPC_URL, config.CHAIN_ID)
  const chainId = client.chain.id
  const hub = config.HUB
  const tide = await openTide(client, { clock, signal })
  let brokerage: Brokerage | undefined
  const witness = stack.use(await witnessOf(config, { ...context, chainId, head: tide.head }))
  const feed = stack.use(await openFeed({ db, chainId, clock, log, signal }))
  const index = stack.use(
    await startIndex({
      db,
      client,
      hub,
      from: config.FROM_BLOCK,
      everyMs: config.POLL_MS,
      clock,
      log,
      signal,
      moved(head) {
        tide.moved(head)
        feed.nudge()
        brokerage?.nudge()
        witness.nudge()
      },
      async changed(tx, rows, { timestamp }) {
        await alone(tx)
        await announce(tx, await dealsChanged(tx, rows, chainId))
        await refresh(tx, suspectsOf(rows), { chainId, now: timestamp ?? tide.time() })
      },
    }),
  )
  const signatures = checkSignatures(client, hub)
  const chainTime = tide.time
  const metrics = openMetrics(db, tide)
  const caughtUp = () => tide.caughtUp(index.nudge)
  const most = config.OPEN_ORDERS
  const parts: Parts = {
    db,
    auth: openAuth({ db, chainId, clock, signatures }),
    publisher: openPublisher({
      db,
      chainId,
      most,
      now: clock.now,
      chainTime,
      caughtUp,
      metrics,
      written() {
        feed.nudge()
        brokerage?.nudge()
      },
    }),
    signatures,
    client,
    chainId,
    hub,
    on: Order.domain(chainId, hub),
    version,
    broker: await brokerOf(config),
    chainTime,
    head: tide.head,
    caughtUp,
  }
  const graph = openGraph({ db, client, hub, log, head: tide.head, says: witness.says })
  const app = serve({ parts, graph, says: witness.says, metrics, config, context })
  const given = { config, parts, client, metrics, context }
  brokerage = stack.use(await openBrokerage(given))
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
