/** Brain: what watches the chain and does what the pool's tasks need. */
import {
  type ChainClient,
  type Context,
  follow,
  openJournal,
  openSender,
} from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import type { Hex, LocalAccount } from 'viem'
import type { Config } from './config.ts'
import type { Tables } from './db/schema.ts'
import { adopt } from './deals/adopt.ts'
import type { Metrics } from './metrics.ts'
import { type Board, openBoard } from './tasks/board.ts'
import { openHands } from './tasks/carryOut.ts'
import { apply, rewind } from './tasks/observe.ts'
import { openResults } from './tasks/results.ts'
import { startTending, type Tending } from './tasks/tend.ts'
import { type Leases, openLeases } from './workers/leases.ts'

export type BrainOptions = Context &
  Readonly<{
    config: Config
    client: ChainClient
    /** The workerpool owner's key. */
    account: LocalAccount
    metrics: Metrics
    db: Kysely<Tables>
  }>

export type Brain = AsyncDisposable &
  Readonly<{
    board: Board
    leases: Leases
    next: Tending['next']
    lastMs: Tending['lastMs']
    /** Rejects when a part of it ended by a bug. */
    done: Promise<unknown>
  }>

/** Starts following the chain and tending the pool's tasks. */
export async function startBrain(options: BrainOptions): Promise<Brain> {
  const { config, client, account, db, metrics, log, clock, signal } = options
  const { HUB: hub, WORKERPOOL: workerpool, STORAGE_URL: storageUrl } = config
  await using stack = new AsyncDisposableStack()
  const kit = { log, clock, signal }
  const journal = await openJournal(`${config.DATA_DIR}/outbox`)
  const sender = stack.use(await openSender({ ...kit, account, client, journal }))
  const leases = openLeases({ db, workerpool, clock, leaseMs: config.LEASE_MS })
  const board = await openBoard(db, workerpool, leases)
  const nudge = () => tending.nudge()
  const results = openResults({ ...kit, storageUrl, found: nudge })
  const hands = stack.use(openHands({ ...kit, sender, hub, metrics, done: nudge }))
  const tending = stack.use(
    startTending({
      ...kit,
      board,
      leases,
      results,
      hands,
      metrics,
      owner: account.address,
      adopt: () => adopt({ db, client, hub, workerpool, log }),
    }),
  )

  // Told only once it is committed: until then others read what was before.
  const touched = new Set<Hex>()
  const touch = (taskIds: readonly Hex[]) => {
    for (const taskId of taskIds) touched.add(taskId)
  }
  const tell = () => {
    tending.changed(touched)
    touched.clear()
  }
  const following = stack.use(
    await follow<Tables>({
      ...kit,
      name: `scheduler:${workerpool}`,
      db,
      client,
      addresses: [hub],
      from: config.FROM_BLOCK,
      apply: async (tx, logs) => touch(await apply(tx, workerpool, logs)),
      rewind: async (tx, block) => touch(await rewind(tx, workerpool, block)),
      moved: tell,
      reached(head) {
        tell()
        tending.reached(head)
      },
    }),
  )
  const resources = stack.move()
  return {
    board,
    leases,
    next: tending.next,
    lastMs: tending.lastMs,
    done: Promise.all([following.done, tending.done]),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
