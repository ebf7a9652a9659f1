/**
 * Pool: many ads among which partners are found without trying each.
 *
 * The most selective condition of an ad picks who is looked at; conditions of both sides are then
 * compared as constants; only what neither settles is evaluated. Names are looked up in the own ad
 * alone, as in `match` without options.
 */
import { type Column, openColumn, type Places } from './columns.ts'
import { type Condition, constantOf, holds, type Wants, wantsOf } from './conditions.ts'
import { type Ad, attribute, type Expr } from './expr.ts'
import { flatten } from './flatten.ts'
import { allTrue, rankOf } from './match.ts'
import type { Options } from './session.ts'
import { facing, toNumber, type Value } from './value.ts'

export type Partner = Readonly<{
  /** Its place in the pool. */
  place: number
  /** How much the one who asked likes it. */
  rank: number
  /** How much it likes the one who asked. */
  liking: number
}>

export type Pool = Readonly<{
  /** Who matches, the best first: by the asker's Rank, then by the partner's, then by place. */
  partners(asker: Ad): Partner[]
}>

export function openPool(ads: readonly Ad[], options?: Options): Pool {
  const columns = new Map<string, Column>()
  const columnOf = (key: string): Column => {
    const column = columns.get(key) ?? openColumn(ads, key)
    columns.set(key, column)
    return column
  }
  const members = ads.map((ad) => ({ ad, wants: wantsOf(ad), likes: likingOf(ad) }))

  /** Checks of an ad's conditions, and who is in the places of all of them. */
  function narrowed({ conditions }: Wants) {
    const columns = conditions.map((each) => columnOf(each.key))
    const checks = conditions.map((each, n) => columns[n]?.check(each))
    const found = conditions.map((each, n) => columns[n]?.find(each))
    const places = found.filter((each) => each !== undefined).sort((a, b) => a.size - b.size)
    const few = places.length > 0 ? common(places, ads.length) : ads.keys()
    return { checks: checks.filter((each) => each !== undefined), few }
  }

  return {
    partners(asker) {
      const wants = wantsOf(asker)
      if (wants.never) return []
      const likes = likingOf(asker)
      const said = constantsOf(asker)
      const { checks, few } = narrowed(wants)
      const found: Partner[] = []
      for (const place of few) {
        const member = members[place]
        if (!member || member.wants.never) continue
        const ours = every(checks, (check) => check(place))
        if (ours === false) continue
        const theirs = every(member.wants.conditions, (each) => answer(each, said(each.key)))
        if (theirs === false) continue
        const open = ours ? wants.rest : wants.all
        const theirOpen = theirs ? member.wants.rest : member.wants.all
        let rank = likes(member.ad)
        let liking = member.likes(asker)
        // Most couples are settled by now, and need no frames.
        if (open.length + theirOpen.length > 0 || rank === undefined || liking === undefined) {
          const [mine, other] = facing(asker, member.ad)
          if (!allTrue(open, mine, options) || !allTrue(theirOpen, other, options)) continue
          rank ??= rankOf(mine, options)
          liking ??= rankOf(other, options)
        }
        found.push({ place, rank, liking })
      }
      return found.sort((a, b) => b.rank - a.rank || b.liking - a.liking || a.place - b.place)
    },
  }
}

/** The places that are among all of these, each once. The first are the fewest. */
function common(all: readonly Places[], size: number): readonly number[] {
  const passed = new Uint16Array(size)
  for (const [round, { lists }] of all.entries())
    for (const list of lists)
      for (const place of list) if (passed[place] === round) passed[place] = round + 1
  const found: number[] = []
  for (const list of all[0]?.lists ?? [])
    for (const place of list)
      if (passed[place] === all.length) {
        passed[place] = 0
        found.push(place)
      }
  return found
}

const answer = (condition: Condition, constant: { value: Value } | undefined) =>
  constant && holds(condition, constant.value)

/** How much an ad likes another, where that takes no evaluation. */
type Liking = (other: Ad) => number | undefined

const zero: Liking = () => 0

/** True, false, or undefined when none is false and one is not known. */
function every<T>(all: readonly T[], check: (each: T) => boolean | undefined): boolean | undefined {
  let known: boolean | undefined = true
  for (const each of all) {
    const answer = check(each)
    if (answer === false) return false
    if (answer === undefined) known = undefined
  }
  return known
}

/** Most Ranks are a number, or an attribute of the other side. */
function likingOf(ad: Ad): Liking {
  const said = attribute(ad, 'Rank')
  const rank = said && flatten(said, ad)
  if (!rank) return zero
  if (rank.kind === 'literal') return () => constant(rank)
  const plain = rank.kind === 'select' && rank.of.kind === 'reference' && !rank.of.root
  if (!plain || !['other', 'target'].includes(rank.of.key)) return () => undefined
  return (other) => {
    const expr = other.attributes.get(rank.key)?.expr
    return expr ? constant(expr) : 0
  }
}

const constant = (expr: Expr) =>
  expr.kind === 'literal' ? Number(toNumber(expr.value) ?? 0) : undefined

/** What an ad says without being evaluated. */
function constantsOf({ attributes }: Ad): (key: string) => { value: Value } | undefined {
  const known = new Map([...attributes].map(([key, { expr }]) => [key, constantOf(expr)] as const))
  const missing = { value: undefined }
  return (key) => (attributes.has(key) ? known.get(key) : missing)
}
