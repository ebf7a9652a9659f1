/** Facts: what the index and the book say about orders, for `judge`. One query however many. */
import { Scalar, Tag } from '@traboule/protocol'
import { sql } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Tx } from '../db/tx.ts'
import { bitsOf } from './entry.ts'
import type { Facts, Judged } from './judge.ts'
import { kinds, subject } from './kinds.ts'

type Row = Readonly<{
  consumed: string | null
  closed: boolean | null
  lapsed: boolean | null
  owner: Address | null
  epoch: string | null
  balance: string | null
  cheapest_app: string | null
  cheapest_dataset: string | null
}>

const TEE = bitsOf(Tag.encode(['tee']))

/** The facts of each order, in their order. `now` is the chain's time in Unix seconds. */
export async function factsOf(
  tx: Tx,
  orders: readonly (Judged & Readonly<{ hash: Hex }>)[],
  now: bigint,
): Promise<Facts[]> {
  const asked = orders.map(({ kind, order, signer, hash }, n) => ({
    n,
    hash,
    kind,
    signer,
    subject: subject(kind, order),
    ...kinds[kind].parties(order),
    tee: Tag.includes(String(order.tag) as Hex, Tag.encode(['tee'])),
  }))
  const { rows } = await sql<Row>`
    select fills.consumed::text, fills.closed, mine.proof = 'lapsed' as lapsed,
      coalesce(apps.owner, datasets.owner, workerpools.owner) as owner,
      accounts.epoch::text, accounts.balance::text,
      ${cheapest('app')} as cheapest_app, ${cheapest('dataset')} as cheapest_dataset
    from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) as asked(
      n integer, hash text, kind text, signer text, subject text,
      app text, dataset text, workerpool text, requester text, tee boolean)
    left join market.orders mine on mine.hash = asked.hash
    left join market.fills on fills.id = asked.hash
    left join market.accounts on accounts.id = asked.signer
    left join market.apps on asked.kind = 'app' and apps.id = asked.subject
    left join market.datasets on asked.kind = 'dataset' and datasets.id = asked.subject
    left join market.workerpools on asked.kind = 'workerpool' and workerpools.id = asked.subject
    order by asked.n`.execute(tx)
  return rows.map((row) => ({
    consumed: BigInt(row.consumed ?? 0),
    closed: row.closed ?? false,
    owner: row.owner ?? undefined,
    lapsed: row.lapsed ?? false,
    epoch: BigInt(row.epoch ?? 0),
    balance: BigInt(row.balance ?? 0),
    cheapest: { app: price(row.cheapest_app), dataset: price(row.cheapest_dataset) },
    now,
  }))
}

const price = (text: string | null) => (text === null ? undefined : BigInt(text))

/** The lowest price of an open order that the asked request may be matched with, if it is in its group. */
function cheapest(side: 'app' | 'dataset') {
  const other = side === 'app' ? 'dataset' : 'app'
  const anyone = sql.lit(Scalar.nullAddress)
  const teeOnly =
    side === 'app'
      ? sql`and (not asked.tee or (offers.tag & ${sql.lit(TEE)}::bit(256))
    = ${sql.lit(TEE)}::bit(256))`
      : sql``
  return sql`(
    select offers.rank::text from market.orders offers
    where asked.kind = 'request' and offers.kind = ${sql.lit(side)} and offers.status = 'open'
      and offers.${sql.ref(side)} = asked.${sql.ref(side)}
      and offers.${sql.ref(other)} in (${anyone}, asked.${sql.ref(other)})
      and (offers.requester in (${anyone}, asked.requester) or offers.requester in (
        select address from market.restrictions where is_group))
      and (asked.workerpool = ${anyone} or offers.workerpool in (${anyone}, asked.workerpool))
      ${teeOnly}
    order by offers.rank limit 1)`
}
