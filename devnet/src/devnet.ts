/**
 * Devnet: a whole market on one machine.
 *
 * Chain, database and storage are embedded; workers are always processes of their own, and every
 * service is one when `separate` is asked for, which is how faults are tested.
 */
import { join } from 'node:path'
import type { NamesDeployment } from '@traboule/contracts'
import { type Category, Enclave } from '@traboule/protocol'
import type { Address } from 'viem'
import { type Account, accountOf, accountsFor, type Role } from './accounts.ts'
import { CHAIN_ID, type Chain, startChain } from './chain.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { type Folder, takeFolder } from './folder.ts'
import { startPart } from './processes.ts'
import { type Running, type ServiceName, startInside } from './services.ts'
import { startWeb } from './web.ts'

export type DevnetOptions = Readonly<{
  /** Where it keeps its files; `.traboule` by convention. */
  folder: string
  workers: number
  /** How many of the workers, the last ones, contribute wrong results. */
  liars: number
  /** Seconds. */
  blockTime: number
  /** `fixed` uses the ports of the documentation; `free` any that are. */
  ports: 'fixed' | 'free'
  /** PostgreSQL instead of the embedded database. */
  databaseUrl?: string | undefined
  /** Every service in a process of its own. */
  separate?: boolean
  /** Whether the market matches the requests in its book by itself. */
  broker?: boolean
  /** Whether the web application is served too. */
  web?: boolean
  /** More categories than the standard five, appended. */
  categories?: readonly Category.Category[]
  /** More settings for each part, by its name. */
  env?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Told of each step as it begins. */
  progress(step: string): void
}>

/** What `devnet.json` says. */
export type Facts = Readonly<{
  rpcUrl: string
  chainId: number
  hub: Address
  token: Address
  appRegistry: Address
  datasetRegistry: Address
  workerpoolRegistry: Address
  workerpool: Address
  /** Where names are kept, and the resolver that new ones get. */
  ens: NamesDeployment
  /** What the pool's enclaves are worth. */
  tee: string
  urls: Readonly<Record<string, string>>
  accounts: readonly Account[]
  apps: Readonly<Record<string, { address: Address; multiaddr: string; checksum: string }>>
}>

export type Devnet = AsyncDisposable &
  Readonly<{
    facts: Facts
    /** The file that holds `facts`. */
    announced: string
    folder: Folder
    chain: Chain
    /** Services and workers by name: `market`, `worker3`, … */
    parts: ReadonlyMap<string, Running>
    /** Starts a part again, as it was, after it was killed. */
    restart(name: string): Promise<void>
    /** Says more about the devnet in `devnet.json`. */
    announce(more: Partial<Facts>): Promise<void>
  }>

const ports = {
  chain: 8545,
  market: 3000,
  scheduler: 3010,
  storage: 3030,
  sms: 13_300,
  web: 3080,
} as const

const brokering = ({ broker }: DevnetOptions): Env =>
  broker ? { BROKER: 'true', PRIVATE_KEY: accountOf('broker').privateKey } : {}

