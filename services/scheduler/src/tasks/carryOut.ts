/**
 * Carry out: from decisions to transactions.
 *
 * Nothing is remembered that matters: a task is left alone while something sent for it is under
 * way, or is mined in a block that our facts do not cover yet; then it is decided upon again.
 */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Clock, Log, Sender } from '@traboule/service-kit'
import { type Abi, type Address, type Hex, parseEventLogs, type TransactionReceipt } from 'viem'
import type { Metrics } from '../metrics.ts'
import type { Open } from './board.ts'
import type { Found } from './results.ts'

/** What is to be done with a task on chain. */
export type Order = Readonly<
  { task: Open } & (
    | { do: 'initialize' | 'claim' | 'initializeAndClaim' | 'reopen' }
    | { do: 'finalize'; found: Found }
  )
>

export type Hands = AsyncDisposable & {
  /** Whether to leave the task alone, for one whose facts are complete up to `block`. */
  busy(taskId: Hex, block: bigint): boolean
  /** Sends what the orders need, all at once; returns before any of it is mined. */
  carryOut(orders: readonly Order[]): void
}

export type HandsOptions = Readonly<{
  sender: Sender
  hub: Address
  clock: Clock
  log: Log
  signal: AbortSignal
  /** Told when something was mined or refused. */
  done(): void
  metrics: Pick<Metrics, 'mined' | 'refused'>
}>

/** Tasks in one transaction: 24 initializations stay below the smallest block of live chains. */
const BATCH = 24
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

type Mark = Readonly<{ sending?: true; minedIn?: bigint; notBefore?: number; failures: number }>

/** Functions that take many tasks, and their arguments. */
const batches = {
  initialize: { functionName: 'initializeArray', args: places },
  initializeAndClaim: { functionName: 'initializeAndClaimArray', args: places },
  claim: { functionName: 'claimArray', args: (tasks: readonly Open[]) => [tasks.map(idOf)] },
} as const

export function openHands({ sender, hub, clock, log, signal, done, metrics }: HandsOptions): Hands {
  const marks = new Map<Hex, Mark>()
  /** Tasks whose batch was refused: the next try is theirs alone, so that one cannot hold up 23. */
  const alone = new Set<Hex>()
  const under = new Set<Promise<void>>()

  const mark = (tasks: readonly Open[], of: (before: Mark | undefined) => Mark) => {
    for (const { taskId } of tasks) marks.set(taskId, of(marks.get(taskId)))
  }

  async function send(what: Order['do'], tasks: readonly Open[], call: FunctionCall) {
    const about = { tasks: tasks.map(idOf) }
    mark(tasks, (before) => ({ sending: true, failures: before?.failures ?? 0 }))
    try {
      const key = [what, tasks[0]?.taskId, tasks.length].join(':')
      const receipt = await sender.send(key, toCall(hub, call))
      const { blockNumber, transactionHash } = receipt
      mark(tasks, () => ({ minedIn: blockNumber, failures: 0 }))
      for (const taskId of about.tasks) alone.delete(taskId)
      const happened = reopens(receipt) ? 'reopened' : past[what]
      metrics.mined(happened, tasks.length)
      log.info(`task.${happened}`, { ...about, block: blockNumber, hash: transactionHash })
    } catch (error) {
      if (signal.aborted) return
      mark(tasks, (before) => pause(before, clock.now()))
      metrics.refused(what)
      if (tasks.length > 1) for (const taskId of about.tasks) alone.add(taskId)
      log[error instanceof AppError ? 'warn' : 'error'](`task.${what}.failed`, { ...about, error })
    }
    done()
  }

  const start = (what: Order['do'], tasks: readonly Open[], call: FunctionCall) => {
    const sending = send(what, tasks, call).finally(() => under.delete(sending))
    under.add(sending)
  }

  return {
    busy(taskId, block) {
      const { sending, minedIn = 0n, notBefore = 0 } = marks.get(taskId) ?? { failures: 0 }
      return sending === true || minedIn > block || notBefore > clock.now()
    },

    carryOut(orders) {
      for (const [what, { functionName, args }] of Object.entries(batches)) {
        const tasks = orders.filter((order) => order.do === what).map(({ task }) => task)
        for (const batch of inBatches(tasks, alone))
          start(what as keyof typeof batches, batch, { functionName, args: args(batch) })
      }
      for (const order of orders) {
        const { taskId } = order.task
        if (order.do === 'reopen')
          start('reopen', [order.task], { functionName: 'reopen', args: [taskId] })
        if (order.do === 'finalize') {
          const { results, resultsCallback } = order.found
          const args = [taskId, results, resultsCallback]
          start('finalize', [order.task], { functionName: 'finalize', args })
        }
      }
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(under)
    },
  }
}

type FunctionCall = Readonly<{ functionName: string; args: readonly unknown[] }>

const toCall = (hub: Address, call: FunctionCall) => ({ address: hub, abi: hubAbi as Abi, ...call })

const past = {
  initialize: 'initialized',
  initializeAndClaim: 'refunded',
  claim: 'claimed',
  reopen: 'reopened',
  finalize: 'finalized',
} as const satisfies Record<Order['do'], string>

/** A finalization opens the task again when the reveals do not carry the asked trust. */
function reopens({ logs }: TransactionReceipt): boolean {
  return parseEventLogs({ abi: hubAbi, logs, eventName: 'TaskReopen' }).length > 0
}

/** Longer after each failure: a refusal usually passes with the next block. */
function pause(before: Mark | undefined, nowMs: number): Mark {
  const failures = (before?.failures ?? 0) + 1
  const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS)
  return { notBefore: nowMs + ms, failures }
}

function inBatches(tasks: readonly Open[], alone: ReadonlySet<Hex>): (readonly Open[])[] {
  const single = tasks.filter(({ taskId }) => alone.has(taskId)).map((task) => [task])
  const rest = tasks.filter(({ taskId }) => !alone.has(taskId))
  const count = Math.ceil(rest.length / BATCH)
  const full = Array.from({ length: count }, (_, n) => rest.slice(n * BATCH, (n + 1) * BATCH))
  return [...full, ...single]
}

function places(tasks: readonly Open[]): readonly unknown[] {
  return [tasks.map(({ terms }) => terms.dealId), tasks.map(({ index }) => index)]
}

function idOf({ taskId }: Open): Hex {
  return taskId
}
