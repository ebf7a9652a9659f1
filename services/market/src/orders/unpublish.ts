/** Unpublish: takes orders out of the book at their signer's wish. */
import { AppError, type Order } from '@traboule/protocol'
import { Book } from '@traboule/protocol/api'
import { sql } from 'kysely'
import type { Address, Hex } from 'viem'
import { announce } from '../changes.ts'
import { alone, type Db, type Tx } from '../db/tx.ts'
import { dependedOn, type Moment, refresh } from './refresh.ts'

export type Target =
  | Readonly<{ target: 'unpublish_orderHash'; orderHash: Hex }>
  | Readonly<{ target: 'unpublish_last' | 'unpublish_all' } & { [name: string]: unknown }>

type Row = Readonly<{ hash: Hex; signer: Address; document: string }>

/** Removes what `target` names and returns the hashes. Throws `order/unknown` when nothing is open. */
export async function unpublish(
  db: Db,
  kind: Order.Kind,
  signer: Address,
  target: Target,
  moment: Moment,
): Promise<Hex[]> {
  return db.transaction().execute(async (tx) => {
    await alone(tx)
    const rows =
      'orderHash' in target && target.target === 'unpublish_orderHash'
        ? await one(tx, kind, signer, String(target.orderHash) as Hex) // parsed by the route
        : await several(tx, kind, signer, target)
    const hashes = rows.map(({ hash }) => hash)
    await sql`delete from market.orders where hash = any(${hashes}::text[])`.execute(tx)
    await announce(
      tx,
      hashes.map((payload) => ({ topic: 'orders', event: `${kind}order_unpublished`, payload })),
    )
    const offers = rows.flatMap(({ document }) => dependedOn(kind, JSON.parse(document)))
    await refresh(tx, { offers }, moment)
    return hashes
  })
}

async function one(tx: Tx, kind: Order.Kind, signer: Address, hash: Hex): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select hash, signer, document::text from market.orders
    where hash = ${hash} and kind = ${kind} and status = 'open'`.execute(tx)
  if (rows.length === 0)
    throw new AppError('order/unknown', `${kind}order with orderHash ${hash} is not published`, {
      hash,
    })
  const owner = rows[0]?.signer
  if (owner !== signer)
    throw new AppError('request/forbidden', `only order signer ${owner} can unpublish an order`, {
      owner,
    })
  return rows
}

async function several(
  tx: Tx,
  kind: Order.Kind,
  signer: Address,
  target: Target & { [name: string]: unknown },
): Promise<Row[]> {
  const field = Book.subjectOf[kind]
  const subject = String(target[field])
  const limit = target.target === 'unpublish_last' ? sql`limit 1` : sql``
  const { rows } = await sql<Row>`
    select hash, signer, document::text from market.orders
    where kind = ${kind} and signer = ${signer} and status = 'open' and ${sql.ref(field)} = ${subject}
    order by published_at desc, hash ${limit}`.execute(tx)
  if (rows.length > 0) return rows
  const sentence = `no open ${kind}order published by signer ${signer} for ${field} ${subject}`
  throw new AppError('order/unknown', sentence, { [field]: subject })
}
