/**
 * Carry out: from decisions to transactions.
 *
 * Nothing is remembered that matters: a task is left alone while something sent for it is under
 * way, or is mined in a block that our facts do not cover yet; then it is decided upon again.
 */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Clock, Log, Sender } from '@traboule/service-kit'
import {
  type Abi,
  type Address,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseEventLogs,
  type TransactionReceipt,
} from 'viem'
import type { Metrics } from '../metrics.ts'
import type { Ballot } from './ballots.ts'
import type { Open } from './board.ts'
import { type Manner, type Order, type Transaction, transactions } from './transactions.ts'

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
  /** Told of a ballot that the chain refuses by itself. */
  spoiled(ballot: Ballot): Promise<void>
  metrics: Pick<Metrics, 'mined' | 'refused'>
  /** What to commit to before a task begins, which takes a transaction for each. */
  commitment?: Manner['commitment']
}>

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

type Mark = Readonly<{ sending?: true; minedIn?: bigint; notBefore?: number; failures: number }>

export function openHands(options: HandsOptions): Hands {
  const { sender, hub, clock, log, signal, done, metrics } = options
  const marks = new Map<Hex, Mark>()
  /** Tasks whose batch was refused: the next try is theirs alone, so that one cannot hold up 23. */
  const alone = new Set<Hex>()
  const under = new Set<Promise<void>>()

  const mark = (tasks: readonly Open[], of: (before: Mark | undefined) => Mark) => {
    for (const { taskId } of tasks) marks.set(taskId, of(marks.get(taskId)))
  }

  async function send(transaction: Transaction) {
    const { what, tasks } = transaction
    const about = { tasks: tasks.map(({ taskId }) => taskId) }
    mark(tasks, (before) => ({ sending: true, failures: before?.failures ?? 0 }))
    try {
      const receipt = await sender.send(keyOf(transaction), toCall(hub, transaction))
      const { blockNumber, transactionHash } = receipt
      mark(tasks, () => ({ minedIn: blockNumber, failures: 0 }))
      if (what !== 'contribute') for (const taskId of about.tasks) alone.delete(taskId)
      const happened = reopens(receipt) ? 'reopened' : past[what]
      metrics.mined(happened, tasks.length)
      log.info(`task.${happened}`, { ...about, block: blockNumber, hash: transactionHash })
    } catch (error) {
      if (signal.aborted) return
      mark(tasks, (before) => pause(before, clock.now()))
      metrics.refused(what)
      if (tasks.length > 1 || what === 'contribute')
        for (const taskId of about.tasks) alone.add(taskId)
      await spoil(transaction, error)
      log[error instanceof AppError ? 'warn' : 'error'](`task.${what}.failed`, { ...about, error })
    }
    done()
  }

  /** A single ballot that the chain refuses will never be taken; several are tried one by one. */
  async function spoil({ ballots = [] }: Transaction, error: unknown) {
    const [ballot, ...more] = ballots
    const refused = error instanceof AppError && error.code === 'chain/reverted'
    if (!refused || !ballot || more.length > 0) return
    const { taskId, worker } = ballot
    log.warn('ballot.spoiled', { taskId, worker, error })
    await options.spoiled(ballot)
  }

  return {
    busy(taskId, block) {
      const { sending, minedIn = 0n, notBefore = 0 } = marks.get(taskId) ?? { failures: 0 }
      return sending === true || minedIn > block || notBefore > clock.now()
    },

    carryOut(orders) {
      for (const transaction of transactions(orders, { alone, commitment: options.commitment })) {
        const sending = send(transaction).finally(() => under.delete(sending))
        under.add(sending)
      }
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(under)
    },
  }
}

/** Votes of a task may be sent in several turns, each of which is another transaction. */
function keyOf({ what, tasks, functionName, args }: Transaction): string {
  const data = encodeFunctionData({ abi: hubAbi as Abi, functionName, args })
  const turn = what === 'contribute' ? [keccak256(data)] : []
  return [what, tasks[0]?.taskId, tasks.length, ...turn].join(':')
}

const toCall = (address: Address, { functionName, args }: Transaction) => {
  return { address, abi: hubAbi as Abi, functionName, args }
}

const past = {
  initialize: 'initialized',
  initializeAndClaim: 'refunded',
  claim: 'claimed',
  reopen: 'reopened',
  finalize: 'finalized',
  contribute: 'contributed',
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
