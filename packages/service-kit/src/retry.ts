/** Retry: again and again while it may help, slower each time. */
import { AppError } from '@traboule/protocol'
import type { Clock } from './clock.ts'

export type RetryOptions = Readonly<{
  clock: Clock
  signal?: AbortSignal
  /** How many times at most, the first included. */
  tries?: number
  /** Milliseconds before the second try; doubles each time up to `mostMs`. */
  firstMs?: number
  mostMs?: number
}>

/** Runs `attempt` until it succeeds, fails for good, or the tries are used up. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, tries = 5, firstMs = 100, mostMs = 5_000 } = options
  for (let n = 1; ; n++) {
    try {
      return await attempt()
    } catch (error) {
      if (n >= tries || !mayHelp(error) || signal?.aborted) throw error
      await clock.sleep(Math.min(firstMs * 2 ** (n - 1), mostMs), signal)
    }
  }
}

/** Whether the same call may succeed later. */
export function mayHelp(error: unknown): boolean {
  return error instanceof AppError && error.retry
}
