/** Processes: parts of the devnet that run on their own, started and stopped from here. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { AppError } from '@traboule/protocol'

export type Part = AsyncDisposable &
  Readonly<{
    name: string
    process: ChildProcess
    /** Where it listens, when it does. */
    url: string | undefined
    /** Tells each line of its log, parsed, until what it gives is called. */
    onLog(listen: (line: Line) => void): () => void
  }>

export type Line = Readonly<Record<string, unknown>> & { readonly event?: string }

export type PartOptions = Readonly<{
  /** Name of the service: its `main.ts` is what runs. */
  service: 'market' | 'scheduler' | 'worker' | 'storage' | 'sms'
  name: string
  env: Readonly<Record<string, string>>
  /** Its log is appended here. */
  logFile: string
}>

/** Where Node keeps what it compiled: a part starts faster and 20 MB smaller the second time. */
const COMPILED = join(tmpdir(), 'node-compile-cache')

/** Starts a service and waits until it says that it is ready. Throws `service/not-started`. */
export async function startPart({ service, name, env, logFile }: PartOptions): Promise<Part> {
  const main = fileURLToPath(import.meta.resolve(`@traboule/${service}/main`))
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILED, ...env },
  })
  const file = createWriteStream(logFile, { flags: 'a' })
  child.stderr.pipe(file)
  const listeners = new Set<(line: Line) => void>()
  const lines: string[] = []
  const ready = Promise.withResolvers<Line>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    file.write(`${text}\n`)
    const line = parse(text)
    lines.push(text)
    if (lines.length > 20) lines.shift()
    for (const listen of listeners) listen(line)
    if (line.event === 'service.started') ready.resolve(line)
  })
  // Not "exit": what it said last is read after that.
  child.once('close', (code, signal) => {
    file.end()
    const last = lines.at(-1)?.slice(0, 500)
    const sentence = `${name} ended (${signal ?? code}) before it was ready.`
    ready.reject(new AppError('service/not-started', sentence, { logFile, last }))
  })
  const started = await ready.promise
  return {
    name,
    process: child,
    url: typeof started.url === 'string' ? started.url : undefined,
    onLog(listen) {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    [Symbol.asyncDispose]: () => stop(child),
  }
}

/** Asks politely, then insists. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const insist = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(insist)
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line // our own services write JSON objects
  } catch {
    return {}
  }
}
