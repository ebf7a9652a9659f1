/** Transactions: what the orders of a moment are sent as, as many tasks at once as may be. */
import { Scalar } from '@traboule/protocol'
import type { Hex } from 'viem'
import type { Ballot } from './ballots.ts'
import type { Open } from './board.ts'
import type { Found } from './results.ts'

/** What is to be done with a task on chain. */
export type Order = Readonly<
  { task: Open } & (
    | { do: 'initialize' | 'claim' | 'initializeAndClaim' | 'reopen' }
    | { do: 'finalize'; found: Found }
    | { do: 'contribute'; ballots: readonly Ballot[] }
  )
>

export type Transaction = Readonly<{
  what: Order['do']
  tasks: readonly Open[]
  functionName: string
  args: readonly unknown[]
  /** The votes in it. */
  ballots?: readonly Ballot[]
}>

export type Manner = Readonly<{
  /** Tasks whose batch was refused: they are sent by themselves, ballot by ballot. */
  alone: ReadonlySet<Hex>
  /** What to commit to before a task begins, which takes a transaction for each. */
  commitment?: ((taskId: Hex) => Hex) | undefined
}>

/** Tasks in one transaction: 24 initializations stay below the smallest block of live chains. */
const BATCH = 24
/** Tasks whose votes are sent in one: several hundred thousand gas each. */
const VOTES_BATCH = 8

/** The transactions that carry out `orders`. */
export function transactions(orders: readonly Order[], manner: Manner): Transaction[] {
  const { alone, commitment } = manner
  const of = (what: Order['do']) => orders.filter((order) => order.do === what)
  const batched = (
    what: Order['do'],
    functionName: string,
    args: (tasks: readonly Open[]) => unknown[],
  ) =>
    inBatches(of(what), alone, BATCH).map((batch) => {
      const tasks = batch.map(({ task }) => task)
      return { what, tasks, functionName, args: args(tasks) }
    })
  return [
    ...(commitment
      ? of('initialize').map((order) => committed(order, commitment))
      : batched('initialize', 'initializeArray', places)),
    ...batched('initializeAndClaim', 'initializeAndClaimArray', places),
    ...batched('claim', 'claimArray', (tasks) => [tasks.map(({ taskId }) => taskId)]),
    ...inBatches(orders.filter(isVotes), alone, VOTES_BATCH).map((group) => votes(group, alone)),
    ...orders.flatMap(single),
  ]
}

function committed({ task }: Order, commitment: (taskId: Hex) => Hex): Transaction {
  const args = [task.terms.dealId, task.index, commitment(task.taskId)]
  return { what: 'initialize', tasks: [task], functionName: 'initializeCommitted', args }
}

function single(order: Order): Transaction[] {
  const { taskId } = order.task
  const tasks = [order.task]
  if (order.do === 'reopen')
    return [{ what: 'reopen', tasks, functionName: 'reopen', args: [taskId] }]
  if (order.do !== 'finalize') return []
  const { results, resultsCallback } = order.found
  return [
    { what: 'finalize', tasks, functionName: 'finalize', args: [taskId, results, resultsCallback] },
  ]
}

type Votes = Extract<Order, { do: 'contribute' }>
const isVotes = (order: Order): order is Votes => order.do === 'contribute'

function votes(group: readonly Votes[], alone: ReadonlySet<Hex>): Transaction {
  const ballots = group.flatMap((order) =>
    alone.has(order.task.taskId) ? order.ballots.slice(0, 1) : order.ballots,
  )
  const tasks = group.map(({ task }) => task)
  const args = [ballots.map(signedContribution)]
  return { what: 'contribute', tasks, functionName: 'contributeSigned', args, ballots }
}

/** As `contributeSigned` takes it. */
function signedContribution({ taskId, worker, resultHash, resultSeal, ...signs }: Ballot) {
  return {
    ...{ taskid: taskId, worker, resultHash, resultSeal },
    ...{ enclaveChallenge: Scalar.nullAddress, enclaveSign: '0x' as const },
    ...{ authorizationSign: signs.authorizationSign, workerSign: signs.workerSign },
  }
}

function inBatches<T extends { task: Open }>(
  all: readonly T[],
  alone: ReadonlySet<Hex>,
  size: number,
): (readonly T[])[] {
  const apart = all.filter(({ task }) => alone.has(task.taskId)).map((each) => [each])
  const rest = all.filter(({ task }) => !alone.has(task.taskId))
  const count = Math.ceil(rest.length / size)
  const full = Array.from({ length: count }, (_, n) => rest.slice(n * size, (n + 1) * size))
  return [...full, ...apart]
}

function places(tasks: readonly Open[]): unknown[] {
  return [tasks.map(({ terms }) => terms.dealId), tasks.map(({ index }) => index)]
}
