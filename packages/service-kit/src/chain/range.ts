/**
 * Range: the logs of some blocks in a row, as one chain has them.
 *
 * An endpoint may be several nodes of which some lag: logs are asked for together with the block
 * they end at, in one request, since a node without that block answers with fewer logs instead of
 * an error.
 */
import {
  type AbiEvent,
  type Address,
  BlockNotFoundError,
  type Log as ChainLog,
  type Hex,
} from 'viem'
import { type ChainClient, reading } from './client.ts'

export type Head = Readonly<{ number: bigint; hash: Hex; timestamp: bigint }>
/** A log in a block, with that block's time in Unix seconds. */
export type MinedLog = ChainLog<bigint, number, false> & Readonly<{ blockTimestamp: bigint }>

export type Sources = Readonly<{
  client: ChainClient
  /** Whose logs. */
  addresses: readonly Address[]
  /** An event to read from whatever contract emits it, known or not. */
  anywhere?: AbiEvent
}>

export type Cursor = Readonly<{ number: bigint; hash: Hex | undefined }>
type Block = Head & Readonly<{ parentHash: Hex }>

/**
 * What happened after the block `after` up to `to`; undefined when the chain moved meanwhile.
 * Throws `chain/unreachable`, also when the node refuses: see `refused`.
 */
export async function readRange(sources: Sources, after: Cursor, to: bigint) {
  const { client, addresses, anywhere } = sources
  const fromBlock = after.number + 1n
  const [first, last] = await Promise.all([blockAt(client, fromBlock), blockAt(client, to)])
  if (!first || !last) return undefined
  if (after.hash && first.parentHash !== after.hash) return undefined
  const [known, others, beside] = await Promise.all([
    reading(client.getLogs({ address: [...addresses], fromBlock, toBlock: to })),
    anywhere ? reading(client.getLogs({ event: anywhere, fromBlock, toBlock: to })) : [],
    blockAt(client, to),
  ])
  const logs = [...known, ...others]
  const again = await blockAt(client, to)
  if (beside?.hash !== last.hash || again?.hash !== last.hash) return undefined
  const dated = await withTime(client, logs)
  if (!dated) return undefined
  const ordered = dated.toSorted((a, b) => order(a, b))
  const head = { number: to, hash: last.hash, timestamp: last.timestamp }
  return { logs: ordered, head }
}

/** Nodes that do not date their logs are asked for the blocks; `undefined` when one was replaced. */
async function withTime(
  client: ChainClient,
  logs: readonly ChainLog<bigint, number, false>[],
): Promise<MinedLog[] | undefined> {
  const undated = logs.filter(({ blockTimestamp }) => typeof blockTimestamp !== 'bigint')
  const numbers = [...new Set(undated.map(({ blockNumber }) => blockNumber))]
  const blocks = await Promise.all(numbers.map((number) => blockAt(client, number)))
  const times = new Map(blocks.map((block) => [block?.hash, block?.timestamp] as const))
  const dated = logs.map((log) => {
    const blockTimestamp = log.blockTimestamp ?? times.get(log.blockHash)
    return blockTimestamp === undefined ? undefined : { ...log, blockTimestamp }
  })
  return dated.some((log) => log === undefined)
    ? undefined
    : dated.filter((log) => log !== undefined)
}

const order = (a: MinedLog, b: MinedLog) =>
  a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : Number(a.blockNumber - b.blockNumber)

/** Undefined when there is no such block; an endpoint that fails to answer has said nothing. */
export async function blockAt(
  client: ChainClient,
  blockNumber: bigint,
): Promise<Block | undefined> {
  const missing = (error: unknown) => {
    if (error instanceof BlockNotFoundError) return undefined
    throw error
  }
  const block = await reading(client.getBlock({ blockNumber }).catch(missing))
  return block as Block | undefined // a mined block has a number and a hash
}
