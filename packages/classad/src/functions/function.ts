/** Function: what a table of functions holds. */
import type { Expr } from '../expr.ts'
import { ERROR } from '../expr.ts'
import type { Session } from '../session.ts'
import type { Frame, Value } from '../value.ts'

/** Where a call stands. */
export type Place = Readonly<{
  frame: Frame
  run: Session
  evaluate(expr: Expr, at?: Frame): Value
}>

export type Fn = Readonly<{
  least: number
  most: number
  call(args: readonly Expr[], place: Place): Value
}>

type Counts = number | readonly [number, number]

/** A function that decides which of its arguments to evaluate. */
export function lazy(counts: Counts, call: Fn['call']): Fn {
  const [least, most] = typeof counts === 'number' ? [counts, counts] : counts
  return { least, most, call }
}

/** A function of values, whatever they are. */
export const total = (counts: Counts, of: (args: readonly Value[], run: Session) => Value): Fn =>
  lazy(counts, (args, { evaluate, run }) =>
    of(
      args.map((arg) => evaluate(arg)),
      run,
    ),
  )

/** A function of values that makes ERROR of any ERROR, else UNDEFINED of any UNDEFINED. */
export const strict = (counts: Counts, of: (args: readonly Value[], run: Session) => Value): Fn =>
  total(counts, (args, run) => {
    if (args.includes(ERROR)) return ERROR
    return args.includes(undefined) ? undefined : of(args, run)
  })

/** Any number of arguments. */
export const MANY = 1_000
