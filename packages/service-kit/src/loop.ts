/**
 * Loop: a step repeated until stopped.
 *
 * A failure that may pass is logged and tried again, slower each time. A bug is logged and, when it
 * happens five times in a row, ends the process's work by rejecting `done`.
 */
import { AppError } from '@traboule/protocol'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export type LoopOptions = Readonly<{
  name: string
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

export type Loop = AsyncDisposable & {
  /** Asks for the next step now instead of after `everyMs`. */
  nudge(): void
  /** Settles when the loop ends; rejects when it ended by a bug. */
  readonly done: Promise<void>
}

const BUGS_IN_A_ROW = 5
const SLOWEST_MS = 10_000

/** Starts repeating `step`. Disposing waits for the running step to end. */
export function startLoop(
  step: (signal: AbortSignal) => Promise<void>,
  options: LoopOptions,
): Loop {
  const own = new AbortController()
  const signal = AbortSignal.any([options.signal, own.signal])
  let wake = new AbortController()
  const rest = async (ms: number) => {
    const either = AbortSignal.any([signal, wake.signal])
    await options.clock.sleep(ms, either).catch(() => undefined)
    wake = new AbortController()
  }
  const done = repeat(step, rest, signal, options)
  done.catch(() => undefined) // told by whoever awaits `done`
  return {
    nudge: () => wake.abort(),
    done,
    async [Symbol.asyncDispose]() {
      own.abort(new Error(`${options.name} stopped`))
      await done.catch(() => undefined)
    },
  }
}

async function repeat(
  step: (signal: AbortSignal) => Promise<void>,
  rest: (ms: number) => Promise<void>,
  signal: AbortSignal,
  { name, everyMs, log }: LoopOptions,
): Promise<void> {
  let failures = 0
  let bugs = 0
  while (!signal.aborted) {
    try {
      await step(signal)
      failures = bugs = 0
    } catch (error) {
      if (signal.aborted) return
      const expected = error instanceof AppError
      failures++
      bugs = expected ? 0 : bugs + 1
      log[expected ? 'warn' : 'error'](`${name}.failed`, { error, failures })
      if (bugs >= BUGS_IN_A_ROW) throw error
    }
    if (signal.aborted) return
    await rest(failures === 0 ? everyMs : Math.min(everyMs * 2 ** failures, SLOWEST_MS))
  }
}
