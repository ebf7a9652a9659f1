/** Pool: children that are ready, so that a run does not wait for a process to start. */
import { AppError } from '@traboule/protocol'
import { type Sandbox, startSandbox } from './process.ts'

export type Settings = Readonly<{
  /** How long children wait for more work before they end, in milliseconds. */
  idleMs?: number
  /** Children kept for the apps that ran last. Where several apps run, one more waits for the next. */
  keep?: number
}>

/** A child, and the program it holds once it has one. */
export type Warm = { readonly sandbox: Sandbox; readonly gone: () => void; program?: string }

export type Pool = AsyncDisposable & {
  /** A child that holds this program, or none yet. */
  take(program: string): Promise<Warm>
  /** For a child that ended its run well. */
  giveBack(warm: Warm): void
  /** For every other child. */
  dismiss(warm: Warm): Promise<void>
  /** Aborts when the pool closes. */
  readonly closing: AbortSignal
}

/** Opens a pool and starts its first child. */
export function openPool({ idleMs = 10_000, keep = 2 }: Settings): Pool {
  const closing = new AbortController()
  const idle: Warm[] = []
  const programs = new Set<string>()
  const alive = new Set<Promise<Sandbox>>()
  let spare: Promise<Warm> | undefined
  let timer: NodeJS.Timeout | undefined

  const start = async (): Promise<Warm> => {
    const sandbox = startSandbox(closing.signal)
    alive.add(sandbox)
    sandbox.catch(() => alive.delete(sandbox))
    return { sandbox: await sandbox, gone: () => alive.delete(sandbox) }
  }
  const prepareSpare = (): void => {
    spare ??= start()
    spare.catch(() => {
      spare = undefined // the job that needs it will meet the failure itself
    })
  }
  const takeSpare = async (): Promise<Warm> => {
    const waiting = spare
    spare = undefined
    const taken = await waiting
    return taken?.sandbox.usable ? taken : await start()
  }
  const empty = (): void => {
    for (const warm of idle.splice(0)) void dismiss(warm)
    void spare?.then(dismiss, () => undefined)
    spare = undefined
    programs.clear()
  }
  const rest = (): void => {
    clearTimeout(timer)
    if (!closing.signal.aborted) timer = setTimeout(empty, idleMs).unref()
  }

  prepareSpare()
  rest()
  return {
    closing: closing.signal,
    async take(program) {
      clearTimeout(timer)
      const at = idle.findLastIndex((warm) => warm.program === program && warm.sandbox.usable)
      const warm = idle.splice(at, at === -1 ? 0 : 1)[0] ?? (await takeSpare())
      if (programs.add(program).size > 1) prepareSpare()
      return warm
    },
    giveBack(warm) {
      idle.push(warm)
      for (const old of idle.splice(0, Math.max(0, idle.length - keep))) void dismiss(old)
      rest()
    },
    async dismiss(warm) {
      await dismiss(warm)
      rest()
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new AppError('runner/crashed', 'The runner is closed.'))
      clearTimeout(timer)
      for (const it of await Promise.allSettled(alive))
        if (it.status === 'fulfilled') await it.value[Symbol.asyncDispose]()
    },
  }
}

async function dismiss({ sandbox, gone }: Warm): Promise<void> {
  await sandbox[Symbol.asyncDispose]()
  gone()
}
