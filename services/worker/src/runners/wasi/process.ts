/** Process: one child as the worker sees it. Nothing the child says is trusted. */
import { type ChildProcess, type Serializable, spawn } from 'node:child_process'
import { once } from 'node:events'
import { parse } from 'node:path'
import { AppError, isErrorCode } from '@traboule/protocol'
import { z } from 'zod'
import type { Limits, Outcome } from '../runner.ts'
import type { Question } from './child.ts'

const HERE = import.meta.dirname

/** Growth of a table answers -1 past this, on every machine. */
const MAX_TABLE = 1_000_000
/** The child's own heap, in MiB; programs live outside it. */
const HEAP_MIB = 128

const flags = [
  '--permission',
  `--allow-fs-read=${HERE}`,
  '--allow-worker',
  '--disallow-code-generation-from-strings',
  '--no-warnings',
  `--max-old-space-size=${HEAP_MIB}`,
  `--wasm-max-table-size=${MAX_TABLE}`,
]

export type Sandbox = AsyncDisposable & {
  /** False once the child is known to have ended. */
  readonly usable: boolean
  /** Asks the child; rejects when it breaks a rule, dies, takes too long, or the signal aborts. */
  ask(question: Question, signal: AbortSignal): Promise<Outcome>
}

/** Starts a child and waits until it listens. */
export async function startSandbox(signal: AbortSignal): Promise<Sandbox> {
  signal.throwIfAborted()
  const child = spawn(process.execPath, [...flags, `${HERE}/child.ts`], {
    cwd: parse(HERE).root,
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    // Whoever listens for an answer learns of the error too; without a process there is no exit.
    child.on('error', () => child.pid === undefined && resolve())
  })
  const sandbox: Sandbox = {
    get usable() {
      return child.connected && child.exitCode === null && child.signalCode === null
    },
    ask: (question, until) => ask(child, question, until),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await gone
    },
  }
  try {
    await hear(child, signal)
    return sandbox
  } catch (error) {
    await sandbox[Symbol.asyncDispose]()
    throw error
  }
}

/** Starts the clock when the question leaves: a program's time includes compiling it. */
async function ask(child: ChildProcess, question: Question, signal: AbortSignal): Promise<Outcome> {
  const { limits } = question.order
  const late = AbortSignal.timeout(limits.wallMs)
  const heard = hear(child, AbortSignal.any([signal, late]))
  // A child that ended before it was asked is noticed by the channel only.
  child.send(question as Serializable, (error) => error && child.emit('error', error))
  try {
    return read(await heard, limits)
  } catch (error) {
    if (signal.aborted || error !== late.reason) throw error
    throw new AppError('app/timeout', `The app ran longer than ${limits.wallMs} ms.`, { ...limits })
  }
}

/** The child's next message. Rejects with the signal's reason, or when the child ends. */
async function hear(child: ChildProcess, signal: AbortSignal): Promise<unknown> {
  const own = new AbortController()
  const options = { signal: AbortSignal.any([signal, own.signal]) }
  try {
    const ended = once(child, 'exit', options).then(([code, name]) => {
      throw crashed(`The sandbox ended: ${name ?? code}.`)
    })
    const [message] = await Promise.race([once(child, 'message', options), ended])
    return message
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw error instanceof AppError ? error : crashed('The sandbox cannot be reached.', error)
  } finally {
    own.abort()
  }
}

const bytes = z.instanceof(Uint8Array)
const path = z
  .string()
  .max(4_096)
  .refine((text) => !text.split('/').some((name) => ['', '.', '..'].includes(name)))

const answer = z.union([
  z.object({
    outcome: z.object({
      exitCode: z.number().int(),
      files: z.map(path, bytes),
      stdout: bytes,
      stderr: bytes,
      runMs: z.number(),
    }),
  }),
  z.object({
    fault: z.object({
      code: z.string().startsWith('app/').refine(isErrorCode),
      message: z.string().max(4_096),
      details: z.record(z.string(), z.unknown()),
    }),
  }),
])

/** Checks the limits again: only a child that was taken over could break them here. */
function read(message: unknown, limits: Limits): Outcome {
  const parsed = answer.safeParse(message)
  if (!parsed.success) throw crashed('The sandbox answered something else.')
  if ('fault' in parsed.data) {
    const { code, message: sentence, details } = parsed.data.fault
    throw new AppError(code, sentence, details)
  }
  const { outcome } = parsed.data
  const size = [...outcome.files.values()].reduce((sum, file) => sum + file.length, 0)
  if (
    size > limits.outputBytes ||
    outcome.files.size > limits.outputFiles ||
    outcome.stdout.length + outcome.stderr.length > limits.stdioBytes
  )
    throw crashed('The sandbox answered more than its limits.')
  return outcome
}

function crashed(sentence: string, cause?: unknown): AppError {
  return new AppError('runner/crashed', sentence, {}, cause)
}
