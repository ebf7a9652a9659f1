/**
 * Index: how fast the market reads a chain that it does not know yet, on PostgreSQL.
 *
 * `npm run bench:index` fills a local chain with payments and tasks, nineteen events for each task as
 * replicated tasks have them, and prints how many a second end up in the index.
 * `-- --events 20000` makes the chain shorter.
 */
import { parseArgs } from 'node:util'
import { hubAbi, tokenAbi } from '@traboule/protocol/abi'
import { anAddress } from '@traboule/protocol/testing'
import {
  advance,
  migrate,
  openChain,
  openDatabase,
  openPlaces,
  systemClock,
} from '@traboule/service-kit'
import { Client } from 'pg'
import { type Abi, type Address, createWalletClient, http } from 'viem'
import { startPostgres } from '../scripts/postgres.ts'
import type { Tables } from '../services/market/src/db/schema.ts'
import { following } from '../services/market/src/index/follow.ts'
import { quiet } from '../services/market/test/support/market.ts'
import { openWorld, type World } from '../services/market/test/support/world.ts'

const { values } = parseArgs({ options: { events: { type: 'string', default: '60000' } } })

/** Accounts paid, and tasks initialized, by one round of two transactions. */
const [PAID, TASKS] = [190, 10]
const GAS = 25_000_000n

await using stack = new AsyncDisposableStack()
const postgres = await startPostgres()
if (!postgres) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
stack.use(postgres)
const world = stack.use(await openWorld())
console.log(`filling a chain with ${values.events} events`)
await fill(world, Number(values.events))
await read(world)

async function fill({ people, client, anvil, hub, signed, match }: World, events: number) {
  const { owner } = people
  const wallet = createWalletClient({ chain: client.chain, transport: http(anvil.rpcUrl) })
  const send = (address: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    wallet.writeContract({
      address,
      abi,
      functionName,
      args,
      gas: GAS,
      account: owner,
      chain: null,
    })
  const ofHub = (functionName: string, args: readonly unknown[]) =>
    send(hub, hubAbi as Abi, functionName, args)
  const token = await client.readContract({ address: hub, abi: hubAbi, functionName: 'token' })
  await send(token, tokenAbi as Abi, 'approve', [hub, 10n ** 15n])
  const rounds = Math.ceil(events / (PAID + TASKS))
  const volume = BigInt(rounds * TASKS)
  const free = { volume, trust: 0n } as const
  const deal = await match({
    app: await signed('app', { volume, appprice: 0n }),
    workerpool: await signed('workerpool', { ...free, workerpoolprice: 0n }),
    request: await signed('request', { ...free, appmaxprice: 0n, workerpoolmaxprice: 0n }),
  })
  for (let n = 0; n < rounds; n++) {
    const accounts = Array.from({ length: PAID }, (_, m) =>
      anAddress(1_000 + ((n * PAID + m) % 20_000)),
    )
    const indexes = Array.from({ length: TASKS }, (_, m) => BigInt(n * TASKS + m))
    await ofHub('depositForArray', [accounts.map(() => 1n), accounts])
    const hash = await ofHub('initializeArray', [indexes.map(() => deal), indexes])
    if (n % 20 === 0) await client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
  }
}

async function read({ anvil, hub }: World): Promise<void> {
  await using parts = new AsyncDisposableStack()
  const { db } = parts.use(await openDatabase<Tables>(postgres?.url ?? ''))
  await openPlaces(db)
  await migrate(db, 'market', new URL('../services/market/src/db/migrations/', import.meta.url))
  const options = await following({
    db,
    client: await openChain(anvil.rpcUrl),
    hub,
    from: 0n,
    everyMs: 1,
    clock: systemClock,
    log: quiet,
    signal: new AbortController().signal,
    changed: async () => undefined,
    moved: () => undefined,
  })
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  await advance(options)
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const client = new Client({ connectionString: postgres?.url })
  await client.connect()
  const { rows } = await client.query<{ count: number }>(`select (
    (select count(*) from market.events) + (select count(*) from market.transfers))::integer as count`)
  await client.end()
  const events = rows[0]?.count ?? 0
  const rate = Math.round(events / seconds)
  const each = ((user + system) / 1_000 / events).toFixed(3)
  console.log(
    `${events} events in ${seconds.toFixed(1)} s: ${rate} a second, ${each} ms of our processor each`,
  )
}
