/** Ends: how a task is opened, and how it is finished, reopened or given up. */
import { type Address, type Hex, keccak256, size } from 'viem'
import * as Course from '../course.ts'
import * as Payment from '../payment.ts'
import { nullAddress } from '../scalars.ts'
import * as Slice from '../slice.ts'
import { deadlineRatio, id as taskIdOf } from '../task.ts'
import { lock, policyOf, settle } from './money.ts'
import type { Refused } from './refusal.ts'
import { active, deadlineOf, graceOf, type Hub, type Task, termOf, type Vote } from './state.ts'
import { isCredible, type Papers, unauthorized } from './votes.ts'

/** What is written for people and for the callback. */
type Written = Readonly<{ results: Hex; callback: Hex }>

export type EndAction =
  | Readonly<{ do: 'initialize' | 'initializeAndClaim'; dealId: Hex; index: bigint }>
  | (Readonly<{ do: 'contributeAndFinalize'; ref: Hex; worker: Address; digest: Hex }> &
      Papers &
      Written)
  | (Readonly<{ do: 'finalize'; ref: Hex; by: Address }> & Written)
  | Readonly<{ do: 'reopen'; ref: Hex; by: Address }>
  | Readonly<{ do: 'contest'; ref: Hex; by: Address }>
  | Readonly<{ do: 'claim'; ref: Hex }>
  | Readonly<{ do: 'claimUntouched'; dealId: Hex }>

type Ending<Name extends EndAction['do']> = Extract<EndAction, { do: Name }>

/** The bit of a tag that binds the results to the digest. */
const BOUND_RESULTS = 1n << 32n
const NOTHING: Hex = '0x'

/** What is refused half way through is undone by `apply`. */
export function end(hub: Hub, action: EndAction, now: bigint): Refused {
  switch (action.do) {
    case 'initialize':
      return initialize(hub, action, now)
    case 'initializeAndClaim': {
      const refused = initialize(hub, action, now)
      return refused ?? claim(hub, hub.tasks.get(taskIdOf(action.dealId, action.index)), now)
    }
    case 'contributeAndFinalize':
      return contributeAndFinalize(hub, action, now)
    case 'finalize':
      return finalize(hub, action, now)
    case 'reopen':
      return reopen(hub.tasks.get(action.ref), action.by, now)
    case 'contest':
      return contest(hub, action, now)
    case 'claim':
      return claim(hub, hub.tasks.get(action.ref), now)
    case 'claimUntouched':
      return claimUntouched(hub, action.dealId, now)
  }
}

type Initializing = Ending<'initialize' | 'initializeAndClaim'>

function initialize(hub: Hub, { dealId, index }: Initializing, now: bigint): Refused {
  const of = hub.deals.get(dealId)
  if (!of) return 'UnknownDeal'
  if (of.closed) return 'DealIsClosed'
  const { botFirst, botSize } = of.deal
  if (index < botFirst || index >= botFirst + botSize) return 'IndexOutOfBag'
  if (of.slices.some(({ first, count }) => index >= first && index < first + count))
    return 'InASlice'
  const taskId = taskIdOf(dealId, index)
  if (hub.tasks.has(taskId)) return 'WrongStatus'
  of.untouched -= 1n
  of.frontEnded = true
  hub.tasks.set(taskId, active(of, { first: index, start: Course.startOf(termOf(of), now) }))
  return undefined
}

function contributeAndFinalize(
  hub: Hub,
  action: Ending<'contributeAndFinalize'>,
  now: bigint,
): Refused {
  const { ref, worker, digest } = action
  const task = hub.tasks.get(ref)
  if (task?.status !== 'active') return 'WrongStatus'
  if (graceOf(task) > 0n) return 'Contestable'
  if (now >= deadlineOf(task, 'contribution')) return 'DeadlineReached'
  if (task.of.deal.trust !== 1n || task.votes.length > 0) return 'NotSingleWorker'
  const refused = unbound(task, digest, action) ?? unauthorized(task, action)
  if (refused) return refused
  task.status = 'completed'
  task.sole = { worker, digest }
  settle(hub, Payment.contributeAndFinalize(termsOf(task), worker, policyOf(hub)))
  return undefined
}

function finalize(hub: Hub, action: Ending<'finalize'>, now: bigint): Refused {
  const task = hub.tasks.get(action.ref)
  if (task?.status !== 'revealing') return 'WrongStatus'
  if (now >= deadlineOf(task, 'final')) return 'DeadlineReached'
  const refused = mayNotFinalize(task, action, now)
  if (refused) return refused
  if (hasSilent(task) && !isProven(task)) {
    forget(task)
    return undefined
  }
  const grace = graceOf(task)
  if (grace > 0n && now < task.revealDeadline + grace) return 'DeadlineNotReached'
  const misled = unbound(task, task.agreed ?? NOTHING, action)
  if (misled) return misled
  task.status = 'completed'
  const votes = task.votes.map((vote) => standing(task, vote))
  settle(hub, Payment.finalize(termsOf(task), votes, policyOf(hub)))
  return undefined
}

function mayNotFinalize(task: Task, { by, results }: Ending<'finalize'>, now: bigint): Refused {
  const proved = provedOf(task)
  const all = !hasSilent(task) && proved.length > 0
  const late = now >= task.revealDeadline
  if (!all && (!late || proved.length === 0)) return 'RevealsMissing'
  if (by === task.of.deal.workerpool.owner) return undefined
  if (late && proved.some(({ worker }) => worker === by)) return undefined
  // Others may write results that prove themselves, or none when the pool is late.
  const provesItself = keccak256(results) === task.agreed
  const isHarmless = provesItself || (late && results === NOTHING)
  return all && isHarmless ? undefined : 'NotAllowed'
}

