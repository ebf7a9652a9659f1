/** Carry out: one step of one task, and what to do when it fails. */
import { AppError } from '@traboule/protocol'
import { mayHelp } from '@traboule/service-kit/process'
import type { TransactionReceipt } from 'viem'
import type { Parts } from '../parts.ts'
import { compute } from '../steps/compute.ts'
import { contribute } from '../steps/contribute.ts'
import { reveal } from '../steps/reveal.ts'
import { upload } from '../steps/upload.ts'
import type { Entry } from './entry.ts'
import { giveBack } from './lease.ts'
import type { Step } from './next.ts'

/** Percents that a phase must have moved on to be news. */
const WORTH_TELLING = 10

export type Action = Exclude<Step, 'wait' | 'over'>

const SLOWEST_MS = 10_000
/** How often a computation is tried; the other steps are tried for as long as they are due. */
const TRIES = 6

/** Carries out `action`. Resolves with whether the task should be dropped. */
export async function carryOut(
  entry: Entry,
  action: Action,
  parts: Parts,
  signal: AbortSignal,
): Promise<'keep' | 'drop'> {
  const own = new AbortController()
  entry.busy = own
  try {
    await perform(entry, action, parts, AbortSignal.any([signal, own.signal]))
    entry.failures = 0
    return 'keep'
  } catch (error) {
    if (signal.aborted || own.signal.aborted) return 'keep' // what comes next is decided anew
    return await recover(entry, action, error, parts)
  } finally {
    entry.busy = undefined
    entry.stale = true
  }
}

async function perform(entry: Entry, action: Action, parts: Parts, signal: AbortSignal) {
  switch (action) {
    case 'compute':
      entry.held = await compute(
        entry.held,
        parts,
        (phase, percent) => enter(entry, phase, percent),
        signal,
      )
      return
    case 'contribute':
      return contributed(entry, await contribute(entry.held, parts), parts)
    case 'reveal':
      return mined(entry, 'task.revealed', await reveal(entry.held, parts), parts)
    case 'upload':
      if (!entry.facts) return
      await upload(entry.held, entry.facts.task, parts, signal)
      entry.uploaded = true
  }
}

/** A new phase is told at once, and so is a good part of one: people watch it. */
function enter(entry: Entry, phase: Entry['phase'], percent?: number): void {
  const moved = Math.abs((percent ?? 0) - (entry.percent ?? 0)) >= WORTH_TELLING
  if (entry.phase === phase && !moved) return
  entry.phase = phase
  entry.percent = percent
  if (entry.renewAt !== undefined) entry.renewAt = 0
}

function contributed(entry: Entry, receipt: TransactionReceipt | undefined, parts: Parts): void {
  entry.handedIn = !receipt
  if (receipt) mined(entry, 'task.contributed', receipt, parts)
  else parts.log.info('task.contributed', { taskId: entry.held.lease.taskId, sender: 'scheduler' })
}

function mined(entry: Entry, event: string, receipt: TransactionReceipt, { log }: Parts): void {
  const { blockNumber, gasUsed } = receipt
  entry.notBefore = blockNumber
  log.info(event, { taskId: entry.held.lease.taskId, blockNumber, gasUsed })
}

async function recover(
  entry: Entry,
  action: Action,
  error: unknown,
  parts: Parts,
): Promise<'keep' | 'drop'> {
  const { log, clock, config } = parts
  const { taskId, leaseId } = entry.held.lease
  const expected = error instanceof AppError
  entry.failures++
  entry.againAt = clock.now() + Math.min(config.POLL_MS * 2 ** (entry.failures - 1), SLOWEST_MS)
  log[expected ? 'warn' : 'error'](`task.${action}-failed`, {
    taskId,
    error,
    failures: entry.failures,
  })
  if (action !== 'compute' || (mayPass(error) && entry.failures < TRIES)) return 'keep'
  const reason = expected ? error : new AppError('service/bug', 'The worker failed.', {}, error)
  await giveBack(leaseId, reason, parts)
  return 'drop'
}

/** An object may be on its way to storage while the task that needs it has started. */
function mayPass(error: unknown): boolean {
  return mayHelp(error) || (error instanceof AppError && error.code === 'object/unknown')
}
