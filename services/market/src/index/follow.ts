/**
 * Follow: keeps the index equal to the chain, and tells which orders to look at again.
 */
import { hubAbi } from '@traboule/protocol/abi'
import {
  type ChainClient,
  type Clock,
  follow,
  type Head,
  type Log,
  type Loop,
  type MinedLog,
} from '@traboule/service-kit'
import type { Kysely, Transaction } from 'kysely'
import { type Address, isAddressEqual } from 'viem'
import { applyHub, applyRegistry } from './apply.ts'
import { type Event, ofHub, ofPool, ofRegistry, policyUpdate, readsOf } from './decode.ts'
import type { State } from './entities.ts'
import { assetOf, type Facts, readFacts, type Transfer } from './facts.ts'
import { type Changed, openUnit, settle, undo } from './unit.ts'

export type IndexOptions = Readonly<{
  // biome-ignore lint/suspicious/noExplicitAny: the index writes only its own tables
  db: Kysely<any>
  client: ChainClient
  hub: Address
  from: bigint
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
  /** Corrects what is derived from the index, in the same transaction. */
  changed(
    tx: Tx,
    rows: Changed,
    head: { number: bigint; timestamp: bigint | undefined },
  ): Promise<void>
  moved(head: Head): void
}>

// biome-ignore lint/suspicious/noExplicitAny: the index writes only its own tables
type Tx = Transaction<any>

/** How many blocks can be taken back: as many as `follow` remembers. */
const REWINDABLE = 256n

type Batch = Readonly<{ events: readonly (Event | Transfer)[]; facts: Facts }>

/** What `follow` needs to keep the index; exported so that tests and rebuilds can drive it. */
export async function following(options: IndexOptions) {
  const { client, hub, from, moved, changed, ...rest } = options
  const registries = await registriesOf(client, hub)
  const reader = readFacts(client, hub)
  let batch: Batch | undefined
  return {
    ...rest,
    name: 'market',
    client,
    from,
    moved,
    addresses: [hub, ...registries.keys()],
    anywhere: policyUpdate,
    async prepare(logs: readonly MinedLog[]) {
      const events = logs.flatMap((log) => eventOf(log, hub, registries))
      const transfers = events.filter((each) => 'kind' in each)
      const facts = await reader.read(
        events.filter((each): each is Event => !('kind' in each)),
        transfers,
      )
      batch = { events, facts }
    },
    async apply(tx: Tx, _: readonly MinedLog[], head: Head) {
      if (!batch) throw new Error('a batch is applied only after it was prepared')
      await changed(tx, await applyBatch(tx, batch, head.number), head)
    },
    async rewind(tx: Tx, block: bigint) {
      await changed(tx, await undo(tx, block), { number: block, timestamp: undefined })
    },
  }
}

/** Starts following. The loop's `done` rejects when following is impossible. */
export async function startIndex(options: IndexOptions): Promise<Loop> {
  return follow(await following(options))
}

async function applyBatch(tx: Tx, { events, facts }: Batch, head: bigint): Promise<Changed> {
  const unit = openUnit(tx)
  const reads = new Map<State, string[]>()
  for (const each of events)
    for (const [table, id] of 'kind' in each ? [] : readsOf(each)) push(reads, table, id)
  for (const [table, ids] of reads) await unit.load(table, ids)
  for (const each of events) {
    if (!('kind' in each)) await applyHub(each, unit, facts)
    else {
      const asset = facts.asset(assetOf(each.event))
      if (asset) await applyRegistry(each.event, asset, { unit, facts })
    }
  }
  const changed = await unit.write(head)
  await settle(tx, head - REWINDABLE)
  return changed
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

type Registries = ReadonlyMap<Address, Transfer['kind']>

async function registriesOf(client: ChainClient, hub: Address): Promise<Registries> {
  const names = ['appregistry', 'datasetregistry', 'workerpoolregistry'] as const
  const [app, dataset, workerpool] = await Promise.all(
    names.map((functionName) => client.readContract({ address: hub, abi: hubAbi, functionName })),
  )
  return new Map([
    [app as Address, 'app'],
    [dataset as Address, 'dataset'],
    [workerpool as Address, 'workerpool'],
  ])
}

function eventOf(log: MinedLog, hub: Address, registries: Registries): (Event | Transfer)[] {
  if (isAddressEqual(log.address, hub)) return present(ofHub(log))
  for (const [registry, kind] of registries) {
    if (!isAddressEqual(log.address, registry)) continue
    return present(ofRegistry(log)).map((event) => ({ event, kind }))
  }
  return present(ofPool(log))
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])
