/** Logs: what the app printed, told to the scheduler for the task's requester. */
import { AppError } from '@traboule/protocol'
import { LOG_CHARACTERS } from '@traboule/protocol/api'
import type { Parts } from '../parts.ts'
import type { Output } from '../steps/run.ts'
import type { Held } from './held.ts'

const PATIENCE_MS = 2_000

/** Nobody is paid for logs: a scheduler that does not take them now never gets them. */
export async function tell({ lease }: Held, output: Output, parts: Parts): Promise<void> {
  const { scheduler, log } = parts
  const { leaseId, taskId } = lease
  const { printed, exitCode } = output
  const body = {
    stdout: endOf(printed.get('stdout.txt')),
    stderr: endOf(printed.get('stderr.txt')),
    ...(exitCode !== undefined && { exitCode }),
  }
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    await scheduler.keepLogs({ params: { leaseId }, body }, signal)
  } catch (error) {
    if (!(error instanceof AppError) && !isTimeout(error)) throw error
    log.warn('task.logs-not-kept', { taskId, leaseId, error })
  }
}

/** Programs say at the end why they ended. */
function endOf(bytes: Uint8Array = new Uint8Array()): string {
  return new TextDecoder().decode(bytes.subarray(-LOG_CHARACTERS))
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError'
