/** Leases: who works on what. Rows are the truth; those of open tasks are also kept at hand. */
import { AppError } from '@traboule/protocol'
import type { Phase } from '@traboule/protocol/api'
import type { Clock } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import { inChunks } from '../db/chunks.ts'
import type { Tables } from '../db/schema.ts'
import type { Failure, Lease } from './lease.ts'
import { changeHeld, insert, leaseBy, leasesOf } from './leaseRows.ts'

export type Leases = Readonly<{
  /** Leases of an open task, oldest first. */
  on(taskId: Hex): readonly Lease[]
  /** A lease at hand: one of an open task. */
  find(leaseId: string): Lease | undefined
  /** How many leases on open tasks are held. */
  held(): number
  /** Reads the leases of tasks that became open. */
  load(taskIds: readonly Hex[]): Promise<void>
  /** Ends what is held on tasks that are over. */
  settle(taskIds: readonly Hex[]): Promise<void>
  /** Ends what these workers hold, since their word is not worth waiting for. */
  revoke(workers: readonly Address[]): Promise<Lease[]>
  /** Takes back the leases of silent workers. */
  expire(): Promise<Lease[]>
  grant(seat: Seat): Promise<Lease>
  /** Renews a held lease whose holder does not know of it; undefined when it is over. */
  again(lease: Lease, latestMs: number): Promise<Lease | undefined>
  /** Throws `lease/unknown` or `lease/expired`. */
  renew(claim: Claim, progress: Progress, latestMs: number): Promise<Lease>
  /** The holder handed in its vote: nothing is waited for. */
  voted(claim: Claim): Promise<void>
  /** Throws `lease/unknown`. */
  release(claim: Claim, failure: Failure): Promise<Lease>
}>

export type Seat = Readonly<{ taskId: Hex; worker: Address; weight: bigint }>
/** Who says to hold which lease. */
export type Claim = Readonly<{ leaseId: string; worker: Address }>
export type Progress = Readonly<{ phase: Phase; percent?: number | undefined }>

export type LeasesOptions = Readonly<{
  db: Kysely<Tables>
  workerpool: Address
  clock: Clock
  leaseMs: number
}>

export function openLeases({ db, workerpool, clock, leaseMs }: LeasesOptions): Leases {
  const open = new Map<Hex, Lease[]>()
  const keep = (lease: Lease): Lease => {
    const others = open.get(lease.taskId)?.filter(({ leaseId }) => leaseId !== lease.leaseId)
    if (others) open.set(lease.taskId, [...others, lease])
    return lease
  }
  const change = async (...[where, to]: Change): Promise<Lease[]> =>
    (await changeHeld(db, workerpool, where, to)).map(keep)
  const ended = (code: string, message?: string) => endedAt(clock.now(), code, message)
  const all = () => [...open.values()].flat()

  return {
    on: (taskId) => open.get(taskId) ?? [],
    find: (leaseId) => all().find((lease) => lease.leaseId === leaseId),

    held: () => all().filter(({ state }) => state === 'held').length,
    async load(taskIds) {
      const leases = await leasesOf(db, taskIds)
      for (const taskId of taskIds) open.set(taskId, [])
      for (const lease of leases) keep(lease)
    },

    async settle(taskIds) {
      for (const taskId of taskIds) open.delete(taskId)
      await inChunks(taskIds, (ids) => change({ taskIds: ids }, ended('task/over')))
    },

    async revoke(workers) {
      return workers.length === 0 ? [] : change({ workers }, ended('worker/distrusted'))
    },

    async expire() {
      const now = clock.now()
      if (!all().some((lease) => lease.state === 'held' && lease.expiresAt <= now)) return []
      return change({ endingBy: now }, { state: 'expired', ended_at: now })
    },

    async grant(seat) {
      const lease = aLease(seat, clock.now(), leaseMs)
      keep(lease) // before it is written, so that whoever asks meanwhile sees the seat taken
      try {
        await insert(db, workerpool, lease)
      } catch (error) {
        keep({ ...lease, state: 'released', endedAt: clock.now() })
        throw error
      }
      return lease
    },

    async again({ leaseId }, latestMs) {
      const expires_at = Math.min(clock.now() + leaseMs, latestMs)
      return (await change({ leaseId }, { expires_at }))[0]
    },

    async renew(claim, { phase, percent = null }, latestMs) {
      const now = clock.now()
      const to = { expires_at: Math.min(now + leaseMs, latestMs), phase, percent }
      const [lease] = await change({ ...claim, endingAfter: now }, to)
      if (lease) return lease
      throw (await leaseBy(db, claim)) ? over(claim.leaseId) : unknown(claim.leaseId)
    },

    voted: async (claim) =>
      void (await change(claim, { state: 'released', ended_at: clock.now() })),

    async release(claim, { code, message }) {
      const [lease] = await change(claim, ended(code, message))
      const known = lease ?? (await leaseBy(db, claim))
      if (!known) throw unknown(claim.leaseId)
      return known // released twice, or too late: it is over either way
    },
  }
}

type Change = [Parameters<typeof changeHeld>[2], Parameters<typeof changeHeld>[3]]

function endedAt(now: number, code: string, message: string | null = null) {
  const failure = { failure_code: code, failure_message: message }
  return { state: 'released', ended_at: now, ...failure } as const
}

function aLease(seat: Seat, now: number, leaseMs: number): Lease {
  return {
    ...seat,
    leaseId: crypto.randomUUID(),
    state: 'held',
    grantedAt: now,
    expiresAt: now + leaseMs,
    endedAt: undefined,
    phase: undefined,
    percent: undefined,
    failure: undefined,
  }
}

/** The answer to whoever renews too late. */
export const over = (leaseId: string) =>
  new AppError('lease/expired', `Lease ${leaseId} is over.`, { leaseId })

export const unknown = (leaseId: string) =>
  new AppError('lease/unknown', `There is no lease ${leaseId} of yours.`, { leaseId })