/** Starts everything. Throws `devnet/running`, `port/taken`, `service/not-started`. */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  await using stack = new AsyncDisposableStack()
  const { progress, blockTime, categories = [] } = options
  const accounts = accountsFor(options.workers)
  const folder = stack.use(await takeFolder(options.folder))

  progress('chain and contracts')
  const port = portOf('chain', options)
  const chain = stack.use(await startChain({ port, blockTime, accounts, categories }))
  const parts = openParts(options, folder, await openCluster(folder.cache))
  stack.defer(parts.stop)

  progress('storage, market, secrets and scheduler')
  const common = { RPC_URL: chain.rpcUrl, HUB: chain.deployed.hub }
  const [storage, market, sms] = await launchOpen(parts, common, { folder, options })
  const { workerpool } = chain
  const { privateKey: PRIVATE_KEY } = accountOf('workerpoolOwner')
  const own = {
    WORKERPOOL: workerpool,
    PRIVATE_KEY,
    STORAGE_URL: storage,
    TEE: 'simulated',
    SMS_URL: sms,
  }
  const scheduler = await parts.launch('scheduler', { ...common, ...own })

  progress(`${options.workers} workers`)
  const joining = { RPC_URL: chain.rpcUrl, SCHEDULER_URL: scheduler }
  await Promise.all(
    crewOf(options).map(({ role, env }) => parts.launch(role, { ...joining, ...env })),
  )

  const urls = {
    market,
    sms,
    storage,
    ipfsGateway: storage,
    scheduler,
    compass: scheduler,
    ipfsNode: storage,
    resultProxy: storage,
  }
  const { created: _, ...places } = chain.deployed
  const { rpcUrl, ens } = chain
  const tee = Enclave.SIMULATED
  const known = { rpcUrl, chainId: CHAIN_ID, ...places, ens, workerpool, tee, urls, accounts }
  const pages = { facts: known, port: portOf('web', options), logFile: join(folder.run, 'web.log') }
  const web = options.web ? stack.use(await startWeb(pages)) : undefined
  let facts: Facts = { ...known, urls: { ...urls, ...(web && { web: web.url }) }, apps: {} }
  const announced = await folder.announce(facts)
  const resources = stack.move()
  return {
    get facts() {
      return facts
    },
    announced,
    folder,
    chain,
    parts: parts.running,
    restart: parts.restart,
    async announce(more) {
      facts = { ...facts, ...more }
      await folder.announce(facts)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

type Env = Readonly<Record<string, string>>

type Launching = Readonly<{ folder: Folder; options: DevnetOptions }>

/** The services that belong to no pool. The market asks the storage for what deals name by CID. */
function launchOpen(
  { launch }: ReturnType<typeof openParts>,
  common: Env,
  { folder, options }: Launching,
) {
  const storage = launch('storage', { ...common, GUEST_BYTES: String(256 * 1_048_576) })
  const market = storage.then((IPFS_URL) =>
    launch('market', { ...common, IPFS_URL, ...brokering(options) }),
  )
  const sms = launch('sms', { ...common, MASTER_KEY_FILE: join(folder.run, 'sms.key') })
  return Promise.all([storage, market, sms])
}

const withDatabase: ReadonlySet<string> = new Set(['market', 'scheduler', 'sms'])

function portOf(part: string, { ports: choice }: DevnetOptions): number {
  return choice === 'fixed' ? ((ports as Readonly<Record<string, number>>)[part] ?? 0) : 0
}

/** The workers, the last of them lying; an enclave does not lie, so liars have none. */
function crewOf({ workers, liars }: DevnetOptions): { role: Role; env: Env }[] {
  return Array.from({ length: workers }, (_, n) => {
    const role: Role = `worker${n + 1}`
    const { privateKey: PRIVATE_KEY } = accountOf(role)
    const kind = n >= workers - liars ? { LIES: 'true' } : { TEE: 'simulated' }
    return { role, env: { PRIVATE_KEY, ...kind } }
  })
}

/** The services and workers of one run: each can be started, and started again as it was. */
function openParts(options: DevnetOptions, folder: Folder, cluster: Cluster) {
  const running = new Map<string, Running>()
  const envs = new Map<string, Env>()
  const start = async (name: string): Promise<string> => {
    const env = { ...envs.get(name), ...options.env?.[name] }
    const logFile = join(folder.run, `${name}.log`)
    const service = /^worker\d+$/.test(name) ? 'worker' : (name as ServiceName) // by construction
    const part =
      service === 'worker' || options.separate
        ? await startPart({ service, name, env, logFile })
        : await startInside(service, { name, env, logFile })
    running.set(name, part)
    // Started again, a part must be where others know it.
    if (part.url) envs.set(name, { ...envs.get(name), PORT: new URL(part.url).port })
    return part.url ?? ''
  }
  return {
    running,
    async launch(name: string, env: Env): Promise<string> {
      const data = join(folder.run, name)
      const DATABASE_URL = withDatabase.has(name)
        ? (options.databaseUrl ?? (await cluster.copyTo(join(data, 'db'))))
        : ''
      const PORT = String(portOf(name, options))
      envs.set(name, { PORT, DATA_DIR: data, DATABASE_URL, ...env })
      return start(name)
    },
    async restart(name: string): Promise<void> {
      await start(name)
    },
    stop: () => stopAll(running),
  }
}

/** Workers first: they would only complain about the rest. */
async function stopAll(parts: ReadonlyMap<string, Running>): Promise<void> {
  const all = [...parts.values()].reverse()
  const inside = all.filter(({ process }) => !process)
  await Promise.all(all.filter(({ process }) => process).map((part) => part[Symbol.asyncDispose]()))
  for (const part of inside) await part[Symbol.asyncDispose]()
}
