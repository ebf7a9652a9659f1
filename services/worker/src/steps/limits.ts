/**
 * Limits: what one task may use.
 *
 * Going past a limit is a result that workers must agree on, so limits are the same for all of
 * them: constants, the task's category, and two settings that a pool sets alike on its workers.
 */
import type { Task } from '@traboule/protocol'
import type { Config } from '../config.ts'
import type { Limits } from '../runners/runner.ts'

const MIB = 1_048_576

/** Largest app, dataset or input that a worker fetches, in bytes. */
export const OBJECT_BYTES = 64 * MIB

/** The reference time of the category is the most that a task may run. */
export function limitsOf(
  { timeRef }: Pick<Task.Task, 'timeRef'>,
  { WALL_MS, MEMORY_BYTES }: Pick<Config, 'WALL_MS' | 'MEMORY_BYTES'>,
): Limits {
  return {
    wallMs: Math.min(Number(timeRef) * 1_000, WALL_MS ?? Number.POSITIVE_INFINITY),
    memoryBytes: MEMORY_BYTES,
    outputBytes: 64 * MIB,
    outputFiles: 4_096,
    stdioBytes: MIB,
  }
}
