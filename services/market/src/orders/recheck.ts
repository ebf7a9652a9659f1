/**
 * Recheck: asks the chain again, block by block, for signatures that only it can vouch for. A wallet
 * contract may change its mind, and no event says so.
 */
import { type Clock, type Log, type Loop, startLoop } from '@traboule/service-kit'
import { sql } from 'kysely'
import type { Address, Hex } from 'viem'
import { alone, type Db } from '../db/tx.ts'
import { type Moment, refresh } from './refresh.ts'
import type { SignatureChecker } from './signature.ts'

export type RecheckOptions = Readonly<{
  db: Db
  signatures: SignatureChecker
  moment(): Moment
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

/** Signatures that are asked about after one block; more than these are asked in turn. */
const TOGETHER = 500

type Row = Readonly<{ hash: Hex; signer: Address; proof: 'chain' | 'lapsed'; sign: Hex }>

/** Starts asking; nudge it at every block. */
export function startRechecking(options: RecheckOptions): Loop {
  const { db, signatures, moment, ...timing } = options
  let cursor = ''
  async function ask(): Promise<void> {
    const rows = await next(db, cursor)
    cursor = rows.length < TOGETHER ? '' : (rows.at(-1)?.hash ?? '')
    const proofs = await Promise.all(
      rows.map(({ signer, hash, sign }) => signatures.prove(signer, hash, sign)),
    )
    const changed = rows.flatMap(({ hash, proof }, n) => {
      const now = proofs[n] ? 'chain' : 'lapsed'
      return now === proof ? [] : [{ hash, proof: now }]
    })
    if (changed.length === 0) return
    const hashes = changed.map(({ hash }) => hash)
    await db.transaction().execute(async (tx) => {
      await alone(tx)
      await sql`update market.orders set proof = changed.proof
        from jsonb_to_recordset(${JSON.stringify(changed)}::text::jsonb) as changed(hash text, proof text)
        where orders.hash = changed.hash`.execute(tx)
      await refresh(tx, { hashes }, moment())
    })
    timing.log.info('signatures.changed', { orders: hashes.length })
  }
  return startLoop(ask, { name: 'recheck', ...timing })
}

/** What the hub itself wrote down stays written: such orders are not asked about. */
async function next(db: Db, cursor: string): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select hash, signer, proof, document ->> 'sign' as sign from market.orders
    where proof <> 'key' and status in ('open', 'dead') and hash > ${cursor}
      and not exists (select 1 from market.fills where fills.id = orders.hash and presigned)
    order by hash limit ${TOGETHER}`.execute(db)
  return rows
}
