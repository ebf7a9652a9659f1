/**
 * Publish: puts orders in the book. Orders that arrive while others are being written are written
 * together: one look at the facts, one insert, one transaction.
 */
import { AppError, Scalar } from '@traboule/protocol'
import { sql } from 'kysely'
import type { Hex } from 'viem'
import { announce } from '../changes.ts'
import { gather } from '../db/gather.ts'
import { alone, type Db, type Tx } from '../db/tx.ts'
import type { Metrics } from '../metrics.ts'
import { type Entry, entryOf, type Kept, rowOf } from './entry.ts'
import { factsOf } from './facts.ts'
import { judge, type Verdict } from './judge.ts'
import { dependedOn, refresh } from './refresh.ts'

export type PublishOptions = Readonly<{
  db: Db
  chainId: number
  /** Open orders of one kind that a signer may have. */
  most: number
  /** Milliseconds since 1970. */
  now(): number
  /** Unix seconds of the chain's last indexed block. */
  chainTime(): bigint
  /** Resolves when the index has what the chain has now, so that no order is judged by old facts. */
  caughtUp(): Promise<void>
  metrics: Pick<Metrics, 'published' | 'refused'>
  /** Told after each batch. */
  written(): void
}>

export type Publisher = Readonly<{
  /** Publishes an order whose signature was checked. Throws what `judge` has against it. */
  publish(kept: Kept): Promise<Entry>
}>

/** Opens the door of the book. */
export function openPublisher(options: PublishOptions): Publisher {
  const publishOne = gather(async (batch: readonly Kept[]) => {
    await options.caughtUp()
    const outcomes = await publishAll(batch, options)
    options.written()
    return outcomes
  })
  return {
    async publish(kept) {
      const outcome = await publishOne(kept)
      if (!(outcome instanceof AppError)) {
        options.metrics.published(kept.kind)
        return outcome
      }
      options.metrics.refused(kept.kind, outcome.code)
      throw outcome
    },
  }
}

type Outcome = Entry | AppError

/** Requests go last: they may need an app order of the same batch. */
async function publishAll(batch: readonly Kept[], options: PublishOptions): Promise<Outcome[]> {
  const outcomes = new Map<Kept, Outcome>()
  await options.db.transaction().execute(async (tx) => {
    await alone(tx)
    for (const requests of [false, true]) {
      const some = batch.filter(({ kind }) => (kind === 'request') === requests)
      for (const [kept, outcome] of await publishSome(tx, some, options))
        outcomes.set(kept, outcome)
    }
  })
  return batch.map((kept) => {
    const outcome = outcomes.get(kept)
    if (outcome === undefined) throw new Error('an order was lost while it was published')
    return outcome
  })
}

async function publishSome(tx: Tx, batch: readonly Kept[], options: PublishOptions) {
  if (batch.length === 0) return []
  const { most, now, chainId } = options
  const [facts, known, open] = [
    await factsOf(tx, batch, options.chainTime()),
    await published(tx, batch),
    await openOrders(tx, batch),
  ]
  const rows: ReturnType<typeof rowOf>[] = []
  const outcomes = batch.map((kept, n): readonly [Kept, Outcome] => {
    const verdict = facts[n] && judge(kept, facts[n])
    const mine = `${kept.signer}-${kept.kind}`
    const count = open.get(mine) ?? 0
    if (known.has(kept.hash))
      return [
        kept,
        new AppError('order/already-published', 'order already published', { hash: kept.hash }),
      ]
    if (!verdict?.because && count >= most) return [kept, tooMany(kept, most)]
    if (!verdict || verdict.because) return [kept, refusal(verdict?.because, kept.hash)]
    known.add(kept.hash)
    open.set(mine, count + 1)
    const row = rowOf(kept, verdict.remaining, now())
    rows.push(row)
    return [kept, entryFrom(row, chainId)]
  })
  await insert(tx, rows)
  await announce(
    tx,
    rows.map((row) => ({
      topic: 'orders',
      event: `${row.kind}order_published`,
      payload: entryFrom(row, chainId),
    })),
  )
  const offers = rows.flatMap((row) => dependedOn(row.kind, row.document))
  await refresh(tx, { offers }, { chainId, now: options.chainTime() })
  return outcomes
}

type Row = ReturnType<typeof rowOf>

function entryFrom(row: Row, chainId: number): Entry {
  const document = JSON.stringify(row.document)
  return entryOf({ ...row, document, published_at: String(row.published_at) }, chainId)
}

function tooMany({ kind, signer }: Kept, most: number): AppError {
  const sentence = `maximum of ${most} published open ${kind}order has been reached for wallet ${signer}`
  return new AppError('order/too-many', sentence, { most })
}

function refusal(because: Verdict['because'], hash: Hex): AppError {
  const { code, sentence, details } = because ?? {
    code: 'order/unknown',
    sentence: 'order not judged',
  }
  return new AppError(code, sentence, { hash, ...details })
}

async function published(tx: Tx, batch: readonly Kept[]): Promise<Set<string>> {
  const hashes = batch.map(({ hash }) => hash)
  const { rows } = await sql<{ hash: string }>`
    select hash from market.orders where hash = any(${hashes}::text[])`.execute(tx)
  return new Set(rows.map(({ hash }) => hash))
}

/** How many open orders each signer of the batch has, by kind. */
async function openOrders(tx: Tx, batch: readonly Kept[]): Promise<Map<string, number>> {
  const signers = [...new Set(batch.map(({ signer }) => signer))]
  const { rows } = await sql<{ signer: string; kind: string; count: number }>`
    select signer, kind, count(*)::integer as count from market.orders
    where signer = any(${signers}::text[]) and status = 'open' group by signer, kind`.execute(tx)
  return new Map(rows.map(({ signer, kind, count }) => [`${signer}-${kind}`, count]))
}

/** Writes rows of orders in one statement. */
export async function insert(tx: Tx, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const tags = [...new Set(rows.map(({ tag }) => tag))]
  await sql`
    insert into market.tags (tag) select unnest(${tags}::text[])::bit(256)
    on conflict do nothing`.execute(tx)
  const restrictions = [...new Set(rows.flatMap(restrictionsOf))]
  if (restrictions.length > 0)
    await sql`insert into market.restrictions (address) select unnest(${restrictions}::text[])
      on conflict do nothing`.execute(tx)
  await sql`
    insert into market.orders (hash, kind, signer, app, dataset, workerpool, requester, beneficiary,
      category, trust, rank, volume, remaining, tag, expires_at, proof, status, document, published_at)
    select hash, kind, signer, app, dataset, workerpool, requester, beneficiary, category, trust, rank,
      volume, remaining, tag::bit(256), expires_at, proof, status, document, published_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as rows(
      hash text, kind text, signer text, app text, dataset text, workerpool text, requester text,
      beneficiary text, category bigint, trust bigint, rank bigint, volume bigint, remaining bigint,
      tag text, expires_at bigint, proof text, status text, document jsonb, published_at bigint)`.execute(
    tx,
  )
}

/** Whom an order is restricted to: its parties, but what it sells or who signs it. */
function restrictionsOf({ kind, ...row }: Row): string[] {
  const named =
    kind === 'request'
      ? [row.workerpool]
      : (['app', 'dataset', 'workerpool', 'requester'] as const).flatMap((side) =>
          side === kind ? [] : [row[side]],
        )
  return named.filter((address) => address !== Scalar.nullAddress)
}
