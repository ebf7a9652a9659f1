/** Explain: which parts of whose Requirements keep an ad from its partners, by the same evaluation. */
import { type Condition, conditionOf, others, wantsOf } from './conditions.ts'
import type { Ad, Expr } from './expr.ts'
import { worth } from './match.ts'
import type { Options } from './session.ts'
import { unparse } from './unparse.ts'
import { facing, toTruth, type Value } from './value.ts'

/** A part of Requirements that is not true. */
export type Obstacle = Readonly<{
  /** Whose Requirements it is of: the one who asks, or those who are asked. */
  side: 'asker' | 'partner'
  part: string
  /** What the part asks of one attribute, if that is all it does. */
  condition: Condition | undefined
  /** In how many couples it is not true, and in how many of those it is not even known. */
  fails: number
  unknown: number
}>

export type Explanation = Readonly<{
  total: number
  matches: number
  obstacles: readonly Obstacle[]
}>

/** What stands between an ad and these others, the most common obstacle first. */
export function explain(asker: Ad, ads: readonly Ad[], options?: Options): Explanation {
  const found = new Map<string, Obstacle>()
  const note = (side: Obstacle['side'], part: Expr, value: Value) => {
    const text = unparse(part)
    const known = found.get(`${side} ${text}`)
    const { fails = 0, unknown = 0 } = known ?? {}
    const condition = conditionOf(part, others)
    const more = value === undefined ? 1 : 0
    const counts = { fails: fails + 1, unknown: unknown + more }
    found.set(`${side} ${text}`, { side, part: text, condition, ...counts })
  }
  const asked = wantsOf(asker).parts
  let matches = 0
  for (const ad of ads) {
    const [mine, other] = facing(asker, ad)
    const sides = [
      ['asker', mine, asked],
      ['partner', other, wantsOf(ad).parts],
    ] as const
    let fit = true
    for (const [side, frame, parts] of sides)
      for (const part of parts) {
        const value = worth(part, frame, options)
        if (toTruth(value) === true) continue
        fit = false
        note(side, part, value)
      }
    if (fit) matches++
  }
  const obstacles = [...found.values()].sort((a, b) => b.fails - a.fails)
  return { total: ads.length, matches, obstacles }
}
