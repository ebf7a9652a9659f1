/** Format: figures as people read them. */
import { Amount } from '@traboule/protocol'

/** `0x1234…abcd`. */
export function short(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 6)}…${hex.slice(-4)}`
}

/** nRLC in RLC, thousands apart: `1,234.5 RLC`. */
export function rlc(nano: bigint): string {
  const [whole = '', rest = ''] = Amount.format(nano < 0n ? -nano : nano)
    .replace(' RLC', '')
    .split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${nano < 0n ? '−' : ''}${grouped}${rest === '' ? '' : `.${rest}`} RLC`
}

/** A whole number, thousands apart. */
export const whole = (n: number | bigint): string => n.toLocaleString('en')

const steps = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** Seconds as one figure: `3 min`. */
export function span(seconds: number): string {
  const [unit, length] = steps.find(([, length]) => seconds >= length) ?? ['s', 1]
  return `${Math.floor(seconds / length)} ${unit}`
}

/** How far `at` is from `now`, in Unix milliseconds: `12 s ago`, `in 5 min`. */
export function distance(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000)
  if (Math.abs(seconds) < 2) return 'now'
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000
    ? `${(bytes / 1_000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `part` of `total` in percent with one decimal, never rounded up to certainty. */
export function percent(part: bigint, total: bigint): string {
  if (total === 0n) return '0 %'
  const tenths = (part * 1_000n) / total
  return `${tenths / 10n}${tenths % 10n === 0n ? '' : `.${tenths % 10n}`} %`
}
