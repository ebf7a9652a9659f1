/** Slices: tasks of a bag that are settled as one. */
import { type Address, concat, encodeAbiParameters, type Hex, keccak256, numberToHex } from 'viem'
import * as Course from '../course.ts'
import * as Payment from '../payment.ts'
import { nullAddress } from '../scalars.ts'
import { id as taskIdOf } from '../task.ts'
import { provedOf, standing, termsOf } from './ends.ts'
import { settle } from './money.ts'
import type { Refused } from './refusal.ts'
import { type Agreement, active, deadlineOf, type Hub, type Slice, termOf } from './state.ts'

export type SliceAction =
  | Readonly<{ do: 'openSlice'; by: Address; dealId: Hex; count: bigint }>
  | Readonly<{ do: 'carve'; by: Address; dealId: Hex; index: bigint }>
  | Readonly<{
      do: 'proveResult' | 'proveResultWithCallback'
      dealId: Hex
      index: bigint
      /** Of the task; with a callback, the hash of its bytes. */
      digest: Hex
      proof: readonly Hex[]
    }>

type Proving = Extract<SliceAction, { proof: readonly Hex[] }>

/** What a vote on a slice commits to for the task `index`. */
export function leafOf(index: bigint, digest: Hex): Hex {
  return keccak256(keccak256(concat([numberToHex(index, { size: 32 }), digest])))
}

/** What stands above two nodes of the tree. */
export function nodeAbove(a: Hex, b: Hex): Hex {
  return keccak256(a < b ? concat([a, b]) : concat([b, a]))
}

/** The id of the slice of `count` tasks from `first`, counted from the deal's first. */
export function idOf(dealId: Hex, first: bigint, count: bigint): Hex {
  const words = [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'uint256' }] as const
  return keccak256(encodeAbiParameters(words, [dealId, first, count]))
}

export function slice(hub: Hub, action: SliceAction, now: bigint): Refused {
  const of = hub.deals.get(action.dealId)
  if (!of) return 'UnknownDeal'
  if (!('by' in action)) return prove(hub, of, action)
  if (of.closed) return 'DealIsClosed'
  if (action.by !== of.deal.workerpool.owner) return 'NotAllowed'
  return action.do === 'openSlice'
    ? openSlice(hub, of, action.count, now)
    : carve(hub, of, action.index, now)
}

function openSlice(hub: Hub, of: Agreement, count: bigint, now: bigint): Refused {
  if (count === 0n) return 'EmptySlice'
  if (of.deal.botSize === 1n) return 'SingleTask'
  if (of.frontEnded) return 'NotAtTheFront'
  if (count > of.untouched) return 'IndexOutOfBag'
  const first = of.deal.botFirst + of.deal.botSize - of.untouched
  open(hub, of, { first, count, start: Course.startOf(termOf(of), now) })
  of.untouched -= count
  return undefined
}

function carve(hub: Hub, of: Agreement, index: bigint, now: bigint): Refused {
  const old = covering(of, index)
  if (!old) return 'NotInASlice'
  const task = hub.tasks.get(old.ref)
  if (task?.status !== 'active') return 'WrongStatus'
  if (now >= deadlineOf(task, 'contribution')) return 'DeadlineReached'
  if (task.contest) return 'NotContestable'
  task.status = 'failed'
  const votes = task.votes.map((vote) => standing(task, vote))
  settle(hub, Payment.release(termsOf(task), votes))
  of.slices.splice(of.slices.indexOf(old), 1)
  of.frontEnded = true
  of.untouched += 1n
  const left = index - old.first
  const { start } = task
  const right = old.count - left - 1n
  if (left > 0n) open(hub, of, { first: old.first, count: left, start })
  if (right > 0n) open(hub, of, { first: index + 1n, count: right, start })
  return undefined
}

type Span = Readonly<{ first: bigint; count: bigint; start: bigint }>

function open(hub: Hub, of: Agreement, { first, count, start }: Span): void {
  const ref = idOf(of.deal.dealId, first - of.deal.botFirst, count)
  of.slices.push({ ref, first, count })
  hub.tasks.set(ref, active(of, { first, count, start, isSlice: true }))
}

function prove(hub: Hub, of: Agreement, { do: way, index, digest, proof }: Proving): Refused {
  const whole = covering(of, index)
  if (!whole) return 'NotInASlice'
  const settled = hub.tasks.get(whole.ref)
  if (settled?.status !== 'completed') return 'WrongStatus'
  const root = settled.sole?.digest ?? settled.agreed
  const worker = settled.sole?.worker ?? provedOf(settled)[0]?.worker
  if (proof.reduce(nodeAbove, leafOf(index, digest)) !== root) return 'ProofRefused'
  const taskId = taskIdOf(of.deal.dealId, index)
  if (hub.tasks.has(taskId)) return 'WrongStatus'
  if (way === 'proveResult' && of.deal.callback !== nullAddress) return 'CallbackNotBound'
  const task = active(of, { first: index, start: of.deal.startTime })
  task.status = 'completed'
  if (worker) task.sole = { worker, digest }
  hub.tasks.set(taskId, task)
  return undefined
}

/** The slice that settles the task. */
export function covering({ slices }: Agreement, index: bigint): Slice | undefined {
  return slices.find(({ first, count }) => index >= first && index < first + count)
}
