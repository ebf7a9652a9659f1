/** Journeys: what is done with the library, in the order a newcomer would take. */

import { assets } from './assets.ts'
import { claims } from './claims.ts'
import { deals } from './deals.ts'
import type { Me } from './me.ts'
import { money } from './money.ts'
import { orders } from './orders.ts'
import { refusals } from './refusals.ts'
import { secrets } from './secrets.ts'

export const journeys: readonly ((who: () => Me) => void)[] = [
  money,
  assets,
  secrets,
  orders,
  claims,
  deals,
  refusals,
]
