/** Market: a devnet for tests, whose parts can be killed, and whose books can be audited. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Devnet,
  type DevnetOptions,
  networkOf,
  sellApp,
  sellPool,
  startDevnet,
} from '@traboule/devnet'
import { hubAbi } from '@traboule/protocol/abi'
import { account, deal, type Matched, type Ran, run, type Wish, watch } from '@traboule/sdk'
import { type Address, createTestClient, http, parseEventLogs, publicActions } from 'viem'
import { foundry } from 'viem/chains'
import { expect } from 'vitest'
import { build } from '../../examples/pi/build.ts'
import { onServer } from './database.ts'

export type Market = AsyncDisposable &
  Readonly<{
    devnet: Devnet
    app: Address
    /** Runs a bag of a small program; `samples` makes it longer. */
    bag(options: BagOptions): Promise<Ran>
    /** Runs bags until one brings a part to an event of its log, and kills a part there. */
    strike(at: Moment, wish: BagOptions): Promise<{ ran: Promise<Ran> }>
    /** Replaces the chain's last blocks by empty ones. */
    reorg(depth: number): Promise<void>
    /** Lets time pass on the chain: later blocks are later by these seconds. */
    pass(seconds: number): Promise<void>
    /** Asks the chain's node. */
    request(method: string, params?: readonly unknown[]): Promise<unknown>
    /** Resolves when the chain has this block. */
    reached(block: bigint): Promise<void>
  }>

/** An event in a part's log, and who dies then; without a victim, that part. */
export type Moment = Readonly<{ part: string; event: string; victim?: string }>

export type BagOptions = Readonly<{
  tasks: number
  trust: bigint
  samples?: number
  matched?: (deals: readonly Matched[]) => void
  category?: bigint
}> &
  Partial<Pick<Wish, 'maxPrice'>>

/**
 * A category for tests that wait for a deadline: contributions 84 s, reveal 24 s, all 120 s. The
 * others take the first of the usual ones, so that a slow machine does not run into deadlines.
 */
const short = { name: 'test', description: '""', workClockTimeRef: 12n }
export const SHORT = 5n
const USUAL = 0n

