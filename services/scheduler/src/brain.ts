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
import { type Ballots, openBallots } from './tasks/ballots.ts'
import { type Board, openBoard } from './tasks/board.ts'
import { openHands } from './tasks/carryOut.ts'
import { gather } from './tasks/gather.ts'
import { apply, rewind } from './tasks/observe.ts'
import { openReceipts, type Receipts } from './tasks/receipt.ts'
import { openResults } from './tasks/results.ts'
import { startTending, type Tending } from './tasks/tend.ts'
import { type Knowledge, openKnowledge } from './workers/knowledge.ts'
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
  Knowledge &
  Readonly<{
    board: Board
    leases: Leases
    ballots: Ballots
    receipts: Receipts
    next: Tending['next']
    /** Decides again now. */
    nudge(): void
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
  const ballots = openBallots(db, workerpool)
  const board = await openBoard(db, workerpool, { leases, ballots })
  const knowledge = await openKnowledge({ config, db, account, clock, leases, ballots })
  const receipts = openReceipts({ db, workerpool, board, ...knowledge })
  const nudge = () => tending.nudge()
  const results = openResults({ ...kit, storageUrl, found: nudge })
  const hands = stack.use(
    openHands({
      ...{ ...kit, sender, hub, metrics, done: nudge },
      spoiled: ballots.discard,
      ...(config.COMMIT_DRAWS && { commitment: knowledge.draw.commitment }),
    }),
  )
  const tending = stack.use(
    startTending({
      ...kit,
      board,
      leases,
      gather: (task) => gather(task, { ...kit, ...knowledge, leases, receipts, metrics }),
      results,
      hands,
      metrics,
      owner: account.address,
      adopt: () => adopt({ db, client, hub, workerpool, log }),
    }),
  )
  const { touch, tell } = telling(tending)
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
    ballots,
    receipts,
    ...knowledge,
    next: tending.next,
    nudge,
    lastMs: tending.lastMs,
    done: Promise.all([following.done, tending.done]),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** What changed is told only once it is committed: until then others read what was before. */
function telling(tending: Pick<Tending, 'changed'>) {
  const touched = new Set<Hex>()
  return {
    touch(taskIds: readonly Hex[]) {
      for (const taskId of taskIds) touched.add(taskId)
    },
    tell() {
      tending.changed(touched)
      touched.clear()
    },
  }
}
