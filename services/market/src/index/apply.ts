/**
 * Apply: which rows follow from an event. One function an event; none reads anything but earlier
 * rows and facts that can never change, so that a rebuild gives the same rows.
 */
import type { Address } from 'viem'
import { boost } from './boost.ts'
import type { Event } from './decode.ts'
import { appear, idOf, origin, type Step } from './effects.ts'
import type { Asset, Facts } from './facts.ts'
import { matching } from './matching.ts'
import { money } from './money.ts'
import { tasks } from './tasks.ts'
import type { Unit } from './unit.ts'

type Handler = (args: never, step: Step) => Promise<void>

const handlers: Readonly<Record<string, Handler>> = { ...money, ...matching, ...tasks, ...boost }

/** Writes what follows from one event of the hub. */
export async function applyHub({ name, args, log }: Event, unit: Unit, facts: Facts) {
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
  await handler?.(args as never, { unit, facts, log }) // the ABI's types are those of the handlers
}

/** Writes what follows from a registry's transfer: a new asset, or a new owner. */
export async function applyRegistry({ args, log }: Event, asset: Asset, step: Omit<Step, 'log'>) {
  const { unit } = step
  const { from, to } = args as { from: Address; to: Address }
  const { kind, id } = asset
  unit.add('asset_transfers', {
    id: idOf(log),
    kind,
    asset: id,
    sender: from,
    recipient: to,
    ...origin(log),
  })
  const table = `${kind}s` as const
  const before = await unit.get(table, id)
  const born = { id, timestamp: log.blockTimestamp, usage_count: 0n, last_usage: null }
  const row = before ?? { ...born, ...asset.columns }
  await appear({ ...step, log }, to)
  await unit.put(table, { ...row, owner: to, block: log.blockNumber } as never) // `columns` are the kind's
}