/** Starts a devnet of separate processes in a folder of its own. */
export async function openMarket(over: Partial<DevnetOptions> = {}): Promise<Market> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'traboule-e2e-'))
  if (!process.env.KEEP_FILES) stack.defer(() => rm(folder, { recursive: true, force: true }))
  const devnet = stack.use(
    await startDevnet({
      ...{ folder, workers: 5, liars: 0, blockTime: 1, ports: 'free', separate: true },
      databaseUrl: await onServer(stack),
      categories: [short],
      env: { scheduler: { LEASE_MS: '3000' } },
      progress: () => undefined,
      ...over,
    }),
  )
  const { bytes } = await build()
  const [app] = await Promise.all([
    sellApp(devnet.facts, 'pi', bytes),
    sellPool(devnet.facts, { trust: 16n, category: USUAL }),
    sellPool(devnet.facts, { trust: 16n, category: SHORT }),
  ])
  const resources = stack.move()
  const bag: Market['bag'] = ({ tasks, trust, samples = 1_000, category = USUAL, matched }) =>
    run(
      networkOf(devnet.facts, 'requester'),
      { app: app.address, args: String(samples), tasks, trust, category },
      matched ? { matched } : {},
    )
  return {
    devnet,
    app: app.address,
    bag,
    strike: (at, wish) => strike(devnet, at, () => bag(wish)),
    reorg: (depth) => reorg(devnet, depth),
    pass: (seconds) =>
      chainOf(devnet)
        .increaseTime({ seconds })
        .then(() => undefined),
    request: (method, params = []) => chainOf(devnet).request({ method, params } as never), // any of its methods
    reached: (block) => reached(devnet, block),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function partOf(devnet: Devnet, name: string) {
  const part = devnet.parts.get(name)
  if (!part?.process) throw new Error(`${name} is not a process of its own`)
  return part
}

async function strike(
  devnet: Devnet,
  { part, event, victim = part }: Moment,
  bag: () => Promise<Ran>,
) {
  for (;;) {
    const met = Promise.withResolvers<true>()
    const forget = partOf(devnet, part).onLog?.((line) => {
      if (line.event === event) met.resolve(true)
    })
    const ran = bag()
    const struck = await Promise.race([met.promise, ran.then(() => false)])
    forget?.() // else it would strike in a later bag
    if (!struck) continue // the others were faster and it had nothing to do
    await kill(devnet, victim)
    return { ran }
  }
}

/** Ends a part at once, as a power cut would. */
async function kill(devnet: Devnet, name: string): Promise<void> {
  const { process } = partOf(devnet, name)
  if (!process || process.exitCode !== null || process.signalCode !== null) return
  const gone = new Promise((resolve) => process.once('exit', resolve))
  process.kill('SIGKILL')
  await gone
}

function chainOf({ facts }: Devnet) {
  const chain = { ...foundry, id: facts.chainId }
  return createTestClient({ chain, mode: 'anvil', transport: http(facts.rpcUrl) }).extend(
    publicActions,
  )
}

async function reorg(devnet: Devnet, depth: number): Promise<void> {
  const request = { method: 'anvil_reorg', params: [depth, []] }
  await chainOf(devnet).request(request as never) // not in viem's table of methods
}

function reached(devnet: Devnet, block: bigint): Promise<void> {
  const client = chainOf(devnet)
  return new Promise((resolve, reject) => {
    const stop = client.watchBlockNumber({
      emitOnBegin: true,
      pollingInterval: 100,
      onBlockNumber(number) {
        if (number < block) return
        stop()
        resolve()
      },
      onError: reject,
    })
  })
}

/** What must hold when all is over: every task ended once, and nobody's money is stuck. */
async function audit({ devnet }: Market, ran: Ran): Promise<Audit> {
  const { facts } = devnet
  const client = chainOf(devnet)
  const logs = parseEventLogs({
    abi: hubAbi,
    logs: await client.getLogs({ address: facts.hub, fromBlock: 0n, toBlock: 'latest' }),
  })
  const ends = ['TaskFinalize', 'TaskClaimed'] as readonly string[]
  const { tasks } = await deal.show(networkOf(facts, 'requester'), ran.deals[0]?.dealId ?? '0x')
  const endings = tasks.map(
    ({ taskId }) =>
      logs.filter(
        (log) => ends.includes(log.eventName) && 'taskid' in log.args && log.args.taskid === taskId,
      ).length,
  )
  const network = networkOf(facts, 'requester')
  const balances = await Promise.all(
    facts.accounts.map(({ address }) => account.show(network, address)),
  )
  const supply = await client.readContract({
    address: facts.hub,
    abi: hubAbi,
    functionName: 'totalSupply',
  })
  const all = balances.reduce((sum, { stake, locked }) => sum + stake + locked, 0n)
  return {
    endings,
    locked: balances.reduce((sum, { locked }) => sum + locked, 0n),
    missing: supply - all,
  }
}

type Audit = Readonly<{
  /** How often each task ended; once is right. */
  endings: readonly number[]
  /** nRLC still held by deals and contributions. */
  locked: bigint
  /** nRLC of the hub that no account has: what the kitty holds. */
  missing: bigint
}>

/** Every task paid once, every result verified, and nothing left in anybody's escrow. */
export async function settled(market: Market, ran: Ran): Promise<void> {
  const each = <T>(value: T) => ran.stories.map(() => value)
  // Looked at again to the end: a reorganisation may have undone what the run saw last.
  const network = networkOf(market.devnet.facts, 'requester')
  const dealIds = ran.deals.map(({ dealId }) => dealId)
  const looks = await Array.fromAsync(watch(network, dealIds))
  expect(looks.at(-1)?.stories.map(({ stage }) => stage)).toEqual(each('paid'))
  expect(ran.stories.map(({ stage }) => stage)).toEqual(each('paid'))
  expect(ran.results).toHaveLength(ran.stories.length)
  const { endings, locked, missing } = await audit(market, ran)
  expect(endings).toEqual(each(1))
  expect({ locked, missing }).toEqual({ locked: 0n, missing: 0n })
}
