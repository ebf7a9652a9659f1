/**
 * Credit: what requesters paid the broker beforehand, by transfers in the hub, and what their deals
 * cost. A deal is charged before its match is sent, under the match's name, hence once.
 */
import { sql } from 'kysely'
import type { Address } from 'viem'
import type { Db } from '../db/tx.ts'

export type Credit = Readonly<{
  /** Charges `requester` for what `key` names; false when the credit is too small. */
  take(key: string, requester: Address): Promise<boolean>
  /** For what came to nothing. */
  giveBack(key: string): Promise<void>
}>

/** Opens the accounts of a broker that asks `fee` nRLC a deal. */
export function openCredit(db: Db, broker: Address, fee: bigint): Credit {
  return {
    async take(key, requester) {
      if (fee === 0n) return true
      const { rows } = await sql`
        insert into market.charges (key, requester, fee)
        select ${key}, ${requester}, ${String(fee)}::numeric
        where (select coalesce(sum(value), 0) from market.transfers
            where sender = ${requester} and recipient = ${broker})
          >= ${String(fee)}::numeric + (select coalesce(sum(fee), 0) from market.charges
            where requester = ${requester} and key <> ${key})
        on conflict (key) do update set fee = excluded.fee returning key`.execute(db)
      return rows.length === 1
    },
    async giveBack(key) {
      if (fee > 0n) await sql`delete from market.charges where key = ${key}`.execute(db)
    },
  }
}
