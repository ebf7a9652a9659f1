/**
 * Refresh: looks again at orders after the chain or the book changed, and says what became of them.
 */
import type { Order } from '@traboule/protocol'
import { type RawBuilder, sql } from 'kysely'

import { announce } from '../changes.ts'
import type { Tx } from '../db/tx.ts'
import type { State } from '../index/entities.ts'
import type { Changed } from '../index/unit.ts'
import { type EntryRow, entryColumns, entryOf, fromWire } from './entry.ts'
import { factsOf } from './facts.ts'
import { judge } from './judge.ts'

/** What may have changed: orders themselves, or what they depend on. */
export type Suspects = Readonly<{
  hashes?: readonly string[]
  signers?: readonly string[]
  /** Assets whose owner changed. */
  assets?: readonly string[]
  /** Assets whose offers changed: requests depend on them. */
  offers?: readonly string[]
  /** Whether the chain's time alone may have ended or, after a reorg, revived some. */
  time?: true
}>

export type Moment = Readonly<{ chainId: number /** Unix seconds of the chain. */; now: bigint }>

/** The suspects that follow from rows of the index. */
export function suspectsOf(changed: Changed): Suspects {
  const idsOf = (table: State) => (changed.get(table) ?? []).map(({ id }) => id)
  return {
    hashes: idsOf('fills'),
    signers: idsOf('accounts'),
    assets: [...idsOf('apps'), ...idsOf('datasets'), ...idsOf('workerpools')],
    time: true,
  }
}

/** Judges the suspects again, writes what changed, and goes on to requests that depend on them. */
export async function refresh(tx: Tx, suspects: Suspects, moment: Moment): Promise<void> {
  const rows = await affected(tx, suspects, moment.now)
  if (rows.length === 0) return
  const orders = rows.map((row) => ({
    hash: row.hash,
    kind: row.kind,
    signer: row.signer,
    order: fromWire(JSON.parse(row.document)),
  }))
  const facts = await factsOf(tx, orders, moment.now)
  const moved = rows.flatMap((row, n) => {
    const judged = orders[n]
    const known = facts[n]
    if (!judged || !known) return []
    const { status, remaining, because } = judge(judged, known)
    if (status === row.status && String(remaining) === row.remaining) return []
    return [{ row, status, remaining: String(remaining), reason: because?.sentence ?? null }]
  })
  if (moved.length === 0) return
  await write(tx, moved)
  const entries = moved.map(({ row, status, remaining }) =>
    entryOf({ ...row, status, remaining }, moment.chainId),
  )
  await announce(
    tx,
    entries.map((payload, n) => ({
      topic: 'orders',
      event: `${moved[n]?.row.kind}order_updated`,
      payload,
    })),
  )
  const listings = moved.filter(
    ({ row, status }) => (row.status === 'open') !== (status === 'open'),
  )
  const offers = listings.flatMap(({ row }) => dependedOn(row.kind, JSON.parse(row.document)))
  if (offers.length > 0) await refresh(tx, { offers }, moment)
}

/** The assets whose requests look at an order of `kind`. */
export function dependedOn(kind: Order.Kind, order: Record<string, unknown>): string[] {
  return kind === 'app' || kind === 'dataset' ? [String(order[kind])] : []
}

async function affected(tx: Tx, suspects: Suspects, now: bigint): Promise<EntryRow[]> {
  const { hashes = [], signers = [], assets = [], offers = [], time } = suspects
  const where = [
    ...(hashes.length > 0 ? [sql`hash = any(${[...hashes]}::text[])`] : []),
    ...(signers.length > 0 ? inBook(sql`signer = any(${[...signers]}::text[])`) : []),
    ...(['app', 'dataset', 'workerpool'] as const).flatMap((kind) => about(kind, kind, assets)),
    ...(['app', 'dataset'] as const).flatMap((side) => about('request', side, offers)),
    ...(time
      ? inBook(sql`expires_at is not null and (status = 'open') = (expires_at <= ${now}::bigint)`)
      : []),
  ]
  if (where.length === 0) return []
  const selects = where.map(
    (condition) => sql`select ${entryColumns} from market.orders where ${condition}`,
  )
  const { rows } = await sql<EntryRow>`${sql.join(selects, sql` union `)}`.execute(tx)
  return rows
}

/** Orders of `kind` about one of `assets`. */
function about(kind: Order.Kind, column: string, assets: readonly string[]): Condition[] {
  if (assets.length === 0) return []
  return inBook(sql`${sql.ref(column)} = any(${[...assets]}::text[]) and kind = ${kind}`)
}

type Condition = RawBuilder<unknown>

/** Only orders that may be or become listed; one by one, since each status has its own indexes. */
const inBook = (condition: Condition): Condition[] => [
  sql`${condition} and status = 'open'`,
  sql`${condition} and status = 'dead'`,
]

type Moved = Readonly<{ row: EntryRow; status: string; remaining: string; reason: string | null }>

async function write(tx: Tx, moved: readonly Moved[]): Promise<void> {
  const documents = moved.map(({ row, ...change }) => ({ hash: row.hash, ...change }))
  await sql`
    update market.orders set status = moved.status, remaining = moved.remaining, reason = moved.reason
    from jsonb_to_recordset(${JSON.stringify(documents)}::text::jsonb)
      as moved(hash text, status text, remaining bigint, reason text)
    where orders.hash = moved.hash`.execute(tx)
}
