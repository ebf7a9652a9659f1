/** Metrics: everything the market counts, and how big the book is. */
import { createMetrics } from '@traboule/service-kit'
import { sql } from 'kysely'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Db } from './db/tx.ts'
import type { Tide } from './tide.ts'

export type Metrics = Readonly<{
  registry: Registry
  published(kind: string): void
  refused(kind: string, code: string): void
  /** What became of a match that the broker sent: `matched`, or the code of its failure. */
  brokered(outcome: string): void
}>

/** Opens the market's metrics. */
export function openMetrics(db: Db, tide: Tide): Metrics {
  const registry = createMetrics('market')
  const registers = [registry]
  const published = new Counter({
    name: 'poco_market_published_total',
    help: 'Orders published.',
    labelNames: ['kind'],
    registers,
  })
  const refused = new Counter({
    name: 'poco_market_refused_total',
    help: 'Orders refused, by the code of the refusal.',
    labelNames: ['kind', 'code'],
    registers,
  })
  const brokered = new Counter({
    name: 'poco_market_brokered_total',
    help: 'Matches that the broker tried, by what became of them.',
    labelNames: ['outcome'],
    registers,
  })
  new Gauge({
    name: 'poco_market_indexed_block',
    help: 'Newest block in the index.',
    registers,
    collect() {
      this.set(Number(tide.head()?.number ?? 0n))
    },
  })
  new Gauge({
    name: 'poco_market_open_orders',
    help: 'Open orders in the book.',
    labelNames: ['kind'],
    registers,
    async collect() {
      for (const [kind, count] of await openOrders(db)) this.set({ kind }, count)
    },
  })
  return {
    registry,
    published: (kind) => published.inc({ kind }),
    refused: (kind, code) => refused.inc({ kind, code }),
    brokered: (outcome) => brokered.inc({ outcome }),
  }
}

/** Open orders by kind. */
export async function openOrders(db: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ kind: string; count: number }>`
    select kind, count(*)::integer as count from market.orders
    where status = 'open' group by kind`.execute(db)
  return new Map(rows.map(({ kind, count }) => [kind, count]))
}
