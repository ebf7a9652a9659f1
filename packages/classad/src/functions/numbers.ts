/** Numbers: rounding, powers, and what is made of lists of numbers. */
import { ERROR } from '../expr.ts'
import { binary, compare } from '../operators.ts'
import {
  finite,
  isList,
  type List,
  type NumberValue,
  toNumber,
  truncate,
  type Value,
  whole,
} from '../value.ts'
import { toReal } from './convert.ts'
import { type Fn, strict, total } from './function.ts'

const rounding = (round: (value: number) => number) =>
  strict(1, ([value]) => {
    if (typeof value === 'bigint') return value
    const real = toReal(value)
    return real === ERROR ? ERROR : truncate(round(real))
  })

/** Halves go to the even side. */
function toEven(value: number): number {
  const floor = Math.floor(value)
  const half = value - floor
  if (half !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

function pow(base: Value, exponent: Value): Value {
  const [a, b] = [toNumber(base), toNumber(exponent)]
  if (a === undefined || b === undefined) return ERROR
  if (typeof a !== 'bigint' || typeof b !== 'bigint' || b < 0n)
    return finite(Number(a) ** Number(b))
  if (b > 63n && a !== 0n && a !== 1n && a !== -1n) return ERROR
  const power = a ** (b > 63n ? 2n + (b & 1n) : b) // of 0, 1 and -1 only the parity matters
  return whole(power) === power ? power : ERROR
}

/** The least multiple of `step` that is not below `value`; of the type of `step`. */
function multiple(value: NumberValue, step: NumberValue): Value {
  if (Number(step) === 0) return value
  if (typeof value === 'bigint' && typeof step === 'bigint') {
    const quotient = value / step
    const exact = value % step === 0n || value < 0n !== step < 0n
    return whole((exact ? quotient : quotient + 1n) * step)
  }
  const times = Math.ceil(Number(value) / Number(step))
  return typeof step === 'bigint' ? truncate(times * Number(step)) : finite(times * step)
}

function quantize(value: Value, by: Value): Value {
  const number = toNumber(value)
  if (number === undefined) return ERROR
  const steps: List = isList(by) ? by : [by]
  for (const step of steps) {
    const size = toNumber(step)
    if (size === undefined) return ERROR
    if (isList(by) && compare('>=', size, number) === true) return size
  }
  const last = toNumber(steps.at(-1))
  return last === undefined ? ERROR : multiple(number, last)
}

type Fold = (list: List) => Value

/** What is made of the numbers of a list; undefined ones do not count. */
const ofNumbers =
  (none: Value, make: (numbers: readonly NumberValue[]) => Value): Fold =>
  (list) => {
    const defined = list.filter((each) => each !== undefined)
    const numbers = defined.map(toNumber).filter((each) => each !== undefined)
    if (numbers.length < defined.length) return ERROR
    if (numbers.length > 0) return make(numbers)
    return list.length > 0 ? undefined : none
  }

const add = (list: List): Value => list.reduce<Value>((sum, each) => binary('+', sum, each), 0n)

/** A list with one real has only reals. */
function extreme(op: '<' | '>', numbers: readonly NumberValue[]): Value {
  const best = numbers.reduce((a, b) => (compare(op, b, a) === true ? b : a))
  return numbers.some((each) => typeof each === 'number') ? Number(best) : best
}

export const folds: Readonly<Record<'sum' | 'avg' | 'min' | 'max', Fold>> = {
  sum: ofNumbers(0n, add),
  avg: ofNumbers(0, (numbers) => binary('/', toReal(add(numbers)), numbers.length)),
  min: ofNumbers(undefined, (numbers) => extreme('<', numbers)),
  max: ofNumbers(undefined, (numbers) => extreme('>', numbers)),
}

const folded = (fold: Fold): Fn =>
  strict([0, 1], ([list = []]) => (isList(list) ? fold(list) : ERROR))

export const counting: Readonly<Record<string, Fn>> = {
  floor: rounding(Math.floor),
  ceiling: rounding(Math.ceil),
  round: rounding(toEven),
  pow: strict(2, ([base, exponent]) => pow(base, exponent)),
  quantize: strict(2, ([value, by]) => quantize(value, by)),
  sum: folded(folds.sum),
  avg: folded(folds.avg),
  min: folded(folds.min),
  max: folded(folds.max),
  random: total([0, 1], ([most = 1], { options }) => {
    if (!options.random) return ERROR
    const part = options.random()
    if (typeof most === 'bigint')
      return most > 0n ? truncate(Math.floor(part * Number(most))) : ERROR
    return typeof most === 'number' ? part * most : ERROR
  }),
}