/** The bytes that had to hash to the digest and do not. */
function unbound(task: Task, digest: Hex, { results, callback }: Written): Refused {
  if (task.isSlice) return unboundSlice(task, digest, { results, callback })
  const tells = task.of.deal.callback !== nullAddress || callback !== NOTHING
  if (tells && keccak256(callback) !== digest) return 'CallbackNotBound'
  return binds(task) && keccak256(results) !== digest ? 'ResultsNotBound' : undefined
}

/** A slice's digest is a root; with the bytes beside it, when the deal binds them. */
function unboundSlice(task: Task, digest: Hex, { results, callback }: Written): Refused {
  if (!binds(task)) return callback === NOTHING ? undefined : 'CallbackNotBound'
  const isBound = size(callback) === 32 && Slice.bind(callback, results) === digest
  return isBound ? undefined : 'ResultsNotBound'
}

/** Whether the deal binds the results to the digest. */
export function binds({ of }: Pick<Task, 'of'>): boolean {
  return (BigInt(of.deal.tag) & BOUND_RESULTS) !== 0n
}

function reopen(task: Task | undefined, by: Address, now: bigint): Refused {
  if (task?.status !== 'revealing') return 'WrongStatus'
  if (by !== task.of.deal.workerpool.owner) return 'NotAllowed'
  if (now >= deadlineOf(task, 'final')) return 'DeadlineReached'
  if (now < task.revealDeadline) return 'DeadlineNotReached'
  if (isProven(task)) return 'StillCredible'
  forget(task)
  return undefined
}

/** Doubts the result: it takes votes again, for as long and with as much trust as a contest needs. */
function contest(hub: Hub, { ref, by }: Ending<'contest'>, now: bigint): Refused {
  const task = hub.tasks.get(ref)
  if (task?.status !== 'revealing') return 'WrongStatus'
  const bond = task.of.deal.workerStake * task.count
  const grace = graceOf(task)
  if (grace === 0n || bond === 0n) return 'NotContestable'
  if (now >= task.revealDeadline + grace) return 'DeadlineReached'
  if (provedOf(task).length === 0 || task.agreed === undefined) return 'RevealsMissing'
  const tooPoor = lock(hub, by, bond)
  if (tooPoor) return tooPoor
  const weight = agreeingOf(task).reduce((product, vote) => product * vote.weight, 1n)
  task.contest = { challenger: by, digest: task.agreed, trust: Course.trustAfter(weight) }
  task.start = now
  task.status = 'active'
  delete task.agreed
  return undefined
}

function claim(hub: Hub, task: Task | undefined, now: bigint): Refused {
  if (task?.status !== 'active' && task?.status !== 'revealing') return 'WrongStatus'
  if (now < deadlineOf(task, 'final')) return 'DeadlineNotReached'
  const votes = task.votes.map((vote) => standing(task, vote))
  task.status = 'failed'
  settle(hub, Payment.claim(termsOf(task), votes))
  return undefined
}

function claimUntouched(hub: Hub, dealId: Hex, now: bigint): Refused {
  const of = hub.deals.get(dealId)
  if (!of) return 'UnknownDeal'
  if (of.closed) return 'DealIsClosed'
  const last = Course.lastStart(termOf(of)) + deadlineRatio.final * of.clock
  if (now < last) return 'DeadlineNotReached'
  if (of.untouched === 0n) return 'NothingUntouched'
  of.closed = true
  settle(hub, Payment.untouched(of.deal, of.untouched))
  return undefined
}

/** Votes for the agreed digest that count. */
export function agreeingOf({ votes, agreed }: Task): readonly Vote[] {
  return votes.filter(({ digest, rejected }) => digest === agreed && !rejected)
}

/** Those that were opened: none, while the hub keeps the digest of another result. */
export function provedOf(task: Task): readonly Vote[] {
  return task.opened === task.agreed ? agreeingOf(task).filter(({ proved }) => proved) : []
}

function hasSilent(task: Task): boolean {
  return provedOf(task).length < agreeingOf(task).length
}

/** Back to voting, without those who agreed and then hid. */
function forget(task: Task): void {
  for (const vote of agreeingOf(task)) if (!vote.proved) vote.rejected = true
  task.status = 'active'
  delete task.agreed
}

/** Whether those who opened their votes carry the trust alone. */
function isProven(task: Task): boolean {
  if (task.agreed === undefined || provedOf(task).length === 0) return false
  const counted = task.votes.filter(
    ({ rejected, digest, proved }) => !rejected && (digest !== task.agreed || proved),
  )
  return isCredible(task, counted, task.agreed)
}

/** How a vote stands when its task ends now. */
export function standing({ agreed }: Task, vote: Vote): Payment.Vote {
  const { worker, weight } = vote
  if (vote.rejected) return { worker, weight, stands: 'rejected' }
  if (agreed === undefined || vote.digest !== agreed) return { worker, weight, stands: 'wrong' }
  return { worker, weight, stands: vote.proved ? 'proved' : 'silent' }
}

/** The deal's money, for as many tasks as are settled together. */
export function termsOf({ of, count, contest, agreed }: Task): Payment.Terms {
  const terms = { ...of.deal, tasks: count }
  if (!contest) return terms
  const { challenger, digest } = contest
  return { ...terms, contest: { challenger, isRight: digest !== agreed } }
}
