/** Lease: a worker's right to work on one task for a while. */
import type { Phase } from '@traboule/protocol/api'
import type { Address, Hex } from 'viem'
import type { LeaseState } from '../db/schema.ts'

/** Times are milliseconds since 1970. */
export type Lease = Readonly<{
  leaseId: string
  taskId: Hex
  worker: Address
  state: LeaseState
  /** What the worker's vote weighs, by its score when the lease was given. */
  weight: bigint
  grantedAt: number
  expiresAt: number
  endedAt: number | undefined
  phase: Phase | undefined
  percent: number | undefined
  failure: Failure | undefined
}>

/** Why a worker gave a task back. */
export type Failure = Readonly<{ code: string; message: string }>
