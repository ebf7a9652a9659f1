/**
 * Facts: what events only point at and the chain never changes, read once a batch.
 *
 * A deal or a task that the chain does not know although its event was read belongs to a block that
 * was replaced meanwhile: the batch is given up and read again.
 */
import { AppError, Deal, Order, Task } from '@traboule/protocol'
import { appAbi, datasetAbi, hubAbi, workerpoolAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import { type Address, getAddress, type Hex, numberToHex } from 'viem'
import { type BoostNotice, boosted } from './boost.ts'
import type { Event } from './decode.ts'

export type AssetKind = 'app' | 'dataset' | 'workerpool'
/** An asset at its registry; `columns` are what its contract says of itself. */
export type Asset = Readonly<{ kind: AssetKind; id: Address; columns: Record<string, unknown> }>
export type TaskFacts = Readonly<{ dealId: Hex; index: bigint; timeRef: bigint }>

export type Facts = Readonly<{
  deal(id: Hex): Deal.Deal
  isBoost(deal: Hex): boolean
  task(id: Hex): TaskFacts
  asset(id: Address): Asset | undefined
  /** What the chain calls an order. */
  hashOf: <K extends Order.Kind>(kind: K, order: Order.Unsigned<K>) => Hex
}>

export type FactsReader = Readonly<{
  /** Reads what these events need, many calls a request. */
  read(hubEvents: readonly Event[], transfers: readonly Transfer[]): Promise<Facts>
}>
export type Transfer = Readonly<{ event: Event; kind: AssetKind }>

/** How many answers are kept from one batch for the next. */
const KEPT = 20_000

/** Reads facts from the hub; what never changes is read once. */
export function readFacts(client: ChainClient, hub: Address): FactsReader {
  const deals = new Map<Hex, Deal.Deal>()
  const tasks = new Map<Hex, TaskFacts>()
  const assets = new Map<Address, Asset>()
  const on = Order.domain(client.chain.id, hub)

  async function readDeal(id: Hex) {
    const args = [id] as const
    const view = await client.readContract({
      address: hub,
      abi: hubAbi,
      functionName: 'viewDeal',
      args,
    })
    const deal = Deal.fromChain(id, view)
    if (!deal) throw gone(`deal ${id}`)
    deals.set(id, deal)
  }
  async function readBoost({ args, log }: Event) {
    const { dealId } = args as BoostNotice
    const view = { address: hub, abi: hubAbi, functionName: 'viewDealBoost' } as const
    const shown = await client.readContract({ ...view, args: [dealId] })
    if (shown.botSize === 0) throw gone(`deal ${dealId}`)
    deals.set(dealId, boosted(args as BoostNotice, shown, log.blockTimestamp))
  }
  async function readTask(id: Hex) {
    const args = [id] as const
    const view = await client.readContract({
      address: hub,
      abi: hubAbi,
      functionName: 'viewTask',
      args,
    })
    const { status, dealId, index, timeRef } = Task.fromChain(id, view)
    if (status === 'unset') throw gone(`task ${id}`)
    tasks.set(id, { dealId, index, timeRef })
  }
  async function readAsset({ event, kind }: Transfer) {
    const id = assetOf(event)
    const columns = await describe[kind](client, id)
    assets.set(id, { kind, id, columns })
  }

  return {
    async read(hubEvents, transfers) {
      deals.clear() // the same request may have met others in the block that replaced its first
      for (const cache of [tasks, assets]) if (cache.size > KEPT) cache.clear()
      const ids = (name: string, key: string) =>
        new Set(hubEvents.filter((e) => e.name === name).map(({ args }) => args[key] as Hex))
      const boosts = ids('SchedulerNoticeBoost', 'dealId')
      const tasksOf = new Set([
        ...ids('TaskInitialize', 'taskid'),
        ...ids('TaskConsensus', 'taskid'),
      ])
      await Promise.all([
        ...[...ids('OrdersMatched', 'dealid')].filter((id) => !boosts.has(id)).map(readDeal),
        ...hubEvents.filter(({ name }) => name === 'SchedulerNoticeBoost').map(readBoost),
        ...[...tasksOf].filter((id) => !tasks.has(id)).map(readTask),
        ...transfers.filter(({ event }) => !assets.has(assetOf(event))).map(readAsset),
      ]).catch((cause) => {
        throw cause instanceof AppError ? cause : gone('what an event names', cause)
      })
      return {
        deal: (id) => deals.get(id) ?? missing(id),
        isBoost: (deal) => boosts.has(deal),
        task: (id) => tasks.get(id) ?? missing(id),
        asset: (id) => assets.get(id),
        hashOf: (kind, order) => Order.hash(kind, order, on),
      }
    },
  }
}

/** The address that a registry's token is. */
export const assetOf = ({ args }: Event): Address =>
  getAddress(numberToHex(args.tokenId as bigint, { size: 20 }))

const gone = (what: string, cause?: unknown) =>
  new AppError('chain/unreachable', `The chain no longer has ${what}.`, {}, cause)

function missing(id: Hex): never {
  throw gone(id)
}

type Describe = (client: ChainClient, address: Address) => Promise<Record<string, unknown>>

/** What each kind of asset says of itself. */
const describe: Record<AssetKind, Describe> = {
  async app(client, address) {
    const read = <
      F extends 'm_appName' | 'm_appType' | 'm_appMultiaddr' | 'm_appChecksum' | 'm_appMREnclave',
    >(
      functionName: F,
    ) => client.readContract({ address, abi: appAbi, functionName })
    const [name, type, multiaddr, checksum, mrenclave] = await Promise.all([
      read('m_appName'),
      read('m_appType'),
      read('m_appMultiaddr'),
      read('m_appChecksum'),
      read('m_appMREnclave'),
    ])
    return { name: plain(name), type: plain(type), multiaddr, checksum, mrenclave }
  },
  async dataset(client, address) {
    const read = <F extends 'm_datasetName' | 'm_datasetMultiaddr' | 'm_datasetChecksum'>(
      functionName: F,
    ) => client.readContract({ address, abi: datasetAbi, functionName })
    const [name, multiaddr, checksum] = await Promise.all([
      read('m_datasetName'),
      read('m_datasetMultiaddr'),
      read('m_datasetChecksum'),
    ])
    return { name: plain(name), multiaddr, checksum }
  },
  async workerpool(client, address) {
    const functionName = 'm_workerpoolDescription'
    const description = await client.readContract({ address, abi: workerpoolAbi, functionName })
    return {
      description: plain(description),
      worker_stake_ratio: 30n,
      scheduler_reward_ratio: 1n,
    }
  },
}

/** PostgreSQL has no text with a zero character. */
const plain = (text: string) => text.replaceAll('\0', '')
