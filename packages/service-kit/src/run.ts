/** Run: the life of a service process, from its settings to SIGTERM. */
import { once } from 'node:events'
import { z } from 'zod'
import { type Clock, systemClock } from './clock.ts'
import { createLog, type Level, type Log, levels } from './log.ts'

/** What every `start…` receives beside its settings. */
export type Context = Readonly<{ log: Log; signal: AbortSignal; clock: Clock }>

const GRACE_MS = 10_000
/** sysexits(3): restarting will not help. */
const EX_CONFIG = 78
/** sysexits(3): a restart may help. */
const EX_TEMPFAIL = 75

/** Reads settings from the environment, starts the service, and stops it on SIGINT or SIGTERM. */
export async function run<C extends z.ZodObject>(
  name: string,
  schema: C,
  start: (
    config: z.output<C>,
    context: Context,
  ) => Promise<AsyncDisposable & { readonly url?: string; readonly failed?: Promise<never> }>,
): Promise<void> {
  const log = createLog({ service: name }, { level: levelFrom(process.env.LOG_LEVEL) })
  const config = schema.safeParse(process.env)
  if (!config.success) {
    log.error('config.invalid', { problems: z.prettifyError(config.error) })
    process.exit(EX_CONFIG)
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error(signal)))
  try {
    await using service = await start(config.data, { log, signal: stop.signal, clock: systemClock })
    log.info('service.started', { url: service.url })
    const stopped = stop.signal.aborted ? undefined : once(stop.signal, 'abort')
    await Promise.race([stopped, service.failed ?? stopped])
    log.info('service.stopping')
    setTimeout(() => process.exit(1), GRACE_MS).unref()
  } catch (error) {
    log.error('service.failed', { error })
    process.exit(EX_TEMPFAIL)
  }
}

function levelFrom(text: string | undefined): Level | 'silent' {
  const known = [...levels, 'silent'] as const
  return known.find((level) => level === text) ?? 'info'
}
