/** The command with surroundings of its own, so that tests run side by side. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { execute } from '../src/index.ts'

export type Ended = Readonly<{ status: number | null; stdout: string; stderr: string }>
export type Given = Readonly<{
  cwd: string
  env?: Readonly<Record<string, string>>
  /** What is piped in. */
  input?: string
}>

/** Runs `traboule` with these words, apart from the tester's own wallets. */
export async function traboule(words: readonly string[], given: Given): Promise<Ended> {
  const { cwd, env = {}, input = '' } = given
  const [stdin, stdout, stderr] = [Readable.from([input]), gathering(), gathering()]
  const { signal } = new AbortController()
  const at = { cwd, env, home: join(cwd, 'home'), stdin, stdout, stderr, signal }
  const status = await execute(words, at)
  return { status, stdout: stdout.text(), stderr: stderr.text() }
}

function gathering() {
  const chunks: string[] = []
  const write = (chunk: Buffer, _: string, done: () => void) => {
    chunks.push(chunk.toString())
    done()
  }
  return Object.assign(new Writable({ write }), { text: () => chunks.join('') })
}

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')

/** The same as users start it: a process of its own. */
export async function trabouleProcess(words: readonly string[], cwd: string): Promise<Ended> {
  const env = { PATH: process.env.PATH, TRABOULE_HOME: join(cwd, 'home') }
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, env })
  const [out, err] = [Array.fromAsync(child.stdout), Array.fromAsync(child.stderr)]
  child.stdin.end()
  const [status] = await once(child, 'close')
  return { status, stdout: (await out).join(''), stderr: (await err).join('') }
}

/** A folder that is gone afterwards. */
export async function openFolder(): Promise<AsyncDisposable & Readonly<{ path: string }>> {
  const path = await mkdtemp(join(tmpdir(), 'traboule-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
