/**
 * Wasi: runs WASI preview 1 modules, each app in processes of its own.
 *
 * A child serves one app until it has been idle for a while or misbehaves; every run gets a fresh
 * instance. No child outlives the runner, and an idle worker has none. README.md says what makes
 * runs repeat exactly.
 */
import { createHash } from 'node:crypto'
import { type Job, moduleIn, type Outcome, type Runner } from './runner.ts'
import { openPool, type Settings, type Warm } from './wasi/pool.ts'

/** Opens a runner and starts its first child. */
export function openWasi(settings: Settings = {}): Runner {
  const pool = openPool(settings)
  return {
    appType: 'WASI',
    bounds: [],
    prepare: async () => undefined, // its bytes are at hand
    async run(job, signal) {
      signal.throwIfAborted()
      const program = keyOf(job)
      const warm = await pool.take(program)
      try {
        const outcome = await ask(warm, job, {
          program,
          signal: AbortSignal.any([signal, pool.closing]),
        })
        pool.giveBack(warm)
        return outcome
      } catch (error) {
        await pool.dismiss(warm)
        throw error
      }
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** The cap on memory is compiled into the program, so it is part of what a child holds. */
function keyOf({ app, limits }: Job): string {
  return `${createHash('sha256').update(moduleIn(app)).digest('hex')}:${limits.memoryBytes}`
}

async function ask(
  warm: Warm,
  { app, taskId: _, tell: __, ...order }: Job,
  { program, signal }: Readonly<{ program: string; signal: AbortSignal }>,
): Promise<Outcome> {
  const known = warm.program === program
  warm.program = program
  return await warm.sandbox.ask({ app: known ? undefined : moduleIn(app), order }, signal)
}
