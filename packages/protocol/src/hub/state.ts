/** State: what the hub knows, as a few maps. */
import type { Address, Hex } from 'viem'
import * as Course from '../course.ts'
import type { Deal } from '../deal.ts'
import type { Policy } from '../payment.ts'
import { deadlineRatio, type Status } from '../task.ts'

export type Account = {
  /** Tokens that are not in the hub. */
  purse: bigint
  free: bigint
  locked: bigint
  score: bigint
  /** Orders of other epochs are revoked. */
  epoch: bigint
}

/** Who owns an asset; the percentages are those of workerpools. */
export type Asset = Readonly<{
  owner: Address
  workerStakePercent: bigint
  schedulerPercent: bigint
}>

export type Settings = Omit<Policy, 'kitty'> &
  Readonly<{
    /** T of each category, in seconds. */
    clocks: readonly bigint[]
    /** By their address, in lower case. */
    assets: ReadonlyMap<Address, Asset>
  }>

export type Vote = {
  readonly worker: Address
  readonly digest: Hex
  readonly weight: bigint
  /** Whether its seal is made of its digest. */
  readonly sealed: boolean
  proved: boolean
  rejected: boolean
}

/** Consecutive tasks of a deal that are settled together. */
export type Slice = Readonly<{ ref: Hex; first: bigint; count: bigint }>

export type Agreement = {
  readonly deal: Deal
  readonly clock: bigint
  /** How many of its tasks were never opened. */
  untouched: bigint
  /** Those were refunded. */
  closed: boolean
  readonly slices: Slice[]
  /** No slice can be taken from the front any more. */
  frontEnded: boolean
  /** Over the uses of datasets in bulk that the requester agreed to. */
  bulkRoot?: Hex
}

/** A task, or a slice, which is one for many. */
export type Task = Readonly<{ of: Agreement; first: bigint; count: bigint; isSlice: boolean }> & {
  status: Status
  readonly votes: Vote[]
  /** The digest that consensus was reached on. */
  agreed?: Hex
  /** The digest that was revealed last: the hub keeps only one. */
  opened?: Hex
  revealDeadline: bigint
  /** When its clock started. */
  start: bigint
  /** Who contests which result, and the trust it takes since. */
  contest?: Readonly<{ challenger: Address; digest: Hex; trust: bigint }>
  /** Who did all of it in one step, and what came out. */
  sole?: Readonly<{ worker: Address; digest: Hex }>
}

export type Hub = Readonly<{
  settings: Settings
  accounts: Map<Address, Account>
  consumed: Map<Hex, bigint>
  /** Orders signed on chain, and by whom. */
  presigned: Map<Hex, Address>
  deals: Map<Hex, Agreement>
  /** By task id or slice id. */
  tasks: Map<Hex, Task>
  /** Who will be paid how much for the dataset that a task took in bulk, by a hash of the two. */
  uses: Map<Hex, Readonly<{ owner: Address; price: bigint }>>
}>

/** An empty hub. Accounts appear when they are first looked at. */
export function open(settings: Settings): Hub {
  return {
    settings,
    accounts: new Map(),
    consumed: new Map(),
    presigned: new Map(),
    deals: new Map(),
    tasks: new Map(),
    uses: new Map(),
  }
}

/** What somebody has; give to it to fund somebody. */
export function account({ accounts }: Hub, address: Address): Account {
  const known = accounts.get(address) ?? { purse: 0n, free: 0n, locked: 0n, score: 0n, epoch: 0n }
  accounts.set(address, known)
  return known
}

export function statusOf({ tasks }: Hub, ref: Hex): Status {
  return tasks.get(ref)?.status ?? 'unset'
}

/** When a phase of the task ends. */
export function deadlineOf(task: Task, phase: 'contribution' | 'final'): bigint {
  const last = task.start + deadlineRatio[phase] * task.of.clock
  return phase === 'final' ? last + graceOf(task) : last
}

/** For how many seconds after the reveals the result can be contested. */
export function graceOf({ of, contest }: Task): bigint {
  return contest ? 0n : Course.graceOf(termOf(of))
}

/** What the deal says of time. */
export function termOf({ deal, clock }: Agreement): Course.Term {
  return { tag: deal.tag, startTime: deal.startTime, timeRef: clock }
}

type Opened = Readonly<{ first: bigint; start: bigint; isSlice?: true; count?: bigint }>

/** A task that was just opened. */
export function active(of: Agreement, { first, start, isSlice, count = 1n }: Opened): Task {
  const span = { first, count, isSlice: isSlice === true }
  return { of, ...span, start, status: 'active', votes: [], revealDeadline: 0n }
}
