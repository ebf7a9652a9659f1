/** Figures: how much there is of everything. Counted once a block, however many ask. */
import { Order } from '@traboule/protocol'
import type { Figures } from '@traboule/protocol/api'
import type { Head } from '@traboule/service-kit'
import { sql } from 'kysely'
import type { Db } from '../db/tx.ts'
import { openOrders } from '../metrics.ts'

export function openFigures(db: Db, head: () => Head | undefined): () => Promise<Figures> {
  let counted: Promise<Figures> | undefined
  let at: string | undefined
  return () => {
    const now = head()
    if (counted && at === now?.hash) return counted
    at = now?.hash
    const counting = count(db, Number(now?.number ?? 0n))
    counting.catch(() => {
      if (counted === counting) counted = undefined
    })
    counted = counting
    return counting
  }
}

type Row = Readonly<
  Record<
    | 'deals'
    | 'bought'
    | 'completed'
    | 'claimed'
    | 'active'
    | 'revealing'
    | 'apps'
    | 'datasets'
    | 'workerpools'
    | 'workers'
    | 'escrow'
    | 'locked',
    string
  >
>

async function count(db: Db, block: number): Promise<Figures> {
  const [{ rows }, open] = await Promise.all([
    sql<Row>`
      with
        bags as (select count(*) as deals, coalesce(sum(bot_size), 0) as bought,
          coalesce(sum(completed_tasks), 0) as completed,
          coalesce(sum(claimed_tasks), 0) as claimed from market.deals),
        begun as (select count(*) filter (where status = 'ACTIVE') as active,
          count(*) filter (where status = 'REVEALING') as revealing from market.tasks),
        money as (select coalesce(sum(balance), 0) as escrow,
          coalesce(sum(frozen), 0) as locked from market.accounts)
      select deals::text, bought::text, completed::text, claimed::text, active::text,
        revealing::text, escrow::text, locked::text,
        (select count(*) from market.apps)::text as apps,
        (select count(*) from market.datasets)::text as datasets,
        (select count(*) from market.workerpools)::text as workerpools,
        (select count(distinct worker) from market.contributions)::text as workers
      from bags, begun, money`.execute(db),
    openOrders(db),
  ])
  const [row] = rows as [Row] // aggregates always give one row
  const { completed, claimed, active, revealing } = row
  const begun = Number(completed) + Number(claimed) + Number(active) + Number(revealing)
  return {
    block,
    deals: Number(row.deals),
    tasks: {
      waiting: Math.max(0, Number(row.bought) - begun),
      active: Number(active),
      revealing: Number(revealing),
      completed: Number(completed),
      failed: Number(claimed),
    },
    apps: Number(row.apps),
    datasets: Number(row.datasets),
    workerpools: Number(row.workerpools),
    workers: Number(row.workers),
    orders: Object.fromEntries(
      Order.kinds.map((kind) => [kind, open.get(kind) ?? 0]),
    ) as Figures['orders'], // one a kind
    escrow: BigInt(row.escrow),
    locked: BigInt(row.locked),
  }
}
