/** State: what the chain of a test network remembers. Amounts in nRLC, times in Unix seconds. */
import {
  AppError,
  Category,
  type Deal,
  type Order,
  type Payment,
  Scalar,
  type Task,
} from '@traboule/protocol'
import { type Address, type Hex, keccak256, stringToBytes } from 'viem'

/** Contracts live at addresses that spell nothing anybody uses. */
export const placeOf = (name: string): Address =>
  Scalar.address.parse(`0x${keccak256(stringToBytes(`traboule test: ${name}`)).slice(-40)}`)

export const places = {
  hub: placeOf('hub'),
  token: placeOf('token'),
  appRegistry: placeOf('app registry'),
  datasetRegistry: placeOf('dataset registry'),
  workerpoolRegistry: placeOf('workerpool registry'),
  names: placeOf('names'),
} as const
export const CHAIN_ID = 2_026

export type Kind = Exclude<Order.Kind, 'request'>

/** An app, dataset or workerpool; fields that a kind does not have stay empty. */
export type Entry = Readonly<{
  kind: Kind
  owner: Address
  name: string
  type: string
  multiaddr: Hex
  checksum: Hex
  mrenclave: Hex
  stakeRatio: bigint
  rewardRatio: bigint
}>

export type Vote = Readonly<{
  worker: Address
  resultHash: Hex
  resultSeal: Hex
  weight: bigint
  status: 'contributed' | 'proved' | 'rejected'
}>

export type TaskRow = Task.Task & Readonly<{ votes: readonly Vote[] }>

type NameRow = Readonly<{ owner: Address; resolver?: Address; address?: Address; name?: string }>

export type State = {
  now: bigint
  categories: Category.Category[]
  coin: Map<Address, bigint>
  tokens: Map<Address, bigint>
  stake: Map<Address, bigint>
  locked: Map<Address, bigint>
  scores: Map<Address, bigint>
  entries: Map<Address, Entry>
  consumed: Map<Hex, bigint>
  presigned: Map<Hex, Address>
  epochs: Map<Address, bigint>
  deals: Map<Hex, Deal.Deal>
  tasks: Map<Hex, TaskRow>
  /** Under the hash of a whole name. */
  names: Map<Hex, NameRow>
}

/** A chain on which nothing has happened. */
export function begin(now: bigint): State {
  return {
    now,
    categories: [...Category.standard],
    coin: new Map(),
    tokens: new Map(),
    stake: new Map(),
    locked: new Map(),
    scores: new Map(),
    entries: new Map(),
    consumed: new Map(),
    presigned: new Map(),
    epochs: new Map(),
    deals: new Map(),
    tasks: new Map(),
    names: new Map(),
  }
}

/** Changes an amount; it may not fall below nothing. */
export function change<K>(amounts: Map<K, bigint>, of: K, by: bigint): void {
  const after = (amounts.get(of) ?? 0n) + by
  if (after < 0n) throw new Refusal('IexecEscrow: Transfer amount exceeds balance')
  amounts.set(of, after)
}

/** Carries out the moves of a settlement. */
export function settle(state: State, { moves, credited, punished }: Payment.Settlement): void {
  for (const { account, free, locked } of moves) {
    change(state.stake, account, free)
    change(state.locked, account, locked)
  }
  for (const worker of credited) state.scores.set(worker, (state.scores.get(worker) ?? 0n) + 1n)
  for (const worker of punished)
    state.scores.set(worker, ((state.scores.get(worker) ?? 0n) * 2n) / 3n)
}

/** The task, which must exist in one of these states. */
export function taskIn(state: State, taskId: Hex, ...statuses: Task.Status[]): TaskRow {
  const task = state.tasks.get(taskId)
  if (task && statuses.includes(task.status)) return task
  throw new Refusal(`task ${taskId} is ${task?.status ?? 'unset'}`)
}

/** The deal, which must exist. */
export function dealOf(state: State, dealId: Hex): Deal.Deal {
  const deal = state.deals.get(dealId)
  if (deal) return deal
  throw new AppError('deal/unknown', `There is no deal ${dealId}.`, { dealId })
}

/** A contract's refusal, with its reason. */
export class Refusal extends Error {}
