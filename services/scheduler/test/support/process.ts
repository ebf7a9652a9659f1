/** Process: the scheduler as it runs in production, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Line } from './scheduler.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export type Running = AsyncDisposable &
  Readonly<{
    process: ChildProcess
    /** Resolves with the first line of this event, past or future. */
    said(event: string, test?: (line: Line) => boolean): Promise<Line>
    url: Promise<string>
    /** As the machine's own failure would: no handler runs. */
    kill(): Promise<void>
  }>

export function spawnScheduler(env: Record<string, string>): Running {
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, LOG_LEVEL: 'debug', ...env },
  })
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (process.env.LOG_LEVEL) process.stderr.write(`${text}\n`)
    lines.push(JSON.parse(text) as Line) // our own log
    for (const look of waiting) look()
  })
  const said = (event: string, test: (line: Line) => boolean = () => true) =>
    new Promise<Line>((resolve) => {
      const look = () => {
        const line = lines.find((each) => each.event === event && test(each))
        if (!line) return
        waiting.delete(look)
        resolve(line)
      }
      waiting.add(look)
      look()
    })
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return {
    process: child,
    said,
    url: said('service.started').then((line) => String(line.url)),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}
