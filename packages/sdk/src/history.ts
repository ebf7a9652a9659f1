/** History: the hub's events about some tasks, in chain order, through reorganisations. */
import { hubAbi } from '@traboule/protocol/abi'
import {
  formatLog,
  type Hex,
  numberToHex,
  parseEventLogs,
  type RpcLog,
  toEventSelector,
} from 'viem'
import { getBlock } from 'viem/actions'
import { reach } from './chain.ts'
import type { Network } from './network.ts'
import type { HubEvent } from './story.ts'

/** An event and where it happened. `taskId` is the task it is about. */
export type Happened = HubEvent & Readonly<{ taskId: Hex; blockNumber: bigint; logIndex: number }>

export type Head = Readonly<{ number: bigint; hash: Hex; timestamp: bigint }>

/** Deeper than this, blocks are taken as final. */
const DEPTH = 64n
/** Blocks asked for at once; public endpoints refuse more. */
const SPAN = 10_000n
/** Task ids that fit one filter; beyond, everything is read and sorted out here. */
const FILTERED = 200

/** The first topics of the hub's events of these names. */
export const selectors = (names: readonly string[]): Hex[] =>
  hubAbi.flatMap((each) =>
    each.type === 'event' && names.includes(each.name) ? [toEventSelector(each)] : [],
  )

/** Events that name their task in their first topic. */
const steps = selectors([
  'TaskInitialize',
  'TaskContribute',
  'TaskConsensus',
  'TaskReveal',
  'TaskReopen',
  'TaskFinalize',
  'TaskClaimed',
])
/** Events that only come with a settlement. */
const verdicts = selectors(['Reward', 'Seize', 'AccurateContribution', 'FaultyContribution'])
const settlements: readonly string[] = ['TaskFinalize', 'TaskClaimed']

export type History = Readonly<{
  /** Every event from the start to `head`, as the chain tells it now. */
  upTo(head: Head): Promise<readonly Happened[]>
}>

/** The events about `taskIds` since the block `from`; what is final is asked for only once. */
export function openHistory(network: Network, taskIds: readonly Hex[], from: bigint): History {
  const wanted = new Set<Hex>(taskIds)
  const final: Happened[] = []
  let next = from
  return {
    async upTo(head) {
      const recent: Happened[] = []
      for (const [at, last] of spans(next, head.number))
        recent.push(...(await eventsIn(network, wanted, at, last)))
      const all = [...final, ...recent]
      if (head.number - DEPTH < next) return all
      final.push(...recent.filter(({ blockNumber }) => blockNumber <= head.number - DEPTH))
      next = head.number - DEPTH + 1n
      return all
    },
  }
}

/** Blocks from one to another, in parts that endpoints answer for: first and last of each. */
export function* spans(from: bigint, to: bigint): Generator<readonly [bigint, bigint]> {
  for (let at = from; at <= to; at += SPAN) {
    const last = at + SPAN - 1n
    yield [at, last < to ? last : to]
  }
}

async function eventsIn(network: Network, wanted: ReadonlySet<Hex>, from: bigint, to: bigint) {
  const ids = wanted.size <= FILTERED ? [[...wanted]] : []
  const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  const happened = keep(wanted, await logs(network, { ...range, topics: [steps, ...ids] }))
  const settled = happened.filter(({ eventName }) => settlements.includes(eventName))
  const blocks = [...new Set(settled.map(({ blockNumber }) => blockNumber))]
  const judged = await Promise.all(
    blocks.map(async (number) => {
      const block = { fromBlock: numberToHex(number), toBlock: numberToHex(number) }
      return keep(wanted, await logs(network, { ...block, topics: [verdicts] }))
    }),
  )
  return [...happened, ...judged.flat()].sort(inOrder)
}

const inOrder = (a: Happened, b: Happened) =>
  Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex

type Filter = Readonly<{ fromBlock: Hex; toBlock: Hex; topics: Hex[][] }>

/** The hub's logs, as nodes give them. */
export async function logs(network: Network, filter: Filter): Promise<RpcLog[]> {
  const address = network.profile.hub
  const asked = network.chain.request({ method: 'eth_getLogs', params: [{ address, ...filter }] })
  return (await reach(asked as Promise<RpcLog[]>, 'eth_getLogs')) ?? []
}

function keep(wanted: ReadonlySet<Hex>, raw: readonly RpcLog[]): Happened[] {
  const decoded = parseEventLogs({ abi: hubAbi, logs: raw.map((log) => formatLog(log)) })
  return decoded.flatMap(({ eventName, args, blockNumber, logIndex }) => {
    const { taskid, ref } = args as { taskid?: Hex; ref?: Hex } // one of them, by the ABI
    const taskId = taskid ?? ref
    if (taskId === undefined || !wanted.has(taskId)) return []
    const known = args as Readonly<Record<string, unknown>>
    return [
      { eventName, args: known, taskId, blockNumber: blockNumber ?? 0n, logIndex: logIndex ?? 0 },
    ]
  })
}

/** The newest block. */
export async function headOf(network: Network): Promise<Head> {
  const { number, hash, timestamp } = await reach(getBlock(network.chain), 'eth_getBlockByNumber')
  return { number, hash, timestamp }
}

/** The first block that is not older than `timestamp` (Unix seconds). */
export async function blockSince(network: Network, timestamp: bigint): Promise<bigint> {
  let low = network.profile.fromBlock
  let high = (await headOf(network)).number
  while (low < high) {
    const middle = (low + high) / 2n
    const block = await reach(getBlock(network.chain, { blockNumber: middle }))
    if (block.timestamp < timestamp) low = middle + 1n
    else high = middle
  }
  return low
}
