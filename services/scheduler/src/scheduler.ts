/** The scheduler: one workerpool's brain, fed by the chain, asked by workers. */
import { Enclave } from '@traboule/protocol'
import { feedbackApi, type Signed, schedulerApi } from '@traboule/protocol/api'
import {
  type Context,
  listen,
  migrate,
  mount,
  openChain,
  openChallenges,
  openDatabase,
  openKey,
  serveMetrics,
} from '@traboule/service-kit'
import { openMatchmaker } from './ads/matchmaker.ts'
import { startBrain } from './brain.ts'
import type { Config } from './config.ts'
import type { Tables } from './db/schema.ts'
import { feedbackRoutes } from './feedbackRoutes.ts'
import { serveHealth } from './health.ts'
import { openMetrics } from './metrics.ts'
import { readPool } from './pool.ts'
import { routes } from './routes.ts'
import { openLogs } from './tasks/logs.ts'
import { openBallotBox } from './workers/ballotBox.ts'
import { openDesk } from './workers/desk.ts'
import { standingOf } from './workers/standing.ts'
import { openVouch } from './workers/vouch.ts'

/** Room for both streams of a program that printed nothing but escapes. */
const BODY_BYTES = 2_000_000

/** Starts the scheduler of `config.WORKERPOOL`; disposing it waits for what is being written. */
export async function startScheduler(config: Config, context: Context) {
  const { HUB: hub, WORKERPOOL: workerpool, STORAGE_URL: storageUrl } = config
  const { log, clock } = context
  const own = new AbortController()
  const signal = AbortSignal.any([context.signal, own.signal])
  await using stack = new AsyncDisposableStack()

  const client = await openChain(config.RPC_URL, config.CHAIN_ID)
  const account = await openKey(config)
  const { description } = await readPool(client, workerpool, account.address)
  const vouch = await openVouch({ client, account, config })
  const { TEE: tee } = config
  if (tee !== 'none') log.warn('pool.enclaves', { tee: Enclave.SIMULATED })
  const { db } = stack.use(await openDatabase<Tables>(config.DATABASE_URL))
  await migrate(db, 'scheduler', new URL('./db/migrations/', import.meta.url))
  const kit = { log, clock, signal }
  const metrics = openMetrics({
    actions: () => [...brain.board.all()].map((task) => brain.next(task)?.do ?? 'wait'),
    heldLeases: () => brain.leases.held(),
  })
  const brain = stack.use(await startBrain({ ...kit, config, client, account, db, metrics }))
  const { board, leases, ballots, openings, records, receipts, draw, pace, next, nudge } = brain
  const members = config.WORKERS
  const standing = standingOf.bind(undefined, client, hub)
  const pools = { db, workerpool, board, leases, metrics, log, clock }
  const matchmaker = openMatchmaker({
    clock,
    policy: config.TASK_REQUIREMENTS,
    due: config.SHARES,
  })
  const chainId = client.chain.id
  const desk = openDesk({
    ...{ ...pools, openings, records, draw, next, matchmaker, vouch, tee, members },
    standingOf: standing,
  })
  const box = openBallotBox({ ...pools, chainId, hub, ballots, records, pace, vouch, next, nudge })

  const appTypes = config.APP_TYPES
  const label = tee === 'none' ? {} : ({ tee: Enclave.SIMULATED } as const)
  const sms = config.SMS_URL === undefined ? {} : { smsUrl: config.SMS_URL }
  const pool = { chainId, hub, workerpool, description, storageUrl, appTypes, ...label, ...sms }
  const service = `scheduler:${workerpool}`
  const logs = openLogs({ db, workerpool, clock, keepMs: config.LOGS_MS })
  const challenges = openChallenges({ name: 'iExec Core', client, hub })
  const publicUrl = () => config.PUBLIC_URL ?? server.url
  const options = { log, clock, chainId, service, bodyBytes: BODY_BYTES }
  const app = mount(
    schedulerApi,
    routes({ ...pools, pool, desk, box, logs, receipts, matchmaker }),
    options,
  )
  const feedback = feedbackRoutes({ ...pools, client, hub, publicUrl, logs, challenges })
  const authorize: typeof Signed.verify = (header = '', _, now) => challenges.signer(header, now)
  mount(feedbackApi, feedback, { ...options, authorize, onto: app })
  serveMetrics(app, metrics.registry)
  serveHealth(app, { lastMs: brain.lastMs, clock })
  const server = stack.use(await listen(app, config.PORT))
  stack.defer(() => own.abort(new Error('scheduler stopped')))

  const resources = stack.move()
  return {
    url: server.url,
    failed: brain.done.then(() => new Promise<never>(() => undefined)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
