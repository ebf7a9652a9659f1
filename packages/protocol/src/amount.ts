/** Amount: nRLC as people read it. 1 RLC = 10^9 nRLC. */
import { formatUnits, parseUnits } from 'viem'
import { AppError } from './errors.ts'

export const DECIMALS = 9

/** `1500000000n` reads `1.5 RLC`. */
export function format(nano: bigint): string {
  return `${formatUnits(nano, DECIMALS)} RLC`
}

/** nRLC from `1.5`, `1.5 RLC`, `1500 nRLC`. Throws `request/invalid`. */
export function parse(text: string): bigint {
  const match = /^\s*(\d{1,30})(\.\d{1,9})?\s*(rlc|nrlc)?\s*$/i.exec(text)
  const [, whole = '', fraction = '', unit = 'rlc'] = match ?? []
  if (!match || (unit.toLowerCase() === 'nrlc' && fraction !== ''))
    throw new AppError('request/invalid', `"${text}" is not an amount.`, { example: '1.5 RLC' })
  return unit.toLowerCase() === 'nrlc' ? BigInt(whole) : parseUnits(whole + fraction, DECIMALS)
}
