/**
 * Runner: the seam between a worker and the programs of strangers.
 *
 * A runner gets bytes that were already checked against the chain, and gives back what the program
 * wrote. It holds no key and reads no setting of the worker. `conformance.ts` says what every
 * runner promises.
 */
import type { Result } from '@traboule/protocol'
import type { Hex } from 'viem'
import type { Image } from '../images/reference.ts'
import type { Gpu } from '../machine/gpus.ts'

type Files = Result.Files

/** What a program may use. Going past one ends the task with the error named. */
export type Limits = Readonly<{
  /** Real time from start to end, in milliseconds: `app/timeout`. */
  wallMs: number
  /** The program's own memory, in bytes: `app/out-of-memory`. */
  memoryBytes: number
  /** Bytes of all output files together: `app/output-too-large`. */
  outputBytes: number
  /** Files and folders in the output together: `app/too-many-files`. */
  outputFiles: number
  /** Bytes of stdout and stderr together: `app/output-too-large`. */
  stdioBytes: number
}>

/** What is run: the bytes of a module, or an image that the runner fetches itself. */
export type App = Uint8Array | Image

/** One execution of one task. */
export type Job = Readonly<{
  taskId: Hex
  /** The program; the sha256 of its bytes, or its digest, is the app's checksum. */
  app: App
  /** Arguments after the program's own name, which for a module is always `app`. */
  args: readonly string[]
  /** The whole environment, but for what an image says of itself: nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** What `/iexec_in` holds, by path relative to it. Read-only. */
  inputs: Files
  /** What clocks show at start, in Unix seconds: the deal's start, so that workers agree. */
  clock: bigint
  /** What randomness is drawn from: the task id, so that workers agree. */
  seed: Hex
  limits: Limits
  /** Told how far the program says it is, in percent. */
  tell?: (percent: number) => void
  /** Lent to this run alone. */
  gpu?: Gpu
}>

/** What the program did. An exit code other than 0 is the program's answer, not an error. */
export type Outcome = Readonly<{
  exitCode: number
  /** What `/iexec_out` holds at the end, by path relative to it. */
  files: Files
  stdout: Uint8Array
  stderr: Uint8Array
  /** Real time the program ran, in milliseconds. Differs between machines: never digest it. */
  runMs: number
}>

/** How an app that is fetched is waited for. */
export type Waiting = Readonly<{
  /** Told how much of it came, in percent. */
  tell(percent: number): void
  signal: AbortSignal
}>

export type Runner = AsyncDisposable & {
  /** The app type on chain that this runner takes. */
  readonly appType: 'WASI' | 'DOCKER'
  /** Which promises it cannot keep on this machine, in words for its operator. */
  readonly bounds: readonly string[]
  /**
   * Makes an app ready to run, whose time this is not. Rejects with `image/…`, `registry/…` or
   * `runner/…`, and with the signal's reason.
   */
  prepare(app: App, waiting: Waiting): Promise<void>
  /**
   * Runs a job to its end. Rejects with an AppError `app/…` when the program broke a rule, with
   * `runner/crashed` when the sandbox did, and with the signal's reason when aborted.
   */
  run(job: Job, signal: AbortSignal): Promise<Outcome>
}

/** The bytes of a module. Worker and runner disagree about a kind of app if there are none: a bug. */
export function moduleIn(app: App): Uint8Array {
  if (app instanceof Uint8Array) return app
  throw new Error('an image was given to a runner of modules')
}

/** The image of an app. */
export function imageIn(app: App): Image {
  if (!(app instanceof Uint8Array)) return app
  throw new Error('a module was given to a runner of images')
}
