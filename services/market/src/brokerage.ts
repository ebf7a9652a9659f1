/**
 * Brokerage: what the market does by itself: it hears orders told on chain, asks again for signatures
 * that may lapse, reads the bulks of deals, and matches what it has.
 */
import {
  type ChainClient,
  type Context,
  type Loop,
  openJournal,
  openKey,
  openSender,
} from '@traboule/service-kit'
import { startBroker } from './broker/broker.ts'
import { startReadingBulks } from './bulks/follow.ts'
import type { Config } from './config.ts'
import type { Metrics } from './metrics.ts'
import { startAskingGroups } from './orders/group.ts'
import { startHearing } from './orders/hear.ts'
import { startRechecking } from './orders/recheck.ts'
import { type Parts, publish } from './routes.ts'

export type Brokerage = AsyncDisposable &
  Readonly<{
    /** Looks at once at what is new. */
    nudge(): void
    /** Rejects when a part of it ended by a bug. */
    done: Promise<unknown>
  }>

type Given = Readonly<{
  config: Config
  parts: Parts
  client: ChainClient
  metrics: Metrics
  context: Context
}>

/** Starts hearing; and brokering, when the settings say so. */
export async function openBrokerage(given: Given): Promise<Brokerage> {
  const { config, parts, context } = given
  const own = new AbortController()
  const signal = AbortSignal.any([context.signal, own.signal])
  await using stack = new AsyncDisposableStack()
  const timing = { ...context, signal, everyMs: 1_000 }
  const heard = (...order: Parameters<typeof publish> extends [...infer O, Parts] ? O : never) =>
    publish(...order, parts)
  const hearing = stack.use(startHearing({ ...timing, db: parts.db, publish: heard }))
  const moment = () => ({ chainId: parts.chainId, now: parts.chainTime() })
  const { db, signatures } = parts
  const rechecking = stack.use(startRechecking({ ...timing, db, signatures, moment }))
  const { chainId, hub } = parts
  const readingBulks = (gateway: string) =>
    startReadingBulks({ ...timing, db, chainId, hub, gateway })
  const loops = [
    hearing,
    rechecking,
    stack.use(startAskingGroups({ ...timing, db, client: given.client, hub })),
    ...(config.IPFS_URL ? [stack.use(readingBulks(config.IPFS_URL))] : []),
    ...(config.BROKER ? [await broker(given, signal, stack)] : []),
  ]
  stack.defer(() => own.abort(new Error('the market stopped')))
  const resources = stack.move()
  return {
    nudge: () => loops.forEach((loop) => void loop.nudge()),
    done: Promise.race(loops.map(({ done }) => done)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function broker(
  given: Given,
  signal: AbortSignal,
  stack: AsyncDisposableStack,
): Promise<Loop> {
  const { config, parts, client, metrics, context } = given
  const { db, hub, caughtUp } = parts
  const kit = { ...context, signal }
  const account = await openKey(config)
  const journal = await openJournal(`${config.DATA_DIR}/outbox`)
  const sender = stack.use(await openSender({ ...kit, account, client, journal }))
  const fee = config.BROKER_FEE
  return stack.use(
    startBroker({ ...kit, db, client, hub, sender, fee, caughtUp, metrics, everyMs: 1_000 }),
  )
}
