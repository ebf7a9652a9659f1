/** Match: whether two ads want each other, and how much. */
import { AppError } from '@traboule/protocol'
import { attributeOf } from './evaluate.ts'
import type { Ad } from './expr.ts'
import { type Options, session } from './session.ts'
import { type Frame, facing, toNumber, toTruth, type Value } from './value.ts'

export type Match = Readonly<{
  matches: boolean
  /** What each side's Requirements are worth. */
  requirements: Readonly<{ left: Value; right: Value }>
  /** How much each side likes the other. */
  rank: Readonly<{ left: number; right: number }>
}>

/** Whether both sides' Requirements are true of the other; anything but true is no. */
export function match(left: Ad, right: Ad, options?: Options): Match {
  const [one, other] = facing(left, right)
  const requirements: Match['requirements'] = {
    left: guarded(one, 'requirements', options),
    right: guarded(other, 'requirements', options),
  }
  const matches = isTrue(requirements.left) && isTrue(requirements.right)
  const rank = { left: rankOf(one, options), right: rankOf(other, options) }
  return { matches, requirements, rank }
}

const isTrue = (value: Value) => toTruth(value) === true

const rankOf = (frame: Frame, options?: Options) =>
  Number(toNumber(guarded(frame, 'rank', options)) ?? 0)

/** An expression that costs too much wants nothing: its author loses the match, not we our time. */
function guarded(frame: Frame, key: string, options?: Options): Value {
  try {
    return attributeOf(frame, key, session(options))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    frame.known = undefined
    if (frame.other) frame.other.known = undefined
    return undefined
  }
}
