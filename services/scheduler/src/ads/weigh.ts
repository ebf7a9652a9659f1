/** Weigh: how good each of several tasks is for one worker. Every term is between 0 and 1. */
import type { Expr, Match } from '@traboule/classad'
import type { Address } from 'viem'

/** What weighing must know of a task. */
export type Weighed = Readonly<{
  ad: Expr.Ad
  requester: Address
  /** nRLC for the task. */
  pay: bigint
  app: Address
  dataset: Address
  /** Unix seconds between which workers may contribute. */
  startTime: bigint
  contributionDeadline: bigint
}>

export type Situation = Readonly<{
  worker: Expr.Ad
  /** The worker on the left, the task on the right. */
  matchOf(task: Expr.Ad): Match
  nowMs: number
  /** Seconds that a requester had lately, by its due. */
  used(requester: Address): number
}>

/** What each term counts; told in docs/concepts/dispatch.md. */
export const weights = { fairness: 8, urgency: 4, wanted: 2, liked: 2, locality: 1, price: 1 }

export type Term = keyof typeof weights

/** The terms of each task, in the order of the tasks. */
export function terms(tasks: readonly Weighed[], situation: Situation): Record<Term, number>[] {
  const { worker, matchOf, nowMs, used } = situation
  const least = tasks.reduce((low, { requester }) => Math.min(low, used(requester)), Infinity)
  const best = (of: (task: Weighed) => number) =>
    tasks.reduce((high, task) => Math.max(high, of(task)), 1)
  const wanted = (task: Weighed) => Math.max(0, matchOf(task.ad).rank.left)
  const liked = (task: Weighed) => Math.max(0, matchOf(task.ad).rank.right)
  const pay = (task: Weighed) => Number(task.pay)
  const most = { wanted: best(wanted), liked: best(liked), price: best(pay) }
  const held = holdings(worker)
  return tasks.map((task) => ({
    fairness: 1 / (1 + used(task.requester) - least),
    urgency: elapsed(task, nowMs),
    wanted: wanted(task) / most.wanted,
    liked: liked(task) / most.liked,
    locality: [task.app, task.dataset].filter((each) => held.has(each.toLowerCase())).length / 2,
    price: pay(task) / most.price,
  }))
}

/** The sum of the terms by their weights. */
export const total = (each: Readonly<Record<Term, number>>): number =>
  Object.entries(weights).reduce((sum, [term, weight]) => sum + weight * each[term as Term], 0) // its keys

/** How much of the time to contribute is over. */
function elapsed({ startTime, contributionDeadline }: Weighed, nowMs: number): number {
  const [start, end] = [Number(startTime), Number(contributionDeadline)]
  return Math.min(1, Math.max(0, (nowMs / 1_000 - start) / Math.max(1, end - start)))
}

/** The apps and datasets that a worker says are at hand. */
function holdings({ attributes }: Expr.Ad): ReadonlySet<string> {
  const said = attributes.get('holds')?.expr
  const items = said?.kind === 'list' ? said.items : []
  const texts = items.map((item) => (item.kind === 'literal' ? item.value : undefined))
  return new Set(texts.filter((each) => typeof each === 'string').map((each) => each.toLowerCase()))
}
