/** Schema: the rows of `migrations/`, for the type checker. */
import type { Phase } from '@traboule/protocol/api'
import type { ColumnType, Generated } from 'kysely'
import type { Address, Hex } from 'viem'

/** A whole number wider than JavaScript's: drivers differ in how they read it, so go by `BigInt`. */
type Whole = ColumnType<bigint | number | string, bigint, bigint>
/** Milliseconds since 1970: fits a number, though drivers may read it as text. */
type Milliseconds = ColumnType<number | string, number, number>

export const kinds = [
  'initialized',
  'contributed',
  'agreed',
  'revealed',
  'reopened',
  'contested',
  'finalized',
  'claimed',
] as const
/** What can happen to a task on chain. */
export type Kind = (typeof kinds)[number]

export type LeaseState = 'held' | 'expired' | 'released'

export type Tables = {
  pool_deals: {
    deal_id: Hex
    workerpool: Address
    block: Whole
    block_hash: Hex
    terms: ColumnType<unknown, string | undefined, string>
  }
  pool_tasks: {
    task_id: Hex
    deal_id: Hex
    workerpool: Address
    task_index: Whole
    status: Generated<string>
  }
  pool_task_events: {
    workerpool: Address
    task_id: Hex
    block: Whole
    log_index: number
    at: Whole
    kind: Kind
    worker: Address | null
    value: Hex | null
  }
  pool_conflicts: { workerpool: Address; worker: Address; task_id: Hex }
  pool_logs: {
    workerpool: Address
    task_id: Hex
    worker: Address
    stdout: string
    stderr: string
    exit_code: number | null
    kept_until: Milliseconds
  }
  pool_ballots: {
    workerpool: Address
    task_id: Hex
    worker: Address
    result_hash: Hex
    result_seal: Hex
    worker_sign: Hex
    authorization_sign: Hex
    weight: Whole
    handed_in: Milliseconds
  }
  pool_checks: {
    workerpool: Address
    worker: Address
    task_id: Hex
    passed: boolean
    at: Milliseconds
  }
  pool_verdicts: {
    workerpool: Address
    task_id: Hex
    receipt: ColumnType<unknown, string, string>
  }
  pool_leases: {
    lease_id: string
    workerpool: Address
    task_id: Hex
    worker: Address
    state: LeaseState
    weight: Whole
    granted_at: Milliseconds
    expires_at: Milliseconds
    ended_at: ColumnType<number | string | null, number | null, number | null>
    phase: Phase | null
    percent: number | null
    failure_code: string | null
    failure_message: string | null
  }
}
