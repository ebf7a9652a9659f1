/** Parse: what people type, as what the SDK takes. Throws `command/invalid`. */
import { Amount, AppError, Order, Scalar } from '@traboule/protocol'
import { type Address, type Hex, parseEther } from 'viem'
import type { z } from 'zod'

export const address = (text: string): Address => checked(Scalar.address, text)
export const bytes32 = (text: string): Hex => checked(Scalar.bytes32, text)
export const whole = (text: string): bigint => checked(Scalar.uint256, text)

/** nRLC from `1.5`, `1.5 RLC` or `100 nRLC`. */
export function amount(text: string): bigint {
  try {
    return Amount.parse(text)
  } catch {
    throw invalid(`"${text}" is not an amount: 1.5, 1.5 RLC and 100 nRLC are.`, text)
  }
}

/** Wei from an amount of the chain's own coin: `0.1`. */
export function wei(text: string): bigint {
  if (/^\d{1,12}(\.\d{1,18})?$/.test(text)) return parseEther(text)
  throw invalid(`"${text}" is not an amount of coin: 1 and 0.05 are.`, text)
}

/** A number of tasks. */
export function count(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= 100_000) return value
  throw invalid(`"${text}" is not a number of tasks: 1 to 100,000.`, text)
}

/** A whole percentage, with or without its sign. */
export function percent(text: string): bigint {
  const [, digits] = /^(\d{1,3})%?$/.exec(text) ?? []
  if (digits !== undefined && Number(digits) <= 100) return BigInt(digits)
  throw invalid(`"${text}" is not a percentage: 0 to 100.`, text)
}

/** A probability below 1, also as a percentage. */
export function probability(text: string): number {
  const [, digits, percent] = /^(\d*\.?\d+)(%?)$/.exec(text) ?? []
  const value = digits === undefined ? Number.NaN : Number(digits) / (percent ? 100 : 1)
  if (value >= 0 && value < 1) return value
  throw invalid(`"${text}" is not a confidence: 0.99 or 99%, and always below 1.`, text)
}

const UNITS: Readonly<Record<string, bigint>> = { m: 60n, h: 3_600n, d: 86_400n }

/** Unix seconds of `12h` or `30d` from now (Unix milliseconds), or of a date such as 2031-12-31. */
export function moment(text: string, now: number): bigint {
  const [, digits = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const seconds = UNITS[unit]
  if (seconds !== undefined) return BigInt(Math.floor(now / 1000)) + BigInt(digits) * seconds
  const date = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (date > now) return BigInt(Math.floor(date / 1000))
  throw invalid(`"${text}" is not a time to come: 30m, 12h, 30d and 2031-12-31 are.`, text)
}

/** One of the four kinds of orders. */
export function kind(text: string): Order.Kind {
  const found = Order.kinds.find((each) => each === text)
  if (found) return found
  throw invalid(`"${text}" is not a kind of order: ${Order.kinds.join(', ')}.`, text)
}

/** Gathers an option that may be given several times, or with several values. */
export const several = (text: string, before: readonly string[] = []): string[] => [...before, text]

function checked<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(text)
  if (parsed.success) return parsed.data
  throw invalid(`"${text}" ${parsed.error.issues[0]?.message}.`, text)
}

const invalid = (sentence: string, given: string) =>
  new AppError('command/invalid', sentence, { given })
