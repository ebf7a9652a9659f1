/** Process: one run of bubblewrap, from before its program starts until its last process is gone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { AppError } from '@traboule/protocol'
import type { Printed } from '../printed.ts'
import type { Group } from './cgroup.ts'
import { descriptors } from './command.ts'

export type Launch = Readonly<{
  /** File of the filter of calls. */
  filter: string
  owner: Readonly<{ uid: number; gid: number }>
  group: Group | undefined
  printed: Printed
}>

export type Running = AsyncDisposable &
  Readonly<{
    /** The program's exit code, undefined where there is none; rejects with the signal's reason. */
    ended(signal: AbortSignal): Promise<number | undefined>
    /** Why there is no exit code: `app/not-startable` or `runner/crashed`. */
    failure(): AppError
    /** Asks the program to end, and waits a moment for it. */
    askToEnd(): Promise<void>
  }>

const GRACE_MS = 2_000
const TELLING = /"child-pid":\s*(\d+)/
const ENDING = /"exit-code":\s*(\d+)/

/** Starts a command in its group. Throws as `failure` says. */
export async function launch(command: readonly string[], how: Launch): Promise<Running> {
  const [program = '', ...args] = command
  await using filter = await open(how.filter)
  const child = spawn(program, args, {
    ...ownerOf(how),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe', filter.fd, 'pipe', 'pipe'],
  })
  // Once its streams are closed too, no process of the run is left.
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => child.pid === undefined && resolve())
  })
  const story = { text: '' }
  const [stdout, stderr, tale, wait] = [1, 2, descriptors.story, descriptors.wait].map(
    (at) => child.stdio[at],
  ) as [Readable, Readable, Readable, Writable] // as `stdio` above has them
  stdout.on('data', (bytes) => how.printed.take('stdout', bytes))
  stderr.on('data', (bytes) => how.printed.take('stderr', bytes))
  tale.on('data', (bytes) => {
    story.text += String(bytes).slice(0, 4_096)
  })
  for (const each of [tale, wait]) each.on('error', () => undefined) // the child's end tells why
  const running = runningOf(child, { gone, story, printed: how.printed })
  try {
    const pid = await firstProcess(child, { tale, gone, story, printed: how.printed })
    await how.group?.add(pid)
    wait.end('1')
    return running
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
}

/** Only root may become somebody else. */
const ownerOf = ({ owner }: Launch) => (process.getuid?.() === 0 ? owner : {})

type Known = Readonly<{ gone: Promise<void>; story: { text: string }; printed: Printed }>

async function firstProcess(
  child: ChildProcess,
  { tale, gone, story, printed }: Known & { tale: Readable },
): Promise<number> {
  let over = false
  void gone.then(() => {
    over = true
    tale.emit('data', '')
  })
  while (!TELLING.test(story.text)) {
    if (over) throw failed(child, printed)
    await once(tale, 'data')
  }
  return Number(TELLING.exec(story.text)?.[1])
}

function runningOf(child: ChildProcess, known: Known): Running {
  const { gone, story, printed } = known
  const pid = () => TELLING.exec(story.text)?.[1]
  return {
    async ended(signal) {
      await Promise.race([gone, aborted(signal)])
      const code = ENDING.exec(story.text)?.[1]
      return code === undefined ? undefined : Number(code)
    },
    failure: () => failed(child, printed),
    async askToEnd() {
      for (const each of await childrenOf(pid())) end(each, 'SIGTERM')
      using patience = timer(GRACE_MS)
      await Promise.race([gone, patience.over])
    },
    async [Symbol.asyncDispose]() {
      // The end of a namespace's first process is that of all in it. While it waits for its group
      // it does not yet end with its parent.
      if (child.exitCode === null && child.signalCode === null) end(Number(pid()), 'SIGKILL')
      child.kill('SIGKILL')
      await gone
    },
  }
}

function timer(ms: number): Disposable & { over: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const handle = setTimeout(resolve, ms)
  return { over: promise, [Symbol.dispose]: () => clearTimeout(handle) }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** The program is a child of the namespace's first process, which itself listens to nothing. */
async function childrenOf(pid: string | undefined): Promise<number[]> {
  if (pid === undefined) return []
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter(Boolean).map(Number)
}

function end(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid > 1) process.kill(pid, signal)
  } catch {} // it ended meanwhile
}

/** Ends what a worker that was killed left running on `folder`, and nothing else. */
export async function endLeft(folder: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const words = command.split('\u0000')
    if (words[0] === 'bwrap' && words.some((word) => word.startsWith(`${folder}/runs/`)))
      end(Number(pid), 'SIGKILL')
  }
}

/** Without an exit code no program ran: it is not in the image, or the confinement failed. */
function failed(child: ChildProcess, printed: Printed): AppError {
  const why = new TextDecoder().decode(printed.stderr()).trim().slice(0, 500)
  if (/^bwrap: execvp /m.test(why) || /^bwrap: Can't chdir to /m.test(why))
    return new AppError(
      'app/not-startable',
      'The program that the image names cannot be started.',
      {
        why,
      },
    )
  const ended = child.signalCode ?? child.exitCode
  return new AppError('runner/crashed', `The sandbox ended (${ended}): ${why}`, { why })
}
