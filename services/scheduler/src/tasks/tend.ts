/** Tend: after every block, every open task is looked at and what it needs is done. */
import { type Clock, type Log, type Loop, startLoop } from '@traboule/service-kit'
import { type Address, type Hex, isAddressEqual } from 'viem'
import type { Metrics } from '../metrics.ts'
import type { Lease } from '../workers/lease.ts'
import type { Leases } from '../workers/leases.ts'
import type { Board, Open } from './board.ts'
import type { Hands } from './carryOut.ts'
import { type Action, decide, situation } from './decide.ts'
import { openNews } from './news.ts'
import { conflicting } from './progress.ts'
import type { Results } from './results.ts'
import type { Order } from './transactions.ts'

export type TendOptions = Readonly<{
  board: Board
  leases: Leases
  /** Votes of a task to which workers contribute, once they are enough. */
  gather(task: Open): Promise<readonly Order[]>
  results: Results
  hands: Hands
  /** Our address: the owner that deals must name for us to settle them. */
  owner: Address
  /** Takes up announced deals; returns their tasks. */
  adopt(): Promise<readonly Hex[]>
  metrics: Pick<Metrics, 'lease'>
  clock: Clock
  log: Log
  signal: AbortSignal
  everyMs?: number
}>

export type Tending = AsyncDisposable & {
  readonly done: Promise<void>
  /** What is written of these tasks changed: they are read again before the next decision. */
  changed(taskIds: Iterable<Hex>): void
  /** All facts up to this block are written. Nothing is decided before the first call. */
  reached(head: Now): void
  /** Decides again now. */
  nudge(): void
  /** What would be done with a task now; undefined before the facts are complete. */
  next(task: Open): Action | undefined
  /** Milliseconds since 1970 when a step last ended well. */
  lastMs(): number
}

/** The newest block of the chain: number, and Unix seconds. */
export type Now = Readonly<{ number: bigint; timestamp: bigint }>

export function startTending(options: TendOptions): Tending {
  const { board, leases, results, hands, owner, metrics, clock, log } = options
  const { signal, everyMs = 250 } = options
  const news = openNews(board)
  let head: (Now & { seenMs: number }) | undefined
  let lastMs = clock.now()

  /** The chain's time: its newest block's, plus what passed since we saw it. */
  const chainTime = (at: Now & { seenMs: number }) =>
    at.timestamp + BigInt(Math.floor((clock.now() - at.seenMs) / 1000))

  const next = (task: Open): Action | undefined => {
    if (!head) return undefined
    const ours = isAddressEqual(task.terms.workerpool.owner, owner)
    const uploaded = results.of(task) !== undefined
    return decide(situation(task.terms, task.progress, { ours, uploaded }), chainTime(head))
  }

  /** Whoever contradicted an agreement does not keep other tasks waiting for its vote. */
  async function revoke(changed: readonly Hex[]): Promise<void> {
    const tasks = changed.map((taskId) => board.find(taskId)).filter((task) => task !== undefined)
    const workers = [...new Set(tasks.flatMap(({ progress }) => conflicting(progress)))]
    if (workers.length === 0) return
    const voted = ({ taskId, worker }: Lease) =>
      board.find(taskId)?.progress.votes.some((vote) => vote.worker === worker)
    const revoked = (await leases.revoke(workers)).filter((lease) => !voted(lease))
    for (const { taskId, worker } of revoked) {
      metrics.lease('revoked')
      log.warn('lease.revoked', { taskId, worker })
    }
  }

  async function step(): Promise<void> {
    if (!head) return
    const { number } = head
    news.add(await options.adopt())
    await revoke(await news.catchUp())
    for (const { taskId, worker, leaseId, phase } of await leases.expire()) {
      metrics.lease('expired')
      log.warn('lease.expired', { taskId, worker, leaseId, phase })
    }
    const idle = [...board.all()].filter(({ taskId }) => !hands.busy(taskId, number))
    const votes: Order[] = []
    for (const task of idle)
      if (next(task)?.do === 'recruit') votes.push(...(await options.gather(task)))
    const orders = idle.map((task) => orderFor(task, next(task), results))
    hands.carryOut([...votes, ...orders.filter((order) => order !== undefined)])
    results.keep((taskId) => board.find(taskId) !== undefined)
    lastMs = clock.now()
  }

  const loop: Loop = startLoop(step, { name: 'tend', everyMs, clock, log, signal })
  return {
    done: loop.done,
    nudge: loop.nudge,
    next,
    lastMs: () => lastMs,
    changed: news.add,
    reached({ number, timestamp }) {
      if (head?.number === number && head.timestamp === timestamp) return
      head = { number, timestamp, seenMs: clock.now() }
      loop.nudge()
    },
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  }
}

/** What to send for a task; looking for its result is not sending. */
function orderFor(task: Open, action: Action | undefined, results: Results): Order | undefined {
  switch (action?.do) {
    case 'initialize':
    case 'initializeAndClaim':
    case 'claim':
    case 'reopen':
      return { do: action.do, task }
    case 'awaitUpload':
      results.lookFor(task)
      return undefined
    case 'finalize': {
      const found = results.of(task)
      return found && { do: 'finalize', task, found }
    }
    default:
      return undefined
  }
}
