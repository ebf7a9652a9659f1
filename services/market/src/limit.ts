/** Limit: so many requests a minute from one address, told in the headers of every answer. */
import { AppError } from '@traboule/protocol'
import type { Clock } from '@traboule/service-kit'
import type { MiddlewareHandler } from 'hono'

const WINDOW_MS = 60_000
/** Addresses remembered at once; the oldest are forgotten first. */
const REMEMBERED = 50_000

export type LimitOptions = Readonly<{
  /** Requests a minute; 0 for no limit. */
  most: number
  clock: Clock
  /** Who asks, as an address. */
  addressOf(request: Parameters<MiddlewareHandler>[0]): string
}>

type Bucket = { left: number; at: number }

/** A bucket an address, refilled evenly. Answers 429 with `retry-after` when it is empty. */
export function limit({ most, clock, addressOf }: LimitOptions): MiddlewareHandler {
  const buckets = new Map<string, Bucket>()
  const perMs = most / WINDOW_MS
  return async (call, next) => {
    if (most === 0) return next()
    const address = addressOf(call)
    const now = clock.now()
    const before = buckets.get(address) ?? { left: most, at: now }
    const left = Math.min(most, before.left + (now - before.at) * perMs)
    buckets.delete(address) // so that the map stays in order of last use
    buckets.set(address, { left: Math.max(0, left - 1), at: now })
    if (buckets.size > REMEMBERED) buckets.delete(buckets.keys().next().value ?? '')
    call.header('ratelimit-limit', String(most))
    call.header('ratelimit-remaining', String(Math.max(0, Math.floor(left - 1))))
    call.header('ratelimit-reset', String(Math.ceil((most - left + 1) / perMs / 1_000)))
    if (left >= 1) return next()
    const seconds = Math.max(1, Math.ceil((1 - left) / perMs / 1_000))
    call.header('retry-after', String(seconds))
    throw new AppError('request/too-many', 'Too many requests, please try again later.', {
      mostPerMinute: most,
      retryAfterSeconds: seconds,
    })
  }
}
