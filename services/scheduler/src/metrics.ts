/** Metrics: where the pool's tasks stand, and what was sent for them. */
import { createMetrics } from '@traboule/service-kit'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Action } from './tasks/decide.ts'

export type Metrics = Readonly<{
  registry: Registry
  /** Transactions for so many tasks were mined. */
  mined(what: string, tasks: number): void
  /** The chain, or the way to it, refused. */
  refused(what: string): void
  /** A lease was given, or ended: expired, released or revoked. */
  lease(what: 'given' | 'expired' | 'released' | 'revoked'): void
}>

/** What is counted afresh whenever somebody reads the metrics. */
export type Sources = Readonly<{
  /** The next step of every open task. */
  actions(): Iterable<Action['do']>
  heldLeases(): number
}>

/** Opens the scheduler's metrics. `sources` may become readable later. */
export function openMetrics(sources: Sources): Metrics {
  const registry = createMetrics('scheduler')
  const registers = [registry]
  const mined = new Counter({
    name: 'poco_scheduler_mined_total',
    help: 'Tasks for which a transaction was mined, by what it did.',
    labelNames: ['what'],
    registers,
  })
  const refused = new Counter({
    name: 'poco_scheduler_refused_total',
    help: 'Transactions that were refused or failed.',
    labelNames: ['what'],
    registers,
  })
  const leases = new Counter({
    name: 'poco_scheduler_leases_total',
    help: 'Leases given and ended, by how.',
    labelNames: ['what'],
    registers,
  })
  new Gauge({
    name: 'poco_scheduler_open_tasks',
    help: 'Open tasks, by their next step.',
    labelNames: ['next'],
    registers,
    collect() {
      this.reset()
      for (const next of sources.actions()) this.inc({ next })
    },
  })
  new Gauge({
    name: 'poco_scheduler_held_leases',
    help: 'Leases that workers hold.',
    registers,
    collect() {
      this.set(sources.heldLeases())
    },
  })
  return {
    registry,
    mined: (what, tasks) => mined.inc({ what }, tasks),
    refused: (what) => refused.inc({ what }),
    lease: (what) => leases.inc({ what }),
  }
}
