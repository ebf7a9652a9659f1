/** Operators: what they make of two values. Every type and every pair of types has its answer. */
import {
  type Arithmetic,
  type Binary,
  type Bitwise,
  type Comparison,
  ERROR,
  type Unary,
} from './expr.ts'
import {
  finite,
  isFrame,
  isList,
  type NumberValue,
  toNumber,
  toTruth,
  type Value,
  whole,
} from './value.ts'

export type Truth = boolean | undefined | typeof ERROR

/** Any ERROR makes an ERROR, else any UNDEFINED an UNDEFINED: undefined when neither is there. */
const strictly = (left: Value, right: Value): { value: undefined | typeof ERROR } | undefined => {
  if (left === ERROR || right === ERROR) return { value: ERROR }
  return left === undefined || right === undefined ? { value: undefined } : undefined
}

export function unary(op: Unary, value: Value): Value {
  if (op === '!') {
    const truth = toTruth(value)
    return typeof truth === 'boolean' ? !truth : truth
  }
  if (value === undefined) return undefined
  const number = toNumber(value)
  if (number === undefined) return ERROR
  if (op === '~') return typeof number === 'bigint' ? ~number : ERROR
  if (op === '+') return number
  return typeof number === 'bigint' ? whole(-number) : -number
}

function arithmetic(op: Arithmetic, left: Value, right: Value): Value {
  const strict = strictly(left, right)
  if (strict) return strict.value
  const a = toNumber(left)
  const b = toNumber(right)
  if (a === undefined || b === undefined) return ERROR
  if (typeof a === 'bigint' && typeof b === 'bigint') return integers(op, a, b)
  return reals(op, Number(a), Number(b))
}

function integers(op: Arithmetic, a: bigint, b: bigint): Value {
  if (op === '+') return whole(a + b)
  if (op === '-') return whole(a - b)
  if (op === '*') return whole(a * b)
  if (b === 0n) return ERROR
  return op === '/' ? whole(a / b) : a % b
}

function reals(op: Arithmetic, a: number, b: number): Value {
  if (op === '+') return finite(a + b)
  if (op === '-') return finite(a - b)
  if (op === '*') return finite(a * b)
  return op === '/' ? finite(a / b) : ERROR
}

function bitwise(op: Bitwise, left: Value, right: Value): Value {
  const strict = strictly(left, right)
  if (strict) return strict.value
  const a = toNumber(left)
  const b = toNumber(right)
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return ERROR
  const truths = typeof left === 'boolean' && typeof right === 'boolean'
  switch (op) {
    case '&':
      return truths ? (a & b) === 1n : a & b
    case '|':
      return truths ? (a | b) === 1n : a | b
    case '^':
      return truths ? (a ^ b) === 1n : a ^ b
    case '<<':
      return whole(a << (b & 63n))
    case '>>':
      return a >> (b & 63n)
    case '>>>':
      return whole(BigInt.asUintN(64, a) >> (b & 63n))
  }
}

export function compare(op: Comparison, left: Value, right: Value): Truth {
  if (op === '=?=') return same(left, right)
  if (op === '=!=') {
    const is = same(left, right)
    return is === ERROR ? ERROR : !is
  }
  if (typeof left === 'bigint' && typeof right === 'bigint') return ordered(op, order(left, right))
  const strict = strictly(left, right)
  if (strict) return strict.value
  if (typeof left === 'string' && typeof right === 'string')
    return ordered(op, order(fold(left), fold(right)))
  const a = toNumber(left)
  const b = toNumber(right)
  return a === undefined || b === undefined ? ERROR : ordered(op, order(a, b))
}

/** Never undefined: whether type and value are the same. Lists and ads have no such order. */
function same(left: Value, right: Value): boolean | typeof ERROR {
  if ((isList(left) && isList(right)) || (isFrame(left) && isFrame(right))) return ERROR
  return typeof left === typeof right && left === right
}

export const fold = (text: string) => text.toLowerCase()

/** Below, at or above zero as `a` comes before, with or after `b`. */
export function order<T extends string | NumberValue>(a: T, b: T): number {
  if (a < b) return -1
  return a > b ? 1 : 0
}

function ordered(op: Exclude<Comparison, '=?=' | '=!='>, order: number): boolean {
  switch (op) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '==':
      return order === 0
    case '!=':
      return order !== 0
  }
}

/** Left first: what the left side settles is not asked of the right one, even if it is an ERROR. */
export function and(left: Value, right: () => Value): Truth {
  const a = toTruth(left)
  if (a === false || a === ERROR) return a
  const b = toTruth(right())
  return b === true ? a : b === undefined ? undefined : b
}

export function or(left: Value, right: () => Value): Truth {
  const a = toTruth(left)
  if (a === true || a === ERROR) return a
  const b = toTruth(right())
  return b === false ? a : b
}

/** Every operator that needs both its sides. */
export function binary(op: Exclude<Binary, '&&' | '||'>, left: Value, right: Value): Value {
  switch (op) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(op, left, right)
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
    case '>>>':
      return bitwise(op, left, right)
    default:
      return compare(op, left, right)
  }
}
