/**
 * Upload: one winner gives the result to storage.
 *
 * All winners hold the same result and nobody commands them: the first among the contributors
 * uploads at once, the others wait their turn and look whether it is still needed.
 */
import { AppError, type Task } from '@traboule/protocol'
import type { Hex } from 'viem'
import { readContribution } from '../chain.ts'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'

/** Resolves once storage has the task's result, whoever gave it. */
export async function upload(
  { lease }: Held,
  task: Task.Task,
  parts: Parts,
  signal: AbortSignal,
): Promise<void> {
  const { taskId } = lease
  const { storage, clock, config, shelf, log } = parts
  const rank = await rankOf(task, parts)
  if (rank > 0) await clock.sleep(rank * config.UPLOAD_STEP_MS, signal)
  if (await isStored(taskId, parts, signal)) return
  const { cid, size } = await storage.putResult(
    { params: { taskId }, body: await shelf.result(taskId) },
    signal,
  )
  log.info('task.uploaded', { taskId, cid, size, rank })
}

/** How many winners contributed before this worker. */
async function rankOf(task: Task.Task, parts: Parts): Promise<number> {
  const others = task.contributors.slice(0, task.contributors.indexOf(parts.account.address))
  const before = await Promise.all(
    others.map((worker) => readContribution(parts, task.taskId, worker)),
  )
  return before.filter(({ resultHash }) => resultHash === task.consensusValue).length
}

async function isStored(taskId: Hex, { storage }: Parts, signal: AbortSignal): Promise<boolean> {
  try {
    await storage.result({ params: { taskId } }, signal)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'result/unknown') return false
    throw error
  }
}
