/** Watch: following deals until everybody is paid, as an async iterator. */
import { AppError } from '@traboule/protocol'
import type { Hex } from 'viem'
import * as Deals from './deal.ts'
import { blockSince, type Happened, type Head, headOf, openHistory } from './history.ts'
import type { Network } from './network.ts'
import { begin, type TaskStory, tell } from './story.ts'

/** The deals as the chain tells them at one block. */
export type Look = Readonly<{
  /** Every task, with its votes and how far it is. */
  stories: readonly TaskStory[]
  /** What happened since the look before, in chain order. */
  events: readonly Happened[]
  block: bigint
  /** Whether the final deadline of a deal has passed: what is not paid may be claimed. */
  overdue: boolean
  /** Whether nothing more will happen by itself: all is settled, or overdue. */
  over: boolean
}>

export type WatchOptions = Readonly<{
  signal?: AbortSignal
  /** Resume: events up to this block (`Look.block`) were seen before. */
  after?: bigint
  /** Milliseconds that the chain may be silent before watching gives up; a minute if not said. */
  patienceMs?: number
  /** Unix seconds at which watching what is not over throws `task/late`. */
  deadline?: bigint
}>

/**
 * Looks at deals whenever the chain has a new block, until all their tasks are paid or refunded, or
 * their deadline passed. Every look tells the whole story so far, so a reorganisation corrects it
 * and an interrupted watch can be taken up again.
 *
 * @example
 * ```ts
 * for await (const { stories } of watch(network, dealId))
 *   console.log(stories.map(({ index, stage }) => `${index}: ${stage}`).join(' '))
 * ```
 */
export async function* watch(
  network: Network,
  dealIds: Hex | readonly Hex[],
  { signal, after = -1n, patienceMs = 60_000, deadline = FOREVER }: WatchOptions = {},
): AsyncGenerator<Look, void, undefined> {
  const waiting = { signal, patienceMs, deadline }
  const show = () => Promise.all([dealIds].flat().map((dealId) => Deals.show(network, dealId)))
  const deals = await patiently(show, network, waiting)
  const tasks = deals.flatMap((deal) => deal.tasks)
  const first = await patiently(() => firstBlock(network, deals), network, waiting)
  const history = openHistory(network, idsOf(tasks), first)
  const fresh = noticing(after)
  const heads = newHeads(network, waiting)
  const final = deals.reduce((first, deal) => least(first, deal.finalDeadline), FOREVER)
  for await (const head of heads) {
    const events = await patiently(() => history.upTo(head), network, waiting)
    const stories = tell(begin(tasks), events)
    const overdue = head.timestamp >= final
    const over = overdue || stories.every(({ stage }) => stage === 'paid' || stage === 'refunded')
    yield { stories, events: fresh(events), block: head.number, overdue, over }
    if (over) return
  }
}

const FOREVER = 2n ** 256n
const least = (a: bigint, b: bigint) => (a < b ? a : b)
const idsOf = (tasks: readonly Readonly<{ taskId: Hex }>[]) => tasks.map(({ taskId }) => taskId)

function firstBlock(network: Network, deals: readonly Deals.Known[]): Promise<bigint> {
  return blockSince(
    network,
    deals.reduce((first, { startTime }) => least(first, startTime), FOREVER),
  )
}

/** Tells events that were not there before, however their blocks moved. */
function noticing(after: bigint) {
  const seen = new Set<string>()
  return (events: readonly Happened[]): readonly Happened[] => {
    const times = new Map<string, number>()
    return events.filter((event) => {
      const said = sayingOf(event)
      const nth = (times.get(said) ?? 0) + 1
      times.set(said, nth)
      const key = `${said}#${nth}`
      if (seen.has(key)) return false
      seen.add(key)
      return event.blockNumber > after
    })
  }
}

const sayingOf = ({ eventName, args }: Happened) =>
  [eventName, ...Object.values(args).map(String)].join(' ')

type Waiting = Readonly<{ signal: AbortSignal | undefined; patienceMs: number; deadline: bigint }>

/** The head, each time it is another. */
async function* newHeads(network: Network, waiting: Waiting): AsyncGenerator<Head> {
  let last: Hex | undefined
  for (;;) {
    const head = await patiently(() => headOf(network), network, waiting)
    if (head.hash !== last) yield head
    last = head.hash
    if (network.now() >= Number(waiting.deadline) * 1_000) throw late(waiting.deadline)
    await network.sleep(network.chain.pollingInterval, waiting.signal)
  }
}

function late(deadline: bigint): AppError {
  const when = new Date(Number(deadline) * 1_000).toISOString()
  return new AppError('task/late', `Not everything was paid by ${when}.`, { deadline })
}

/** Tries again while the chain is out of reach, for as long as patience lasts. */
async function patiently<T>(
  ask: () => Promise<T>,
  network: Network,
  { signal, patienceMs }: Waiting,
): Promise<T> {
  const until = network.now() + patienceMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof AppError) || !error.retry || network.now() >= until) throw error
      await network.sleep(1_000, signal)
    }
  }
}
