/**
 * Model: the hub as a few maps and rules, without a chain.
 *
 * What the contracts do in packed storage, said plainly: orders, deals, tasks, slices, votes and
 * money. `contracts/test/histories` holds the two equal, refusals included.
 */
import { type BulkAction, bulk } from './bulk.ts'
import { type EndAction, end } from './ends.ts'
import { type MoneyAction, move } from './money.ts'
import { type OrderAction, order } from './orders.ts'
import type { Refused } from './refusal.ts'
import { type SliceAction, slice } from './slices.ts'
import type { Hub } from './state.ts'
import { type VoteAction, vote } from './votes.ts'

export { type Use, useOf } from './bulk.ts'
export { binds } from './ends.ts'
export type { Offer, Offers } from './orders.ts'
export { type Refusal, type Refused, refusals } from './refusal.ts'
export { idOf as sliceIdOf, leafOf, nodeAbove } from './slices.ts'
export {
  type Account,
  type Agreement,
  type Asset,
  account,
  graceOf,
  type Hub,
  open,
  type Settings,
  statusOf,
  type Task,
} from './state.ts'
export { type Shown, type ShownVote, view, viewVote } from './view.ts'
export type { Ballot } from './votes.ts'

/** What somebody tries to do. */
export type Action = MoneyAction | OrderAction | VoteAction | EndAction | SliceAction | BulkAction

/** Does it, or changes nothing and says why the hub would refuse. */
export function apply(hub: Hub, action: Action, now: bigint): Refused {
  switch (action.do) {
    case 'deposit':
    case 'withdraw':
    case 'transfer':
      return move(hub, action)
    case 'match':
    case 'sign':
    case 'close':
    case 'revoke':
      return order(hub, action, now)
    case 'contribute':
    case 'reveal':
      return vote(hub, action, now)
    case 'contributeSigned':
    case 'revealFor':
      return allOrNothing(hub, () => vote(hub, action, now))
    case 'initializeAndClaim':
      return allOrNothing(hub, () => end(hub, action, now))
    case 'openSlice':
    case 'carve':
    case 'proveResult':
    case 'proveResultWithCallback':
      return slice(hub, action, now)
    case 'openBulk':
    case 'takeDatasets':
    case 'settleDatasets':
      return allOrNothing(hub, () => bulk(hub, action, now))
    default:
      return end(hub, action, now)
  }
}

/** Undoes an action of many parts of which one was refused. */
function allOrNothing({ settings: _, ...maps }: Hub, attempt: () => Refused): Refused {
  const before = structuredClone(maps)
  const refused = attempt()
  if (refused) restore(maps, before)
  return refused
}

function restore(maps: Omit<Hub, 'settings'>, before: Omit<Hub, 'settings'>): void {
  for (const name of Object.keys(maps) as (keyof typeof maps)[]) {
    const map = maps[name] as Map<unknown, unknown> // each is restored from its own copy
    map.clear()
    for (const [key, value] of before[name]) map.set(key, value)
  }
}
