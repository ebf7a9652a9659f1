/** Entry: an order in the book, as its row and as the wire shows it. */
import { type Order, Salt, Scalar } from '@traboule/protocol'
import type { Book } from '@traboule/protocol/api'
import { type Kysely, sql } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Tables } from '../db/schema.ts'
import { type Fields, isBulk, kinds } from './kinds.ts'
import type { Proof } from './signature.ts'

/** An order as the wire shows it: amounts are JSON numbers. */
export type Entry = Readonly<{
  orderHash: Hex
  chainId: number
  order: Record<string, string | number>
  remaining: number
  status: Book.Status
  publicationTimestamp: string
  signer: Address
  bulk?: boolean
}>

/** The columns of `market.orders` that make an entry. */
export const entryColumns = sql.raw(
  'hash, kind, signer, rank::text, volume::text, remaining::text, status, document::text, published_at::text',
)

export type EntryRow = Readonly<{
  hash: Hex
  kind: Order.Kind
  signer: Address
  rank: string
  volume: string
  remaining: string
  status: Book.Status
  document: string
  published_at: string
}>

/** The entry of a row. */
export function entryOf(row: EntryRow, chainId: number): Entry {
  const bulk = row.kind === 'dataset' && isBulk(row.kind, BigInt(row.rank), BigInt(row.volume))
  return {
    orderHash: row.hash,
    chainId,
    order: JSON.parse(row.document) as Record<string, string | number>, // written by `rowOf`
    remaining: Number(row.remaining),
    status: row.status,
    publicationTimestamp: new Date(Number(row.published_at)).toISOString(),
    signer: row.signer,
    ...(row.kind === 'dataset' && { bulk }),
  }
}

/** Amounts as JSON numbers, as the wire has them; the schema saw that they are safe. */
function toWire(order: Fields): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(order).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  )
}

/** The fields of an order that was kept with `toWire`. */
export function fromWire(document: Record<string, string | number>): Fields {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      name,
      typeof value === 'number' ? BigInt(value) : value,
    ]),
  )
}

export type Kept = Readonly<{
  kind: Order.Kind
  order: Fields
  hash: Hex
  signer: Address
  proof: Proof
}>

/** The row of an order that is published at `now`, in milliseconds. */
export function rowOf({ kind, order, hash, signer, proof }: Kept, remaining: bigint, now: number) {
  const row = kinds[kind]
  const { expiry } = Salt.read(String(order.salt) as Hex) // parsed by the order's schema
  return {
    hash,
    kind,
    signer,
    ...row.parties(order),
    beneficiary: order.beneficiary ?? null,
    category: order.category === undefined ? null : String(order.category),
    trust: order.trust === undefined ? null : String(order.trust),
    rank: String(row.rank(order)),
    volume: String(order.volume),
    remaining: String(remaining),
    tag: bitsOf(String(order.tag) as Hex),
    expires_at: expiry === undefined ? null : String(expiry),
    proof,
    status: 'open' as const,
    document: toWire(order),
    published_at: now,
  }
}

/** A tag as PostgreSQL's `bit(256)` is written. */
export const bitsOf = (tag: Hex): string => BigInt(tag).toString(2).padStart(256, '0')

/** The entry under `hash`, whatever its status. */
export async function show(
  db: Kysely<Tables>,
  kind: Order.Kind,
  hash: Hex,
  chainId: number,
): Promise<Entry | undefined> {
  const { rows } = await sql<EntryRow>`
    select ${entryColumns} from market.orders where hash = ${hash} and kind = ${kind}`.execute(db)
  return rows[0] && entryOf(rows[0], chainId)
}

/** The first field that the wire cannot carry as a number, if any. */
export const unsafe = (order: Fields): string | undefined =>
  Object.keys(order).find((name) => {
    const value = order[name]
    return typeof value === 'bigint' && value > Scalar.MAX_SAFE
  })
