/** Process: the market as an operator runs it, to be ended as cruelly as a test likes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type MarketProcess = AsyncDisposable &
  Readonly<{ url: string; kill(): Promise<void>; process: ChildProcess }>

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Starts the market and waits until it says where it is. */
export async function startProcess(env: Readonly<Record<string, string>>): Promise<MarketProcess> {
  const child = spawn(process.execPath, [main], {
    env: { ...env, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  const lines = []
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, url } = JSON.parse(line) as { event: string; url: string } // its own log
    lines.push(line)
    if (event !== 'service.started') continue
    child.stdout.resume()
    const kill = () => end('SIGKILL')
    return { url, process: child, kill, [Symbol.asyncDispose]: () => end('SIGTERM') }
  }
  throw new Error(`the market ended with ${child.exitCode}: ${lines.join('\n')}`)
}
