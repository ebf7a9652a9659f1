/** Limits: ads come from strangers, so that each step of reading one is bounded. */
import { AppError } from '@traboule/protocol'
import { children, type Expr } from './expr.ts'

/** UTF-16 units of one ad or expression. */
const TEXT = 8_192
/** Levels of one tree: of brackets, and of operators in a row. */
export const DEPTH = 256
/** Levels of one evaluation, which goes from tree to tree by their names. */
export const NESTING = 2 * DEPTH
/** Nodes visited in one evaluation; long strings and lists count for many. */
const STEPS = 10_000

/** Throws `ad/too-large`. */
export function refuseLong(text: string, most: number = TEXT): void {
  const length = text.length
  if (length <= most) return
  throw new AppError('ad/too-large', `The ad has ${length} characters of ${most}.`, {
    length,
    most,
  })
}

/** Throws `ad/too-deep`. A row of operators is a tree as deep as the row is long. */
export function refuseDeep(root: Expr): void {
  let level: readonly Expr[] = [root]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEPTH) throw tooDeep()
    level = level.flatMap(children)
  }
}

export const tooDeep = (most: number = DEPTH) =>
  new AppError('ad/too-deep', `The ad is nested deeper than ${most} levels.`, { most })

/** What one evaluation may still spend. */
export type Budget = { left: number; depth: number; readonly most: number }

export const budget = (most: number = STEPS): Budget => ({ left: most, depth: 0, most })

/** Throws `ad/too-costly`. */
export function charge(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left >= 0) return
  const { most } = budget
  throw new AppError('ad/too-costly', `The expression takes more than ${most} steps.`, { most })
}
