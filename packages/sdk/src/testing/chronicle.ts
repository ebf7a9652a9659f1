/** Chronicle: what a test network's market tells of deals, events and figures. */
import type { Deal } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import {
  type Address,
  formatLog,
  type Hex,
  numberToHex,
  padHex,
  parseEventLogs,
  type RpcLog,
} from 'viem'
import type { Chain } from './chain.ts'
import type { Shelves } from './services.ts'
import { CHAIN_ID, places, type State } from './state.ts'

type Known = Readonly<{ state: State; shelves: Shelves; chain: Chain }>
type Asked = Readonly<Record<string, string>>

/** The answer to a path, or undefined for one that is of no listing here. */
export async function chronicle(path: string, asked: Asked, known: Known) {
  if (path === '/figures') return figures(known)
  if (path === '/events') return { events: (await eventsOf(known.chain)).filter(fits(asked)) }
  if (path === '/deals') return deals(known, asked)
  if (path === '/ohlc') return prices(known, asked)
  return undefined
}

function figures({ state, shelves, chain }: Known) {
  const tasks = [...state.tasks.values()]
  const bought = [...state.deals.values()].reduce((sum, { botSize }) => sum + Number(botSize), 0)
  const of = (...statuses: string[]) => tasks.filter(({ status }) => statuses.includes(status))
  const entries = (kind: string) => [...state.entries.values()].filter((it) => it.kind === kind)
  const books = Object.entries(shelves.books).map(([kind, book]) => [kind, book.size])
  const sum = (amounts: ReadonlyMap<Address, bigint>) =>
    [...amounts.values()].reduce((total, amount) => total + amount, 0n)
  return {
    block: Number(chain.height()),
    deals: state.deals.size,
    tasks: {
      waiting: bought - of('active', 'revealing', 'completed', 'failed').length,
      active: of('active').length,
      revealing: of('revealing').length,
      completed: of('completed').length,
      failed: of('failed').length,
    },
    apps: entries('app').length,
    datasets: entries('dataset').length,
    workerpools: entries('workerpool').length,
    workers: new Set(tasks.flatMap(({ contributors }) => contributors)).size,
    orders: Object.fromEntries(books),
    escrow: sum(state.stake) + sum(state.locked),
    locked: sum(state.locked),
  }
}

/** The hub's events that name a task, newest first. */
async function eventsOf(chain: Chain) {
  const params = [
    { address: places.hub, fromBlock: '0x0', toBlock: numberToHex(chain.height()), topics: [] },
  ]
  const raw = (await chain.request({ method: 'eth_getLogs', params })) as RpcLog[] // JSON-RPC's own
  const decoded = parseEventLogs({ abi: hubAbi, logs: raw.map((log) => formatLog(log)) })
  return decoded.reverse().map(({ eventName, args, blockNumber, logIndex, transactionHash }) => {
    const { taskid, ref, worker, owner, amount } = args as Asked // by the ABI
    return {
      id: `${blockNumber}-${logIndex}`,
      name: eventName,
      ...{ task: taskid ?? ref, account: worker ?? owner, value: amount },
      blockNumber: Number(blockNumber),
      blockTimestamp: new Date(Number(chain.state.now) * 1_000).toISOString(),
      transactionHash: padHex(transactionHash ?? '0x', { size: 32 }),
      logIndex: Number(logIndex),
    }
  })
}

const fits = (asked: Asked) => (event: Readonly<Record<string, unknown>>) =>
  (['task', 'account'] as const).every(
    (name) => asked[name] === undefined || event[name] === asked[name],
  ) &&
  (asked.names === undefined || asked.names.split(',').includes(String(event.name)))

function deals({ state }: Known, asked: Asked) {
  const all = [...state.deals.values()].reverse().map((deal) => entryOf(deal))
  const wanted = all.filter((deal) =>
    (['requester', 'beneficiary'] as const).every(
      (name) => asked[name] === undefined || deal[name] === asked[name],
    ),
  )
  return { deals: wanted, count: wanted.length }
}

const NONE: Hex = padHex('0x', { size: 32 })

/** A deal as a market tells it; a test network's orders are not kept once they are matched. */
function entryOf({ dealId, ...deal }: Deal.Deal) {
  return {
    ...deal,
    ...{ dealid: dealId, chainId: CHAIN_ID, volume: deal.botSize },
    ...{ appHash: NONE, datasetHash: NONE, workerpoolHash: NONE, requestHash: NONE },
    ...{ blockNumber: 0, transactionHash: NONE, blockTimestamp: dateOf(deal.startTime) },
  }
}

function prices({ state }: Known, asked: Asked) {
  const sold = [...state.deals.values()].filter(
    ({ category }) => category === BigInt(asked.category ?? 0),
  )
  const ohlc = sold.map(({ startTime, workerpool, botSize }) => [
    dateOf(startTime),
    Number(workerpool.price),
    Number(botSize),
  ])
  const candles = ohlc.map(([time, price, volume]) => ({
    ...{ time, open: price, high: price, low: price, close: price, volume, deals: 1 },
  }))
  return { ohlc, candles }
}

const dateOf = (seconds: bigint) => new Date(Number(seconds) * 1_000).toISOString()
