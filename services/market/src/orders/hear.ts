/**
 * Hear: puts orders that were broadcast on chain in the book, under the rules of any other. Thus the
 * market goes on between people who cannot reach this gateway.
 */
import { AppError, Order } from '@traboule/protocol'
import { type Clock, type Log, type Loop, startLoop } from '@traboule/service-kit'
import { sql } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Db } from '../db/tx.ts'
import { type Fields, subject } from './kinds.ts'

export type HearOptions = Readonly<{
  db: Db
  /** Publishes an order as its signer would. */
  publish(kind: Order.Kind, order: unknown, signer: Address): Promise<unknown>
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

/** Orders that are listened to at a time. */
const TOGETHER = 100

type Row = Readonly<{ id: Hex; kind: Order.Kind; document: string; owner: Address | null }>

/** Starts listening. An order is offered to the book once; what is wrong with it is kept. */
export function startHearing(options: HearOptions): Loop {
  const { db, publish, ...timing } = options
  async function listen(): Promise<void> {
    const rows = await unheard(db)
    for (const row of rows) await hear(row)
    if (rows.length === TOGETHER) loop.nudge()
  }
  async function hear({ id, kind, document, owner }: Row): Promise<void> {
    const order = Order.parse(kind, JSON.parse(document)) as Fields // its event had these fields
    const signer = kind === 'request' ? subject(kind, order) : owner
    const outcome = await (signer ? publish(kind, order, signer) : unowned()).then(
      () => 'published',
      (error: unknown) => {
        if (!(error instanceof AppError) || error.code === 'chain/unreachable') throw error
        return error.code
      },
    )
    await sql`insert into market.heard (hash, outcome) values (${id}, ${outcome})
      on conflict (hash) do nothing`.execute(db)
    timing.log.debug('order.heard', { hash: id, kind, outcome })
  }
  const loop = startLoop(listen, { name: 'hear', ...timing })
  return loop
}

const unowned = () =>
  Promise.reject(new AppError('order/unknown-resource', 'Resource not deployed'))

/** Broadcasts that were not offered yet, with the owner of what they sell. */
async function unheard(db: Db): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select told.id, told.kind, told.document, coalesce(apps.owner, datasets.owner, workerpools.owner) as owner
    from market.broadcasts told
    left join market.apps on told.kind = 'app' and apps.id = told.document::jsonb ->> 'app'
    left join market.datasets on told.kind = 'dataset' and datasets.id = told.document::jsonb ->> 'dataset'
    left join market.workerpools
      on told.kind = 'workerpool' and workerpools.id = told.document::jsonb ->> 'workerpool'
    where not exists (select 1 from market.heard where heard.hash = told.id)
    order by (told.kind = 'request'), told.block, told.id limit ${TOGETHER}`.execute(db)
  return rows
}
