/** Strings: cutting, joining and comparing text. */
import { ERROR } from '../expr.ts'
import { fold, order } from '../operators.ts'
import type { Session } from '../session.ts'
import { isFrame, isList, type Value } from '../value.ts'
import { toText } from './convert.ts'
import { type Fn, MANY, strict, total } from './function.ts'

const text = (change: (value: string) => string) =>
  strict(1, ([value], { budget }) => change(toText(value, budget)))

/** Negative places count from the end, and a negative length leaves so many off it. */
function substr(value: Value, offset: Value, length: Value): Value {
  if (typeof value !== 'string' || typeof offset !== 'bigint') return ERROR
  if (length === undefined) return value.slice(Number(offset))
  if (typeof length !== 'bigint') return ERROR
  const place = Number(offset)
  const start = place < 0 ? Math.max(0, value.length + place) : place
  const tail = value.slice(start)
  return length < 0n ? tail.slice(0, Number(length)) : tail.slice(0, Number(length))
}

function join(args: readonly Value[], { budget }: Session): Value {
  const [first, second] = args
  const alone = args.length === 1 && isList(first)
  const separator = alone ? '' : first
  const parts = alone ? first : args.length === 2 && isList(second) ? second : args.slice(1)
  if (args.length === 1 && !alone) return ''
  if (separator === ERROR || parts.includes(ERROR)) return ERROR
  if (separator === undefined) return undefined
  return parts
    .filter((part) => part !== undefined)
    .map((part) => toText(part, budget))
    .join(toText(separator, budget))
}

function size(value: Value): Value {
  if (typeof value === 'string' || isList(value)) return BigInt(value.length)
  return isFrame(value) ? BigInt(value.ad.attributes.size) : ERROR
}

const comparing = (key: (text: string) => string) =>
  strict(2, ([a, b], { budget }) => BigInt(order(key(toText(a, budget)), key(toText(b, budget)))))

export const writing: Readonly<Record<string, Fn>> = {
  strcat: strict([0, MANY], (args, { budget }) => args.map((arg) => toText(arg, budget)).join('')),
  join: total([1, MANY], join),
  substr: strict([2, 3], ([value, offset, length]) => substr(value, offset, length)),
  strcmp: comparing((text) => text),
  stricmp: comparing(fold),
  toupper: text((value) => value.toUpperCase()),
  tolower: text((value) => value.toLowerCase()),
  size: strict(1, ([value]) => size(value)),
}
