/** Parse: what people type, as what the SDK takes. Throws `command/invalid`. */
import { Amount, AppError, Order, Scalar } from '@traboule/protocol'
import type { Address, Hex } from 'viem'
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

/** A number of tasks. */
export function count(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= 100_000) return value
  throw invalid(`"${text}" is not a number of tasks: 1 to 100,000.`, text)
}

/** A probability below 1, also as a percentage. */
export function probability(text: string): number {
  const [, digits, percent] = /^(\d*\.?\d+)(%?)$/.exec(text) ?? []
  const value = digits === undefined ? Number.NaN : Number(digits) / (percent ? 100 : 1)
  if (value >= 0 && value < 1) return value
  throw invalid(`"${text}" is not a confidence: 0.99 or 99%, and always below 1.`, text)
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
