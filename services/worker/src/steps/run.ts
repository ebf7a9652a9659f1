/**
 * Run: from a job to an output, which every honest worker gets alike.
 *
 * An app that fails gives an output too, one that names the failure: the requester learns the cause
 * and the workers, who agree on it, are paid. What goes into its digest is only the code; messages
 * of engines differ between versions and stay in stderr.txt.
 */
import { AppError, type Deal, Result, row } from '@traboule/protocol'
import type { Job, Outcome, Runner } from '../runners/runner.ts'

type Files = Result.Files

/** What a task gave: the files that count, and beside them what the app printed. */
export type Output = Readonly<{
  files: Files
  printed: Files
  /** Undefined where the app was stopped before it ended. */
  exitCode: number | undefined
}>

/** Throws what is not the app's doing: `runner/crashed`, or the signal's reason. */
export async function run(
  runner: Runner,
  job: Job,
  deal: Deal.Deal,
  signal: AbortSignal,
): Promise<Output> {
  try {
    return outputOf(await runner.run(job, signal), deal)
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('app/')) return failure(error, new Map())
    throw error
  }
}

function outputOf(outcome: Outcome, deal: Deal.Deal): Output {
  const { exitCode, files, stdout, stderr } = outcome
  const printed = new Map(
    Object.entries({ 'stdout.txt': stdout, 'stderr.txt': stderr }).filter(
      ([, { length }]) => length > 0,
    ),
  )
  if (exitCode !== 0) {
    const sentence = `The app ended with exit code ${exitCode}.`
    return { ...failure(new AppError('app/exited', sentence, { exitCode }), printed), exitCode }
  }
  try {
    Result.digestOf(files, deal)
    return { files, printed, exitCode }
  } catch (error) {
    if (error instanceof AppError && error.code === 'result/malformed')
      return { ...failure(error, printed), exitCode }
    throw error
  }
}

function failure(error: AppError, printed: Files): Output {
  const before = printed.get('stderr.txt') ?? new Uint8Array()
  const said = Buffer.concat([before, Buffer.from(`${error.message}\n`)])
  return {
    files: Result.failure(error.code, row(error.code).hint),
    printed: new Map([...printed, ['stderr.txt', new Uint8Array(said)]]),
    exitCode: undefined,
  }
}
