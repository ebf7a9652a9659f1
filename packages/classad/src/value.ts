/** Value: what expressions evaluate to. */
import { type Ad, ERROR, type Scalar } from './expr.ts'

/** An ad at its place: the names in it mean what they mean there. */
export type Frame = {
  readonly kind: 'frame'
  readonly ad: Ad
  /** The ad around it. */
  readonly parent: Frame | undefined
  /** The other side of a match; only outermost ads have one. */
  other: Frame | undefined
  /** Attributes already evaluated here, and those under way. */
  known: Map<string, Value | typeof UNDER_WAY> | undefined
}

export const UNDER_WAY: unique symbol = Symbol('under way')

export type List = readonly Value[]
export type Value = Scalar | List | Frame

export type NumberValue = bigint | number

export function frameOf(ad: Ad, parent?: Frame): Frame {
  return { kind: 'frame', ad, parent, other: undefined, known: undefined }
}

/** Two ads that see each other. */
export function facing(left: Ad, right: Ad): readonly [Frame, Frame] {
  const [one, other] = [frameOf(left), frameOf(right)]
  one.other = other
  other.other = one
  return [one, other]
}

export const isList = (value: Value): value is List => Array.isArray(value)
export const isFrame = (value: Value): value is Frame =>
  typeof value === 'object' && !Array.isArray(value)

/** Whole numbers have 64 bits. */
export const whole = (value: bigint) => BigInt.asIntN(64, value)

/** A real, if it is one: infinite ones and those that are no number make no sense. */
export const finite = (value: number): number | typeof ERROR =>
  Number.isFinite(value) ? value : ERROR

/** A number's or truth value's number. */
export function toNumber(value: Value): NumberValue | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return typeof value === 'boolean' ? BigInt(value) : undefined
}

/** A truth value's or number's truth; UNDEFINED and ERROR stay as they are, all else is ERROR. */
export function toTruth(value: Value): boolean | undefined | typeof ERROR {
  if (typeof value === 'boolean' || value === undefined) return value
  if (typeof value === 'bigint') return value !== 0n
  return typeof value === 'number' ? value !== 0 : ERROR
}

/** The part before the point, if it has 64 bits. */
export function truncate(value: number): bigint | typeof ERROR {
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined
  return whole !== undefined && BigInt.asIntN(64, whole) === whole ? whole : ERROR
}
