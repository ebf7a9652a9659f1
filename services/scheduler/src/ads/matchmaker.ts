/** Matchmaker: brings the ads of workers and tasks together, for the desk and for whoever wonders. */
import { type Expr, explain, type Match, match } from '@traboule/classad'
import { Scalar } from '@traboule/protocol'
import type { Clock } from '@traboule/service-kit'
import type { Address } from 'viem'
import type { Terms } from '../deals/terms.ts'
import type { Opening } from '../workers/choose.ts'
import { reasons } from './reasons.ts'
import { openRoster, type Said } from './roster.ts'
import { openShares } from './shares.ts'
import { taskAd } from './taskAd.ts'
import { terms as termsOf, total } from './weigh.ts'

/** An opening with the deal it is of. */
export type Offer = Opening & Readonly<{ terms: Terms }>

export type Matchmaker = Readonly<{
  /** How a worker that asks sees tasks. Throws `ad/malformed` and the other errors of ads. */
  meet(worker: Address, said: Said): View
  /** A task of this deal was given to a worker. */
  given(terms: Terms): void
  explain(terms: Terms): ReturnType<typeof reasons>
  /** How many workers asked lately. */
  count(): number
}>

export type View = Readonly<{
  accepts(terms: Terms): boolean
  /** What each task is worth doing for this worker. */
  worth(tasks: readonly Offer[]): readonly number[]
}>

export type MatchmakerOptions = Readonly<{
  clock: Pick<Clock, 'now'>
  /** What the pool asks of workers for every task: an expression in the task's ad. */
  policy: string
  /** Shares of requesters that are due more than one. */
  due?: ReadonlyMap<Address, number>
}>

export function openMatchmaker({ clock, policy, due }: MatchmakerOptions): Matchmaker {
  const roster = openRoster(clock)
  const shares = openShares({ clock, ...(due && { due }) })
  const ads = new WeakMap<Terms, Expr.Ad>()
  const adOf = (terms: Terms): Expr.Ad => {
    const ad = ads.get(terms) ?? taskAd(terms, policy)
    ads.set(terms, ad)
    return ad
  }
  return {
    meet(workerAddress, said) {
      const worker = roster.meet(workerAddress, said)
      const known = new Map<Expr.Ad, Match>()
      const matchOf = (ad: Expr.Ad): Match => {
        const found = known.get(ad) ?? match(worker, ad)
        known.set(ad, found)
        return found
      }
      const situation = { worker, matchOf, nowMs: clock.now(), used: shares.used }
      return {
        accepts: (terms) => matchOf(adOf(terms)).matches,
        worth: (tasks) => termsOf(tasks.map(weighed), situation).map(total),
      }
    },
    given: ({ requester = Scalar.nullAddress, timeRef }) =>
      shares.charge(requester, Number(timeRef)),
    explain: (terms) => reasons(explain(adOf(terms), roster.ads())),
    count: roster.count,
  }

  function weighed({ terms, contributionDeadline }: Offer) {
    const { app, dataset, requester, workerpool, startTime } = terms
    return {
      ad: adOf(terms),
      requester: requester ?? Scalar.nullAddress,
      pay: workerpool.price,
      app: app?.pointer ?? Scalar.nullAddress,
      dataset: dataset?.pointer ?? Scalar.nullAddress,
      ...{ startTime, contributionDeadline },
    }
  }
}
