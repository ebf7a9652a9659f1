/** Convert: functions that ask for a value's type, or change it. */
import { ERROR, type Scalar } from '../expr.ts'
import { type Budget, charge } from '../limits.ts'
import { scalar, unparse } from '../unparse.ts'
import { finite, isFrame, isList, toNumber, truncate, type Value } from '../value.ts'
import { type Fn, strict, total } from './function.ts'

const is = (holds: (value: Value) => boolean) => total(1, ([value]) => holds(value))

const decimal = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/

export function toInteger(value: Value): Value {
  if (typeof value === 'string') {
    if (!decimal.test(value)) return ERROR
    const exact = /^\s*[-+]?\d+\s*$/.test(value) ? BigInt(value.trim().replace('+', '')) : undefined
    if (exact === undefined) return truncate(Number(value))
    return BigInt.asIntN(64, exact) === exact ? exact : ERROR
  }
  const number = toNumber(value)
  if (number === undefined) return ERROR
  return typeof number === 'bigint' ? number : truncate(number)
}

export function toReal(value: Value): number | typeof ERROR {
  if (typeof value === 'string') return decimal.test(value) ? finite(Number(value)) : ERROR
  const number = toNumber(value)
  return number === undefined ? ERROR : Number(number)
}

/**
 * The text of a value as strcat() and string() write it; strings stay as they are. A short ad can
 * make lists of lists without end, so that their text has a price.
 */
export function toText(value: Value, budget: Budget): string {
  charge(budget, 1)
  if (typeof value === 'string') return value
  if (isList(value)) return `{${value.map((each) => quoted(each, budget)).join(', ')}}`
  return isFrame(value) ? unparse(value.ad) : scalar(value)
}

const quoted = (value: Value, budget: Budget): string =>
  isList(value) || isFrame(value) ? toText(value, budget) : scalar(value as Scalar) // what is left

function toBoolean(value: Value): Value {
  if (typeof value !== 'string') {
    const number = toNumber(value)
    return number === undefined ? ERROR : Number(number) !== 0
  }
  if (/^true$/i.test(value)) return true
  return /^false$/i.test(value) ? false : ERROR
}

export const converting: Readonly<Record<string, Fn>> = {
  isundefined: is((value) => value === undefined),
  iserror: is((value) => value === ERROR),
  isstring: is((value) => typeof value === 'string'),
  isinteger: is((value) => typeof value === 'bigint'),
  isreal: is((value) => typeof value === 'number'),
  isboolean: is((value) => typeof value === 'boolean'),
  islist: is(isList),
  isclassad: is(isFrame),
  int: strict(1, ([value]) => toInteger(value)),
  real: strict(1, ([value]) => toReal(value)),
  string: strict(1, ([value], { budget }) => toText(value, budget)),
  bool: strict(1, ([value]) => toBoolean(value)),
}
