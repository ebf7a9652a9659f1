/** Knowledge: what the pool knows of its workers, whom it draws, and how both bear on tasks. */
import type { Clock } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import { type Address, type Hex, keccak256, type LocalAccount } from 'viem'
import type { Config } from '../config.ts'
import type { Tables } from '../db/schema.ts'
import type { Ballots } from '../tasks/ballots.ts'
import { type Draw, openDraw } from './draw.ts'
import type { Leases } from './leases.ts'
import { type Openings, openOpenings } from './opening.ts'
import { openPace, type Pace } from './pace.ts'
import { openRecords, type Records } from './records.ts'

export type KnowledgeOptions = Readonly<{
  config: Config
  db: Kysely<Tables>
  /** The workerpool owner's key. */
  account: LocalAccount
  leases: Leases
  ballots: Ballots
  clock: Clock
}>

export type Knowledge = Readonly<{
  records: Records
  draw: Draw
  pace: Pace
  openings: Openings
}>

export async function openKnowledge(options: KnowledgeOptions): Promise<Knowledge> {
  const { config, db, account, leases, ballots, clock } = options
  const { WORKERPOOL: workerpool, SABOTEURS: saboteurs, CHECKS: checking, DRAW_MS: drawMs } = config
  const policy = { saboteurs, checking, blacklisting: true }
  const records = await openRecords({ db, workerpool, policy, clock })
  const draw = openDraw({ secret: await secretOf(account, workerpool), checking, drawMs, clock })
  const pace = openPace(clock)
  const openings = openOpenings({ leases, ballots, records, draw, pace, clock })
  return { records, draw, pace, openings }
}

/** What only the pool’s owner can know, and knows again after a restart: signatures are deterministic. */
async function secretOf(account: LocalAccount, workerpool: Address): Promise<Hex> {
  return keccak256(await account.signMessage({ message: `Draws of workerpool ${workerpool}` }))
}
