/**
 * Model: the hub as a few maps and rules, without a chain.
 *
 * What the contracts do in packed storage, said plainly: deals, tasks, votes and money.
 */
import type { Address, Hex } from 'viem'
import * as Consensus from '../consensus.ts'
import type { Deal } from '../deal.ts'
import * as Payment from '../payment.ts'
import { deadlineRatio, type Status, id as taskIdOf } from '../task.ts'

export type Account = { free: bigint; locked: bigint; score: bigint }

type Vote = { worker: Address; digest: Hex; weight: bigint; proved: boolean; rejected: boolean }
type Terms = Readonly<{ deal: Deal; clock: bigint }>
type Task = Terms & {
  status: Status
  votes: Vote[]
  /** The digest that consensus was reached on. */
  agreed?: Hex
  /** The digest that was revealed last: the hub keeps only one. */
  opened?: Hex
  revealDeadline: bigint
}

/** What somebody tries to do. Workers are always authorised; nobody uses an enclave. */
export type Action =
  | Readonly<{ do: 'match'; deal: Deal; clock: bigint }>
  | Readonly<{ do: 'initialize'; dealId: Hex; index: bigint }>
  | Readonly<{
      do: 'contribute' | 'reveal' | 'contributeAndFinalize'
      taskId: Hex
      by: Address
      digest: Hex
    }>
  | Readonly<{ do: 'finalize' | 'reopen' | 'claim'; taskId: Hex; by: Address }>
  | Readonly<{ do: 'claimUntouched'; dealId: Hex }>

type Voting = Extract<Action, { digest: Hex }>

/** Most workers that may contribute to one task. */
const MAX_CONTRIBUTORS = 32

export type Hub = Readonly<{
  settings: Omit<Payment.Policy, 'kitty'>
  accounts: Map<Address, Account>
  deals: Map<Hex, Terms & { untouched: bigint; closed: boolean }>
  tasks: Map<Hex, Task>
}>

/** An empty hub. Accounts appear when they are first looked at. */
export function open(settings: Hub['settings']): Hub {
  return { settings, accounts: new Map(), deals: new Map(), tasks: new Map() }
}

/** What somebody has; give to it to deposit. */
export function account({ accounts }: Hub, address: Address): Account {
  const known = accounts.get(address) ?? { free: 0n, locked: 0n, score: 0n }
  accounts.set(address, known)
  return known
}

export function statusOf({ tasks }: Hub, taskId: Hex): Status {
  return tasks.get(taskId)?.status ?? 'unset'
}

/** Does it, or changes nothing and says false when the hub would refuse. */
export function apply(hub: Hub, action: Action, now: bigint): boolean {
  switch (action.do) {
    case 'match':
      return match(hub, action.deal, action.clock)
    case 'initialize':
      return initialize(hub, action.dealId, action.index)
    case 'claimUntouched':
      return claimUntouched(hub, action.dealId, now)
  }
  const task = hub.tasks.get(action.taskId)
  if (!task) return false
  const late = now >= task.deal.startTime + deadlineRatio.final * task.clock
  switch (action.do) {
    case 'contribute':
      return contribute(hub, task, action, now)
    case 'contributeAndFinalize':
      return contributeAndFinalize(hub, task, action.by, now)
    case 'reveal':
      return reveal(task, action, now)
    case 'finalize':
      return !late && finalize(hub, task, action.by, now)
    case 'reopen':
      return !late && reopen(task, action.by, now)
    case 'claim':
      return late && claim(hub, task)
  }
}

function lock(hub: Hub, address: Address, amount: bigint): boolean {
  const from = account(hub, address)
  if (from.free < amount) return false
  from.free -= amount
  from.locked += amount
  return true
}

function settle(hub: Hub, { moves, credited, punished }: Payment.Settlement): void {
  for (const { account: address, free, locked } of moves) {
    account(hub, address).free += free
    account(hub, address).locked += locked
  }
  for (const address of credited) account(hub, address).score += 1n
  for (const address of punished)
    account(hub, address).score = Payment.penalized(account(hub, address).score)
}

function match(hub: Hub, deal: Deal, clock: bigint): boolean {
  const price = Payment.price(deal) * deal.botSize
  const stake = Payment.poolStake(deal.workerpool.price) * deal.botSize
  if (!lock(hub, deal.sponsor, price)) return false
  if (!lock(hub, deal.workerpool.owner, stake)) {
    account(hub, deal.sponsor).free += price
    account(hub, deal.sponsor).locked -= price
    return false
  }
  hub.deals.set(deal.dealId, { deal, clock, untouched: deal.botSize, closed: false })
  return true
}

function initialize(hub: Hub, dealId: Hex, index: bigint): boolean {
  const known = hub.deals.get(dealId)
  if (!known || known.closed) return false
  const { deal, clock } = known
  const taskId = taskIdOf(dealId, index)
  if (index < deal.botFirst || index >= deal.botFirst + deal.botSize) return false
  if (hub.tasks.has(taskId)) return false
  known.untouched -= 1n
  hub.tasks.set(taskId, { deal, clock, status: 'active', votes: [], revealDeadline: 0n })
  return true
}

