/** Health: whether the pool is being looked after, for whoever restarts or routes. */
import type { Clock } from '@traboule/service-kit'
import type { Hono } from 'hono'

export type HealthOptions = Readonly<{
  /** Milliseconds since 1970 when every task was last decided upon. */
  lastMs(): number
  clock: Clock
}>

/** Longest time between two decisions while all is well: two slow answers of the chain. */
const STALE_MS = 20_000

/** Adds `GET /health/ready`: 503 when no decision was possible for some time. */
export function serveHealth(app: Hono, { lastMs, clock }: HealthOptions): void {
  app.get('/health/ready', (call) => {
    const idleMs = clock.now() - lastMs()
    return call.json({ ok: idleMs < STALE_MS, idleMs }, idleMs < STALE_MS ? 200 : 503)
  })
}
