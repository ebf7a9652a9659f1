/** Match: whether two ads want each other, and how much. */
import { AppError } from '@traboule/protocol'
import { attributeOf, inFrame } from './evaluate.ts'
import type { Ad, Expr } from './expr.ts'
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

export const rankOf = (frame: Frame, options?: Options) =>
  Number(toNumber(guarded(frame, 'rank', options)) ?? 0)

/** Whether all these parts of Requirements are true where they stand. */
export const allTrue = (parts: readonly Expr[], frame: Frame, options?: Options): boolean =>
  parts.every((part) => isTrue(worth(part, frame, options)))

/** What a part is worth where it stands. */
export const worth = (part: Expr, frame: Frame, options?: Options): Value =>
  safely(() => inFrame(part, frame, session(options)), frame)

const guarded = (frame: Frame, key: string, options?: Options): Value =>
  safely(() => attributeOf(frame, key, session(options)), frame)

/** An expression that costs too much wants nothing: its author loses the match, not we our time. */
function safely(evaluate: () => Value, frame: Frame): Value {
  try {
    return evaluate()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    frame.known = undefined
    if (frame.other) frame.other.known = undefined
    return undefined
  }
}