function mayContribute(task: Task, now: bigint): boolean {
  const deadline = task.deal.startTime + deadlineRatio.contribution * task.clock
  return task.status === 'active' && now < deadline
}

function contribute(hub: Hub, task: Task, { by: worker, digest }: Voting, now: bigint): boolean {
  if (!mayContribute(task, now) || task.votes.length === MAX_CONTRIBUTORS) return false
  if (task.votes.some((vote) => vote.worker === worker)) return false
  if (!lock(hub, worker, task.deal.workerStake)) return false
  const weight = Consensus.weightOf(account(hub, worker).score)
  task.votes.push({ worker, digest, weight, proved: false, rejected: false })
  const counted = task.votes.filter(({ rejected }) => !rejected)
  if (!isCredible(counted, digest, task.deal.trust)) return true
  task.status = 'revealing'
  task.agreed = digest
  task.revealDeadline = now + deadlineRatio.reveal * task.clock
  return true
}

function contributeAndFinalize(hub: Hub, task: Task, worker: Address, now: bigint): boolean {
  if (!mayContribute(task, now) || task.deal.trust !== 1n || task.votes.length > 0) return false
  task.status = 'completed'
  settle(hub, Payment.contributeAndFinalize(task.deal, worker, policy(hub)))
  return true
}

function reveal(task: Task, { by, digest }: Voting, now: bigint): boolean {
  if (task.status !== 'revealing' || now >= task.revealDeadline) return false
  const vote = task.votes.find((each) => each.worker === by)
  if (!vote || vote.rejected || vote.proved) return false
  if (vote.digest !== task.agreed || digest !== vote.digest) return false
  vote.proved = true
  task.opened = digest
  return true
}

function finalize(hub: Hub, task: Task, by: Address, now: bigint): boolean {
  if (task.status !== 'revealing') return false
  const agreeing = task.votes.filter((vote) => vote.digest === task.agreed && !vote.rejected)
  const proved = task.opened === task.agreed ? agreeing.filter((vote) => vote.proved) : []
  const all = proved.length === agreeing.length
  const late = now >= task.revealDeadline
  if (!all && (!late || proved.length === 0)) return false
  const isScheduler = by === task.deal.workerpool.owner
  const hasProved = proved.some(({ worker }) => worker === by)
  // Others may write results that prove themselves, or none when the pool is late: here, none.
  if (!isScheduler && !(late && hasProved) && !(late && all)) return false
  if (!all && !isProven(task)) return forget(task)
  task.status = 'completed'
  const votes = task.votes.map((vote) => standing(task, vote))
  settle(hub, Payment.finalize(task.deal, votes, policy(hub)))
  return true
}

function reopen(task: Task, by: Address, now: bigint): boolean {
  if (task.status !== 'revealing' || by !== task.deal.workerpool.owner) return false
  if (now < task.revealDeadline || isProven(task)) return false
  return forget(task)
}

function claim(hub: Hub, task: Task): boolean {
  if (task.status !== 'active' && task.status !== 'revealing') return false
  const votes = task.votes.map((vote) => standing(task, vote))
  task.status = 'failed'
  settle(hub, Payment.claim(task.deal, votes))
  return true
}

function claimUntouched(hub: Hub, dealId: Hex, now: bigint): boolean {
  const known = hub.deals.get(dealId)
  if (!known || known.closed || known.untouched === 0n) return false
  if (now < known.deal.startTime + deadlineRatio.final * known.clock) return false
  known.closed = true
  settle(hub, Payment.untouched(known.deal, known.untouched))
  return true
}

function policy(hub: Hub): Payment.Policy {
  return { ...hub.settings, kitty: account(hub, Payment.KITTY).locked }
}

/** Back to voting, without those who agreed and then hid. */
function forget(task: Task): true {
  for (const vote of task.votes)
    if (vote.digest === task.agreed && !vote.proved) vote.rejected = true
  task.status = 'active'
  delete task.agreed
  return true
}

/** Whether those who opened their votes carry the trust alone. */
function isProven(task: Task): boolean {
  const counted = task.votes.filter(
    (vote) => !vote.rejected && (vote.digest !== task.agreed || vote.proved),
  )
  const { agreed, opened } = task
  if (agreed === undefined || agreed !== opened) return false
  return isCredible(counted, agreed, task.deal.trust)
}

function isCredible(votes: readonly Vote[], digest: Hex, trust: bigint): boolean {
  const cast = votes.map(({ digest: resultHash, weight }) => ({ resultHash, weight }))
  return Consensus.reached(cast.reduce(Consensus.add, Consensus.empty), digest, trust)
}

function standing(
  { agreed }: Task,
  { worker, weight, digest, proved, rejected }: Vote,
): Payment.Vote {
  if (rejected) return { worker, weight, stands: 'rejected' }
  if (agreed === undefined || digest !== agreed) return { worker, weight, stands: 'wrong' }
  return { worker, weight, stands: proved ? 'proved' : 'silent' }
}
