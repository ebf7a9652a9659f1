/** Engine: a container engine for one test run: the machine's own, or one that ends with the run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Engine = AsyncDisposable & Readonly<{ socketPath: string }>

const SYSTEM = '/var/run/docker.sock'

/** Undefined where there is no engine and none can be started: that takes root and `dockerd`. */
export async function startEngine(): Promise<Engine | undefined> {
  if (await answers(SYSTEM)) return { socketPath: SYSTEM, [Symbol.asyncDispose]: async () => {} }
  const program = programIn([...(process.env.PATH ?? '').split(':'), '/usr/sbin'])
  if (!program || process.getuid?.() !== 0) return undefined
  const home = mkdtempSync(join(tmpdir(), 'traboule-engine-'))
  const socketPath = join(home, 'engine.sock')
  writeFileSync(join(home, 'settings.json'), '{}')
  const args = argumentsFor(home, socketPath)
  const daemon = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const forget = () => daemon.kill('SIGKILL')
  process.once('exit', forget)
  await ready(daemon)
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      process.off('exit', forget)
      const ended = new Promise((resolve) => daemon.once('exit', resolve))
      daemon.kill('SIGTERM')
      await ended
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}

/** Nothing of the machine's own settings, and no change to its network. */
function argumentsFor(home: string, socketPath: string): string[] {
  const at = (name: string) => join(home, name)
  return [
    ...['--host', `unix://${socketPath}`, '--config-file', at('settings.json')],
    ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')],
    ...['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--log-level', 'info'],
  ]
}

async function ready({ stderr }: ChildProcess): Promise<void> {
  if (!stderr) throw new Error('the engine’s log is not piped')
  const said: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    said.push(line)
    if (!line.includes('API listen on')) continue
    stderr.resume()
    return
  }
  throw new Error(`dockerd did not start:\n${said.slice(-20).join('\n')}`)
}

function answers(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const agent = new Agent({ keepAlive: false })
    get({ socketPath, path: '/_ping', agent }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    }).once('error', () => resolve(false))
  })
}

function programIn(folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => join(folder, 'dockerd'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
