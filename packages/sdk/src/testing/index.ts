/**
 * Testing: a network in memory, for the tests of programs that use the SDK.
 *
 * It has a chain whose clock moves when the program waits, a market, a storage, and a workerpool
 * whose workers compute with the test's own functions, lie, or fall silent. The rules are those of
 * the real network; nothing is mocked above the wire.
 *
 * @example
 * ```ts
 * const net = await openTestNetwork({ programs: { greet: ({ args }) => `hello ${args}` } })
 * net.lose('worker2')
 * const { results } = await run(net.as('alice'), { app: net.app('greet'), args: 'bob', trust: 3n })
 * ```
 */
import { AppError } from '@traboule/protocol'
import { type Address, type Hex, keccak256, stringToBytes } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import * as Account from '../account.ts'
import * as App from '../app.ts'
import { type Network, openNetwork } from '../network.ts'
import * as Orders from '../order.ts'
import * as Profile from '../profile.ts'
import * as Workerpool from '../workerpool.ts'
import { type Chain, openChain } from './chain.ts'
import { openPool, type Program, type Worker } from './pool.ts'
import { answering, emptyShelves, type Service, urls } from './services.ts'
import { begin, CHAIN_ID, places } from './state.ts'

export type { Program, Work } from './pool.ts'

export type TestOptions = Readonly<{
  /** What apps compute, by name; each is registered and sold for nothing. */
  programs?: Readonly<Record<string, Program>>
  /** How many workers the pool has; five if not said. */
  workers?: number
  /** What the pool takes for a task, in nRLC; 1 RLC if not said. */
  price?: bigint
}>

export type TestNetwork = Readonly<{
  profile: Profile.Profile
  workerpool: Address
  /** The network as somebody sees it: `alice`, say. Everybody has 1,000 RLC in the wallet. */
  as(name: string): Network
  /** The address of a program's app. */
  app(name: string): Address
  /** A worker that answers no more: `worker1` to `worker5`. */
  lose(worker: string): void
  /** A worker that contributes wrong results. */
  lie(worker: string): void
  /** A worker that works again. */
  heal(worker: string): void
  /** Makes the next calls to a part fail as if it were down. */
  fail(part: Service | 'chain', calls?: number): void
  /** Lets time pass at once, in seconds. */
  pass(seconds: number): Promise<void>
}>

const RLC = 10n ** 9n
const ETHER = 10n ** 18n
/** Tasks that the programs and the pool are sold for. */
const PLENTY = 1_000_000n
/** Seconds that one wait takes at most, if it did not ask for more. */
const LONGEST = 64n
/** 2026-01-01, so that tests read the same every day. */
const FIRST_DAY = 1_767_225_600n

/** Opens a network in memory. */
export async function openTestNetwork(options: TestOptions = {}): Promise<TestNetwork> {
  const { programs = {}, workers: count = 5, price = RLC } = options
  const state = begin(FIRST_DAY)
  const chain = openChain(state)
  const shelves = emptyShelves()
  const failing = new Map<Service | 'chain', number>()
  const apps = new Map<string, Address>()
  const workers = Array.from({ length: count }, (_, n): Worker => {
    const name = `worker${n + 1}`
    return { name, address: walletOf(name).address, does: 'work' }
  })
  const pool = openPool({
    ...{ chain, shelves, workers, owner: walletOf('pool').address },
    programOf: (app) => programs[state.entries.get(app)?.name ?? ''],
  })
  let stride = 1n
  /** Whoever waits while nothing happens waits in ever longer strides. */
  const pass = async (seconds: bigint) => {
    chain.pass(seconds > stride ? seconds : stride)
    stride = (await pool.step()) ? 1n : stride < LONGEST ? stride * 2n : LONGEST
  }
  const profile = Profile.parse({
    ...places,
    ens: { registry: places.names, resolver: places.names },
    rpcUrl: 'http://chain.test',
    chainId: CHAIN_ID,
    urls,
    pollMs: 1,
  })
  const provider = { request: (call: never) => request(chain, failing, call) } as never // EIP-1193
  const ways = {
    provider,
    fetch: failingFetch(answering(chain, shelves), failing),
    now: () => Number(state.now) * 1000,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted()
      await pass(BigInt(Math.max(1, Math.round(ms / 1000))))
    },
  }
  const as = (name: string): Network => {
    const wallet = walletOf(name)
    if (!state.tokens.has(wallet.address)) {
      state.tokens.set(wallet.address, 1_000n * RLC)
      state.coin.set(wallet.address, ETHER)
    }
    return openNetwork(profile, wallet, ways)
  }
  const tell = (name: string, does: Worker['does']) => {
    const found = workers.find((worker) => worker.name === name)
    if (found) found.does = does
    else
      throw new AppError('request/invalid', `There is no ${name}.`, {
        known: workers.map((w) => w.name),
      })
  }
  const workerpool = await setUp({ as, workers, programs, price, apps })
  return {
    ...{ profile, workerpool, as },
    app: (name) => apps.get(name) ?? unknownProgram(name, programs),
    lose: (name) => tell(name, 'nothing'),
    lie: (name) => tell(name, 'lie'),
    heal: (name) => tell(name, 'work'),
    fail: (part, calls = 1) => void failing.set(part, calls),
    pass: (seconds) => pass(BigInt(seconds)),
  }
}

const walletOf = (name: string) =>
  privateKeyToAccount(keccak256(stringToBytes(`traboule test: ${name}`)))

type Parts = Readonly<{
  as(name: string): Network
  workers: readonly Worker[]
  programs: Readonly<Record<string, Program>>
  price: bigint
  apps: Map<string, Address>
}>

/** The pool stakes and sells; every program becomes an app. */
async function setUp({ as, workers, programs, price, apps }: Parts): Promise<Address> {
  for (const name of ['pool', ...workers.map((worker) => worker.name)])
    await Account.deposit(as(name), 900n * RLC)
  const owner = as('pool')
  const workerpool = await Workerpool.deploy(owner, { description: 'the test’s own' })
  const volume = PLENTY
  for (const category of [0n, 1n, 2n, 3n, 4n])
    await Orders.offer(owner, 'workerpool', {
      ...{ workerpool, workerpoolprice: price, volume, category, trust: 1_000_000n },
    })
  const maker = as('maker')
  for (const name of Object.keys(programs)) {
    const checksum: Hex = keccak256(stringToBytes(name))
    const app = await App.register(maker, { name, location: `test:${name}`, checksum })
    await Orders.offer(maker, 'app', { app, volume })
    apps.set(name, app)
  }
  return workerpool
}

function unknownProgram(name: string, programs: object): never {
  const known = Object.keys(programs)
  throw new AppError('request/invalid', `There is no program ${name}.`, { known })
}

type Failing = Map<Service | 'chain', number>

/** Whether this call to a part must fail. */
function fails(failing: Failing, part: Service | 'chain'): boolean {
  const left = failing.get(part) ?? 0
  if (left > 0) failing.set(part, left - 1)
  return left > 0
}

async function request(chain: Chain, failing: Failing, call: { method: string }) {
  if (!fails(failing, 'chain')) return chain.request(call)
  throw Object.assign(new Error('the chain is down, as the test wishes'), { code: -32_603 })
}

function failingFetch(via: typeof fetch, failing: Failing): typeof fetch {
  return async (input, init) => {
    const { origin } = new URL(new Request(input, init).url)
    const part = (Object.keys(urls) as Service[]).find((name) => urls[name] === origin) ?? 'storage' // its own keys
    if (fails(failing, part)) throw new TypeError(`the ${part} is down, as the test wishes`)
    return via(input, init)
  }
}
