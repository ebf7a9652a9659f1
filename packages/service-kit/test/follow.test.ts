/** A follower's table equals the chain, whatever the chain, the endpoint and the process go through. */
import { freshDatabase } from '@traboule/service-kit/testing'
import fc from 'fast-check'
import type { Kysely } from 'kysely'
import { type Hex, numberToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { advance, type FollowOptions } from '../src/chain/follow.ts'
import { systemClock } from '../src/clock.ts'
import { openDatabase } from '../src/db/open.ts'
import { createLog } from '../src/log.ts'
import { type Emitter, startEmitter } from './support/emitter.ts'
import { type Endpoint, type Mood, startEndpoint } from './support/endpoint.ts'
import {
  createTable,
  type Follower,
  openFollower as open,
  type Place,
  type Tables,
} from './support/follower.ts'

let emitter: Emitter
let endpoint: Endpoint
let url: string
let db: Kysely<Tables>
let stack: AsyncDisposableStack
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  url = stack.use(await freshDatabase()).url
  emitter = stack.use(await startEmitter())
  endpoint = stack.use(await startEndpoint(emitter.rpcUrl))
  db = stack.use(await openDatabase<Tables>(url)).db
  await createTable(db)
  await emitter.node.mine({ blocks: Number(BEFORE) })
})
afterAll(() => stack.disposeAsync())

let followers = 0
async function openFollower(over: Partial<Place> = {}): Promise<Follower> {
  const from = (await emitter.client.getBlockNumber()) + 1n
  const name = `follower ${++followers}`
  return open({ db, rpcUrl: endpoint.url, emitter: emitter.emitter, from, name, ...over })
}

let contents = 0
/** A content that no other log has. */
const fresh = (): Hex => numberToHex(++contents, { size: 4 })

/** What the chain itself says now, from the follower's first block on. */
async function truth(from: bigint): Promise<unknown[]> {
  const logs = await emitter.client.getLogs({ address: emitter.emitter, fromBlock: from - 1n })
  return logs
    .filter(({ blockNumber }) => blockNumber >= from)
    .map(({ blockNumber, data, blockHash }) => [blockNumber, data, blockHash])
}

type Happening =
  | Readonly<{ do: 'block'; logs: number }>
  | Readonly<{ do: 'reorg'; depth: number; logs: number }>
  | Readonly<{ do: 'step' | 'die' }>
  | Readonly<{ do: 'moods'; moods: readonly Mood[] }>

const someLogs = fc.integer({ min: 0, max: 3 })
const chainMoves: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('block' as const), logs: someLogs }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reorg' as const),
      depth: fc.integer({ min: 1, max: 64 }),
      logs: someLogs,
    }),
  },
)
const processMoves: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'step' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'die' as const }) },
)
const mood: fc.Arbitrary<Mood> = fc.oneof(
  fc.constant('well' as const),
  fc.constant('error' as const),
  fc.constant('hang up' as const),
  fc.record({ behind: fc.bigInt({ min: 1n, max: 5n }) }),
)
const moods: fc.Arbitrary<Happening> = fc
  .array(mood, { minLength: 1, maxLength: 8 })
  .map((some) => ({ do: 'moods' as const, moods: some }))

const look: Happening = { do: 'step' }
const deepest: Happening = { do: 'reorg', depth: 64, logs: 2 }
const block = (count: number): Happening => ({ do: 'block', logs: count })

async function happen(each: Happening, follower: Follower): Promise<void> {
  const logs = 'logs' in each ? Array.from({ length: each.logs }, fresh) : []
  if (each.do === 'block') return emitter.block(logs)
  if (each.do === 'reorg') return emitter.reorg(each.depth, logs)
  if (each.do === 'moods') return endpoint.next(each.moods)
  return follower[each.do]()
}

/** Blocks that a story begins with: more than any reorg takes back. */
const BEFORE = 70n

/** Plays a story and compares at its end, on an endpoint that is well again. */
async function play(story: readonly Happening[]): Promise<Follower> {
  const from = (await emitter.client.getBlockNumber()) + 1n - BEFORE
  const follower = await openFollower({ from })
  for (const each of story) await happen(each, follower)
  endpoint.next([])
  await follower.step()
  expect(await follower.table()).toEqual(await truth(from))
  return follower
}

