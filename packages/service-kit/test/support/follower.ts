/** Follower: keeps a table of the emitter's logs, one step at a time. */
import { AppError } from '@traboule/protocol'
import type { Kysely, Transaction } from 'kysely'
import type { Address } from 'viem'
import { openChain } from '../../src/chain/client.ts'
import { advance, type FollowOptions, follow, type MinedLog } from '../../src/chain/follow.ts'
import { systemClock } from '../../src/clock.ts'
import { createLog } from '../../src/log.ts'

type Seen = { follower: string; block: string; at: number; data: string; block_hash: string }
export type Tables = { seen: Seen }

export async function createTable(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('seen')
    .addColumn('follower', 'text', (column) => column.notNull())
    .addColumn('block', 'bigint', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('block_hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('seen_once', ['follower', 'block', 'at'])
    .execute()
}

export type Follower = Readonly<{
  /** The blocks down to which anything was taken back. */
  rewound: readonly bigint[]
  /** To how many blocks it went down when an answer was refused. */
  narrowed: readonly bigint[]
  /** One step, remembering nothing of the last; what an endpoint may do to it is no error. */
  step(): Promise<void>
  /** A step that dies after writing and before committing. */
  die(): Promise<void>
  table(): Promise<unknown[]>
}>

export type Place = Readonly<{
  db: Kysely<Tables>
  rpcUrl: string
  emitter: Address
  /** First block. */
  from: bigint
  /** Names the follower in the database. */
  name: string
}>

export async function openFollower({ name, db, rpcUrl, emitter, from }: Place): Promise<Follower> {
  const rewound: bigint[] = []
  const narrowed: bigint[] = []
  const note = (line: string) => {
    const { event, to, blocks } = JSON.parse(line)
    if (event === 'follow.rewound') rewound.push(BigInt(to))
    if (event === 'follow.narrowed') narrowed.push(BigInt(blocks))
  }
  type Apply = FollowOptions<Tables>['apply']
  const options = async (apply?: Apply): Promise<FollowOptions<Tables>> => ({
    name,
    db,
    client: await openChain(rpcUrl),
    addresses: [emitter],
    from,
    apply: apply ?? ((tx, logs) => write(tx, name, logs)),
    async rewind(tx, block) {
      const own = tx.deleteFrom('seen').where('follower', '=', name)
      await own.where('block', '>', block.toString()).execute()
    },
    clock: systemClock,
    log: createLog({}, { level: 'debug', write: note }),
    signal: new AbortController().signal,
  })
  const tolerant = async (attempt: () => Promise<void>) => {
    await attempt().catch((error) => {
      if (!(error instanceof AppError && error.code === 'chain/unreachable')) throw error
    })
  }
  // Creates the table of cursors; the loop itself is over before it begins.
  const loop = await follow({ ...(await options()), signal: AbortSignal.abort() })
  await loop[Symbol.asyncDispose]()
  return {
    rewound,
    narrowed,
    step: () => tolerant(async () => advance(await options())),
    die: () =>
      tolerant(async () => {
        const dying = await options(async (tx, logs) => {
          await write(tx, name, logs)
          throw new AppError('chain/unreachable', 'dead')
        })
        await advance(dying)
      }),
    async table() {
      const own = db.selectFrom('seen').selectAll().where('follower', '=', name)
      const rows = await own.orderBy('block').orderBy('at').execute()
      return rows.map(({ block, data, block_hash }) => [BigInt(block), data, block_hash])
    },
  }
}

async function write(tx: Transaction<Tables>, follower: string, logs: readonly MinedLog[]) {
  const rows = logs.map(({ blockNumber, logIndex, data, blockHash }) => ({
    follower,
    block: blockNumber.toString(),
    at: logIndex,
    data,
    block_hash: blockHash,
  }))
  if (rows.length > 0) await tx.insertInto('seen').values(rows).execute()
}
