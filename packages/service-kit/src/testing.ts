/** Testing: a real chain, a database of one's own, and a clock that tests own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError } from '@traboule/protocol'
import type { Clock } from './clock.ts'

export { freshDatabase } from './db/fresh.ts'

export type Anvil = AsyncDisposable & Readonly<{ rpcUrl: string; process: ChildProcess }>

export type AnvilOptions = Readonly<{
  chainId?: number
  /** Seconds between blocks; without it every transaction is mined at once. */
  blockTime?: number
  port?: number
  /** File that keeps the state across restarts. */
  state?: string
  args?: readonly string[]
}>

/** Starts anvil, on a free port unless one is named. Throws `port/taken`. Accounts are those of the well-known test mnemonic. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { chainId = 65_535, blockTime, port = 0, state, args = [] } = options
  const flags = ['--port', String(port), '--chain-id', String(chainId), '--hardfork', 'prague']
  if (blockTime !== undefined) flags.push('--block-time', String(blockTime), '--mixed-mining')
  if (state !== undefined) flags.push('--state', state, '--state-interval', '1')
  const child = spawn(anvilBinary(), [...flags, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-1_000)
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const listening = /Listening on (\S+:\d+)/.exec(line)
    if (listening) return running(child, `http://${listening[1]}`)
  }
  if (/address already in use/i.test(said))
    throw new AppError('port/taken', `Port ${port} is already in use.`, { port })
  throw new Error(`anvil ended before it was ready: ${said}`)
}

/** The binary itself: the package's own wrapper would be a second process to end. */
function anvilBinary(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const name = `@foundry-rs/anvil-${process.platform}-${arch}/package.json`
  return join(dirname(createRequire(import.meta.url).resolve(name)), 'bin', 'anvil')
}

function running(child: ChildProcess, rpcUrl: string): Anvil {
  child.stdout?.resume()
  return {
    rpcUrl,
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

export type VirtualClock = Clock & {
  /** Moves time, waking sleepers in order of their waking time. */
  pass(ms: number): Promise<void>
}

type Sleeper = { readonly at: number; readonly wake: () => void }

/** A clock that stands still until told otherwise. */
export function virtualClock(start = 0): VirtualClock {
  let now = start
  const sleepers: Sleeper[] = []
  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const sleeper = { at: now + ms, wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1)
          reject(signal.reason)
        })
      })
    },
    async pass(ms) {
      const end = now + ms
      await idle() // whoever is about to sleep shall sleep
      for (let next = earliest(sleepers, end); next; next = earliest(sleepers, end)) {
        now = next.at
        sleepers.splice(sleepers.indexOf(next), 1)
        next.wake()
        await idle()
      }
      now = end
    },
  }
}

const idle = () => new Promise((resolve) => setImmediate(resolve))

function earliest(sleepers: readonly Sleeper[], end: number): Sleeper | undefined {
  return sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
}