test('property: equals the chain after any reorgs and crashes', async () => {
  const story = fc.array(fc.oneof(chainMoves, processMoves), { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(story, async (moves) => {
      await play(moves)
    }),
    {
      numRuns: 25,
      examples: [[[block(3), look, deepest, look, block(1), look, deepest, deepest, look]]],
    },
  )
})

test('property: equals the chain through endpoints that lag, fail and hang up', async () => {
  const story = fc.array(fc.oneof(chainMoves, processMoves, moods), {
    minLength: 1,
    maxLength: 15,
  })
  await fc.assert(
    fc.asyncProperty(story, async (moves) => {
      await play(moves)
    }),
    { numRuns: 10 },
  )
})

test('property: takes nothing back for an endpoint that only lags or fails', async () => {
  const block = fc.record({ do: fc.constant('block' as const), logs: someLogs })
  const step = fc.constant({ do: 'step' as const })
  const story = fc.array(fc.oneof(block, step, moods), { minLength: 1, maxLength: 15 })
  await fc.assert(
    fc.asyncProperty(story, async (moves) => {
      // Enough blocks that a lagging node still has some of those applied.
      const start = Array.from({ length: 12 }, () => ({ do: 'block' as const, logs: 1 }))
      const follower = await play([...start, { do: 'step' }, ...moves])
      expect(follower.rewound).toEqual([])
    }),
    { numRuns: 10 },
  )
})

test('goes on where it was after a restart, through a reorg that happened meanwhile', async () => {
  const from = (await emitter.client.getBlockNumber()) + 1n
  await using own = await freshDatabase()
  const asBefore = { name: 'restarting', from }
  {
    await using first = await openDatabase<Tables>(own.url)
    await createTable(first.db)
    const follower = await openFollower({ ...asBefore, db: first.db })
    for (let n = 0; n < 5; n++) await emitter.block([fresh()])
    await follower.step()
  }
  await emitter.reorg(3, [fresh()])
  await using second = await openDatabase<Tables>(own.url)
  const follower = await openFollower({ ...asBefore, db: second.db })
  await follower.step()
  expect(await follower.table()).toEqual(await truth(from))
  expect(follower.rewound).toHaveLength(1)
})

test.each([1, 2, 5, 17, 63, 64])(
  'takes back a reorg of depth %i, and hardly more',
  async (depth) => {
    const from = (await emitter.client.getBlockNumber()) + 1n
    const follower = await openFollower()
    for (let n = 0; n < 130; n++) await emitter.block(n % 3 === 0 ? [fresh()] : [])
    await follower.step()
    const head = await emitter.client.getBlockNumber()
    await emitter.reorg(depth, [fresh(), fresh()])
    await follower.step()
    expect(await follower.table()).toEqual(await truth(from))
    const [to = 0n] = follower.rewound
    expect(follower.rewound).toHaveLength(1)
    // As long as the chain is, the next cursor below is at most twice as far away.
    expect(Number(head - to)).toBeLessThanOrEqual(2 * depth)
  },
)

test.each(['error', 'flood'] as const)(
  'reads fewer blocks at once while a node refuses long answers by %s',
  async (way) => {
    const from = (await emitter.client.getBlockNumber()) + 1n
    const follower = await openFollower()
    for (let n = 0; n < 8; n++) await emitter.block([fresh()])
    endpoint.allow(3, way)
    await follower.step()
    endpoint.allow(Number.POSITIVE_INFINITY)
    expect(await follower.table()).toEqual(await truth(from))
    expect(follower.narrowed).toEqual([2n])
    expect(follower.rewound).toEqual([])
  },
)

test('says so when a node refuses to tell of a single block, and goes on with one that does', async () => {
  const from = (await emitter.client.getBlockNumber()) + 1n
  const follower = await openFollower()
  await emitter.block([fresh()])
  await emitter.block([fresh(), fresh(), fresh()])
  endpoint.allow(2)
  await expect(follower.step()).rejects.toMatchObject({
    code: 'chain/answer-too-long',
    details: { block: from + 1n },
  })
  endpoint.allow(Number.POSITIVE_INFINITY)
  await follower.step()
  expect(await follower.table()).toEqual(await truth(from))
})

test('is told what to forget and what to apply in blocks that meet without gap', async () => {
  const from = (await emitter.client.getBlockNumber()) + 1n
  let upTo = from - 1n
  const log = createLog({}, { level: 'silent' })
  const moved: bigint[] = []
  const options: FollowOptions<Tables> = {
    name: 'meeting',
    db,
    client: emitter.client,
    addresses: [emitter.emitter],
    from,
    async apply(_, logs, head) {
      for (const { blockNumber } of logs) {
        expect(blockNumber > upTo).toBe(true)
        expect(blockNumber <= head.number).toBe(true)
      }
      upTo = head.number
    },
    async rewind(_, block) {
      upTo = block
    },
    moved: ({ number }) => moved.push(number),
    clock: systemClock,
    log,
    signal: new AbortController().signal,
  }
  for (const depth of [1, 7, 30, 3]) {
    for (let n = 0; n < 33; n++) await emitter.block([fresh()])
    await advance(options)
    await emitter.reorg(depth, [fresh()])
    await advance(options)
    expect(upTo).toBe(await emitter.client.getBlockNumber())
  }
  expect(moved.at(-1)).toBe(upTo)
})
