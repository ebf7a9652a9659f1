/** Stop: Ctrl-C and SIGTERM, heard once and in order. */
import { AppError } from '@traboule/protocol'

export type Stop = Readonly<{
  /** Resolves when somebody asks to stop. */
  asked: Promise<void>
  /** Rejects when somebody asks to stop: to race with work. */
  rejected: Promise<never>
}>

/** Listens for the first request to stop; a second one ends the process at once. */
export function untilStopped(): Stop {
  const asked = Promise.withResolvers<void>()
  const rejected = Promise.withResolvers<never>()
  rejected.promise.catch(() => undefined)
  const hear = () => {
    asked.resolve()
    rejected.reject(new AppError('request/declined', 'Stopped before the job was done.'))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, hear)
  return { asked: asked.promise, rejected: rejected.promise }
}
