/** Columns: one attribute of many ads, sorted by number and by text, so that few need be looked at. */

import { type Condition, constantOf, holds } from './conditions.ts'
import type { Ad, Scalar } from './expr.ts'
import { fold } from './operators.ts'
import { isList, toNumber, type Value } from './value.ts'

/** Places of ads, in some order and perhaps twice. */
export type Places = Readonly<{ size: number; lists: readonly Uint32Array[] }>

export type Column = Readonly<{
  /** Whether a condition holds of each ad's constant; undefined where it must be evaluated. */
  check(condition: Condition): (place: number) => boolean | undefined
  /** Which ads a condition may hold of; undefined when this column cannot tell. */
  find(condition: Condition): Places | undefined
}>

export function openColumn(ads: readonly Ad[], key: string): Column {
  const constants = ads.map((ad) => constantOf(ad.attributes.get(key)?.expr))
  const values = constants.map((each) => each?.value)
  const computed = Uint32Array.from(
    [...constants.keys()].filter((place) => constants[place] === undefined),
  )
  const texts = placesBy(values, (value) => (typeof value === 'string' ? [fold(value)] : []))
  const numeric = [...values.keys()]
    .map((place) => ({ place, number: numberOf(values[place]) }))
    .filter(({ number }) => number !== undefined)
    .sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
  const sorted = numeric.map(({ number }) => number ?? 0)
  const places = Uint32Array.from(numeric, ({ place }) => place)

  const between = (least: number, most: number): Places => {
    const [from, to] = [firstAtLeast(sorted, least), firstAbove(sorted, most)]
    return these(places.subarray(from, to))
  }

  const equal = (value: Scalar): Places | undefined => {
    if (typeof value === 'string') return these(texts.get(fold(value)))
    const number = numberOf(value)
    return number === undefined ? undefined : between(number, number)
  }

  const listed = (value: Scalar): Places | undefined => {
    lists ??= placesBy(values, membersOf)
    return these(lists.get(keyOf(value)))
  }
  let lists: ReturnType<typeof placesBy> | undefined

  let numbers: Float64Array | undefined

  function found(condition: Condition): readonly (Places | undefined)[] {
    if (condition.op === 'true') return [undefined]
    if (condition.op === 'any') return condition.values.map(equal)
    const { op, value } = condition
    if (op === 'has') return [listed(value)]
    if (op === '==' || op === '=?=') return [equal(value)]
    const number = numberOf(value)
    if (number === undefined) return [undefined]
    // Large whole numbers lose their last digits here: both ends count, and `holds` decides.
    if (op === '<' || op === '<=') return [between(-Infinity, number)]
    return [op === '>' || op === '>=' ? between(number, Infinity) : undefined]
  }

  return {
    check(condition) {
      numbers ??= Float64Array.from(values, exact)
      const slow = plain(condition, constants)
      return quick(condition, numbers, slow) ?? slow
    },
    find(condition) {
      const some = found(condition)
      const all = some.filter((each) => each !== undefined)
      if (all.length < some.length) return undefined
      return together([...all, these(computed)])
    },
  }
}

type Check = ReturnType<Column['check']>
type Constants = readonly ({ value: Value } | undefined)[]

const plain =
  (condition: Condition, constants: Constants): Check =>
  (place) => {
    const constant = constants[place]
    return constant && holds(condition, constant.value)
  }

/** Order among numbers: most conditions are that, and most of the time goes there. */
function quick(condition: Condition, numbers: Float64Array, slow: Check): Check | undefined {
  if (!('value' in condition) || !/^[<>]=?$/.test(condition.op)) return undefined
  const limit = exact(condition.value)
  if (Number.isNaN(limit)) return undefined
  const [sign, open] = [condition.op.startsWith('<') ? -1 : 1, condition.op.length === 1]
  return (place) => {
    const above = ((numbers[place] ?? Number.NaN) - limit) * sign
    if (above > 0) return true
    if (above < 0) return false
    return above === 0 ? !open : slow(place) // what is no number here may be evaluated
  }
}
const none = new Uint32Array()
const these = (list: Uint32Array = none): Places => ({ size: list.length, lists: [list] })

const together = (all: readonly Places[]): Places => ({
  size: all.reduce((sum, { size }) => sum + size, 0),
  lists: all.flatMap(({ lists }) => lists),
})

const keyOf = (value: Value) => (typeof value === 'string' ? fold(value) : numberOf(value))
const membersOf = (value: Value) => (isList(value) ? value.map(keyOf) : [])

type Key = string | number | undefined

/** Which ads have a value with this key. */
function placesBy(values: readonly Value[], keys: (value: Value) => readonly Key[]) {
  const found = new Map<Key, number[]>()
  for (const [place, value] of values.entries())
    for (const key of keys(value)) {
      const places = found.get(key)
      if (places) places.push(place)
      else found.set(key, [place])
    }
  return new Map([...found].map(([key, places]) => [key, Uint32Array.from(places)] as const))
}

/** A number that JavaScript compares exactly; NaN for all else. */
function exact(value: Value): number {
  const number = numberOf(value) ?? Number.NaN
  return typeof value === 'bigint' && !Number.isSafeInteger(number) ? Number.NaN : number
}

function numberOf(value: Value): number | undefined {
  const number = toNumber(value)
  return number === undefined ? undefined : Number(number)
}

/** The first index whose number is not below. */
const firstAtLeast = (sorted: readonly number[], least: number) =>
  search(sorted.length, (n) => (sorted[n] ?? 0) >= least)
const firstAbove = (sorted: readonly number[], most: number) =>
  search(sorted.length, (n) => (sorted[n] ?? 0) > most)

/** The first index from which on `reached` is true. */
function search(length: number, reached: (n: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (reached(middle)) high = middle
    else low = middle + 1
  }
  return low
}
