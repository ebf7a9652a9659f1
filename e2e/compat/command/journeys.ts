/** Journeys: what is done with the command line; each goes on where the last ended. */

import { assets, farewell } from './assets.ts'
import { deals } from './deals.ts'
import { money } from './money.ts'
import { orders } from './orders.ts'
import { secrets } from './secrets.ts'
import type { Shell } from './shell.ts'

export const journeys: readonly ((who: () => Shell) => void)[] = [
  money,
  assets,
  secrets,
  orders,
  deals,
  farewell,
]
