/** Times: seconds as people read them. Everything is in UTC, so that all see the same. */
import { ERROR } from '../expr.ts'
import type { Session } from '../session.ts'
import type { Value } from '../value.ts'
import { type Fn, strict, total } from './function.ts'

/** Leading parts that are zero are left out: 67 is 1:07. */
function interval(seconds: bigint): string {
  const sign = seconds < 0n ? '-' : ''
  const left = seconds < 0n ? -seconds : seconds
  const parts = [left / 86_400n, (left / 3_600n) % 24n, (left / 60n) % 60n, left % 60n]
  const first = parts.findIndex((part) => part > 0n)
  const [days, ...rest] = parts
  const shown = first === 0 ? rest : rest.slice(first < 0 ? 2 : first - 1)
  const texts = shown.map((part, n) => (n === 0 ? `${part}` : `${part}`.padStart(2, '0')))
  return `${sign}${first === 0 ? `${days}+` : ''}${texts.join(':')}`
}

const two = (value: number) => `${value}`.padStart(2, '0')
const named = (date: Date, options: Intl.DateTimeFormatOptions) =>
  date.toLocaleDateString('en', { ...options, timeZone: 'UTC' })
const dayOfYear = (date: Date) =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000)
const week = (date: Date, sundays: number) => {
  const day = (date.getUTCDay() + 7 - sundays) % 7
  return two(Math.floor((dayOfYear(date) + 7 - day) / 7))
}

const parts: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => named(date, { weekday: 'short' }),
  A: (date) => named(date, { weekday: 'long' }),
  b: (date) => named(date, { month: 'short' }),
  B: (date) => named(date, { month: 'long' }),
  c: (date) => formatted(date, '%a %b %d %H:%M:%S %Y'),
  d: (date) => two(date.getUTCDate()),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  j: (date) => `${dayOfYear(date) + 1}`.padStart(3, '0'),
  m: (date) => two(date.getUTCMonth() + 1),
  M: (date) => two(date.getUTCMinutes()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  S: (date) => two(date.getUTCSeconds()),
  U: (date) => week(date, 0),
  w: (date) => `${date.getUTCDay()}`,
  W: (date) => week(date, 1),
  x: (date) => formatted(date, '%m/%d/%y'),
  X: (date) => formatted(date, '%H:%M:%S'),
  y: (date) => two(date.getUTCFullYear() % 100),
  Y: (date) => `${date.getUTCFullYear()}`,
  Z: () => 'UTC',
  '%': () => '%',
}

const formatted = (date: Date, format: string): string =>
  format.replace(/%(.)/gs, (whole, code: string) => parts[code]?.(date) ?? whole)

function formatTime(args: readonly Value[], { options }: Session): Value {
  const [seconds = options.now ?? ERROR, format = '%c'] = args
  if (typeof seconds !== 'bigint' || typeof format !== 'string') return ERROR
  const date = new Date(Number(seconds) * 1_000)
  return Number.isNaN(date.getTime()) ? ERROR : formatted(date, format)
}

export const times: Readonly<Record<string, Fn>> = {
  time: total(0, (_, { options }) => options.now ?? ERROR),
  interval: strict(1, ([seconds]) => (typeof seconds === 'bigint' ? interval(seconds) : ERROR)),
  formattime: strict([0, 2], formatTime),
}
