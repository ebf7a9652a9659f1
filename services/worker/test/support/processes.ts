/** Services as they really run: processes of their own, known by what they log. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Line = Readonly<Record<string, unknown>> & { readonly event?: string }

export type Running = AsyncDisposable &
  Readonly<{
    child: ChildProcess
    lines: readonly Line[]
    /** The first line with this event, and with these fields, once it is there. */
    logged(event: string, fields?: Record<string, unknown>): Promise<Line>
    /** `kill -9`: resolves once the process is gone. */
    kill(): Promise<void>
  }>

/** Where Node keeps what it compiled, as the devnet tells it. */
const COMPILED = join(tmpdir(), 'node-compile-cache')

/** Starts `services/<service>/src/main.ts` with exactly this environment. */
export function startProcess(service: 'worker' | 'storage', env: Record<string, string>): Running {
  const main = fileURLToPath(new URL(`../../../${service}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, LOG_LEVEL: 'debug', NODE_COMPILE_CACHE: COMPILED, ...env },
  })
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  const ended = once(child, 'exit').finally(tell)
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line)
    tell()
  })
  function tell(): void {
    for (const look of waiting) look()
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  return {
    child,
    lines,
    logged(event, fields = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<Line>()
      const look = () => {
        const found = lines.find((line) => line.event === event && has(line, fields))
        if (found) resolve(found)
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`${service} ended without ${event}: ${JSON.stringify(lines.at(-1))}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
      return promise
    },
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

const has = (line: Line, fields: Record<string, unknown>) =>
  Object.entries(fields).every(([name, value]) => line[name] === value)
