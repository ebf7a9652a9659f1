/** Roster: the workers that asked lately, as their ads describe them. */
import { Expr, readAd } from '@traboule/classad'
import type { Clock } from '@traboule/service-kit'
import type { Address } from 'viem'

export type Roster = Readonly<{
  /** The ad of a worker that asks. Throws `ad/malformed` and the other errors of ads. */
  meet(worker: Address, said: Said): Expr.Ad
  /** The ads of all who asked lately. */
  ads(): readonly Expr.Ad[]
  /** How many that are; those that fell silent since `ads` was last asked still count. */
  count(): number
}>

export type Said = Readonly<{
  /** What the worker wrote of itself; it works for anybody if nothing. */
  ad?: string | undefined
  appTypes: readonly string[]
  enclave?: Address | undefined
}>

type Known = Readonly<{ key: string; ad: Expr.Ad; seenMs: number }>

/** How long a worker that asks no more is counted. */
const LATELY_MS = 300_000
/** Workers remembered at once; the longest silent are forgotten first. */
const MOST = 20_000
const { ad, literal } = Expr

export function openRoster(clock: Pick<Clock, 'now'>): Roster {
  const known = new Map<Address, Known>()
  return {
    meet(worker, said) {
      const key = JSON.stringify([said.ad, said.appTypes, said.enclave])
      const before = known.get(worker)
      const met = before?.key === key ? before.ad : described(worker, said)
      known.delete(worker) // to the end
      known.set(worker, { key, ad: met, seenMs: clock.now() })
      const first = known.keys().next().value
      if (known.size > MOST && first) known.delete(first)
      return met
    },
    count: () => known.size,
    ads() {
      const from = clock.now() - LATELY_MS
      for (const [worker, { seenMs }] of known) if (seenMs < from) known.delete(worker)
      return [...known.values()].map((each) => each.ad)
    },
  }
}

/** What the worker says, and over it what it cannot choose. */
function described(worker: Address, said: Said): Expr.Ad {
  const own = readAd(said.ad ?? '[Requirements = true]')
  const entries = [...own.attributes.values()].map(({ name, expr }) => [name, expr] as const)
  const runners = { kind: 'list', items: said.appTypes.map(literal) } as const
  return ad([
    ...entries,
    ['Type', literal('Worker')],
    ['Worker', literal(worker.toLowerCase())],
    ['Runners', runners],
    ['Tee', literal(said.enclave !== undefined)],
  ])
}
