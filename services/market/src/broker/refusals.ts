/** Refusals: choices that the chain refused are left alone for a while, longer each time. */
import type { Clock } from '@traboule/service-kit'

export type Refusals = Readonly<{
  /** Leaves a choice alone: the chain will not change its mind at once. */
  rest(name: string): void
  forget(name: string): void
  /** Those to leave alone now. */
  resting(): ReadonlySet<string>
}>

type Refusal = Readonly<{ until: number; restMs: number }>

/** How long a choice is left alone, at first and at most. */
const [REST_MS, LONGEST_REST_MS] = [2_000, 300_000]

/** Nothing is refused yet. */
export function openRefusals(clock: Clock): Refusals {
  const refusals = new Map<string, Refusal>()
  return {
    rest(name) {
      const restMs = Math.min((refusals.get(name)?.restMs ?? REST_MS / 2) * 2, LONGEST_REST_MS)
      refusals.set(name, { restMs, until: clock.now() + restMs })
    },
    forget: (name) => void refusals.delete(name),
    resting() {
      const now = clock.now()
      for (const [name, { until, restMs }] of refusals)
        if (now > until + restMs) refusals.delete(name)
      return new Set([...refusals].filter(([, { until }]) => until > now).map(([name]) => name))
    },
  }
}
