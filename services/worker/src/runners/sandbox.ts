/**
 * Sandbox: runs images without an engine: unpacked once, then each run a process in namespaces of
 * its own. Starting one takes milliseconds.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '@traboule/protocol'
import type { Clock, Log } from '@traboule/service-kit/process'
import type { Credentials } from '../images/credentials.ts'
import { processOf } from '../images/start.ts'
import { openStore } from '../images/store.ts'
import { PROCESSES } from './docker/container.ts'
import { outcomeOf } from './ending.ts'
import { openPlaces, owner, type Place, UNBOUNDED, watch } from './places.ts'
import { openPrinted } from './printed.ts'
import { imageIn, type Job, type Limits, type Outcome, type Runner } from './runner.ts'
import { type Group, type Groups, openGroups } from './sandbox/cgroup.ts'
import { commandOf } from './sandbox/command.ts'
import { leaveNoCores, probe } from './sandbox/probe.ts'
import { endLeft, launch, type Running } from './sandbox/process.ts'
import { filterFor } from './sandbox/seccomp.ts'

export type SandboxOptions = Readonly<{
  folder: string
  credentials: Credentials
  imageBytes: number
  cpus: number
  clock: Pick<Clock, 'now'>
  log: Log
}>

/** Throws `runner/unavailable` where bubblewrap is missing or may not confine. */
export async function openSandbox(options: SandboxOptions): Promise<Runner> {
  await using stack = new AsyncDisposableStack()
  const folder = resolve(options.folder)
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const filter = await keepFilter(folder)
  await probe(folder, filter)
  await leaveNoCores()
  await endLeft(folder)
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const groups = await openGroups(name)
  if (groups) stack.use(groups)
  const places = stack.use(await openPlaces(join(folder, 'runs')))
  const closing = new AbortController()
  const store = stack.use(
    await openStore({ ...options, folder: join(folder, 'images'), signal: closing.signal }),
  )
  const running = new Set<Promise<unknown>>()
  stack.defer(async () => {
    closing.abort(new AppError('runner/crashed', 'The runner is closed.'))
    await Promise.allSettled(running)
  })
  const inGroup = groupsByPlace(groups, options.cpus)
  const own = {
    memory: !groups?.bounded.includes('memory'),
    processes: !groups?.bounded.includes('processes'),
  }

  async function run(job: Job, signal: AbortSignal): Promise<Outcome> {
    await using image = await store.take(imageIn(job.app), { tell: () => undefined, signal })
    const process = processOf(image.start, job)
    const place = await places.take(job.inputs, job.limits)
    try {
      const group = await inGroup(place, job.limits)
      const devices = job.gpu?.files ?? []
      const { limits } = job
      const command = commandOf({ process, root: image.root, place, limits, own, devices })
      return await runIn(place, command, {
        ...{ limits, tell: job.tell, filter, group, signal },
        bounded: places.bounded,
      })
    } finally {
      await places.giveBack(place)
    }
  }

  const resources = stack.move()
  return {
    appType: 'DOCKER',
    bounds: boundsOf(groups, places.bounded),
    async prepare(app, waiting) {
      await using _image = await store.take(imageIn(app), waiting)
    },
    async run(job, signal) {
      signal.throwIfAborted()
      const ran = run(job, AbortSignal.any([signal, closing.signal]))
      running.add(ran)
      return await ran.finally(() => running.delete(ran))
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

type Run = Readonly<{
  limits: Limits
  tell: Job['tell']
  filter: string
  group: Group | undefined
  bounded: boolean
  signal: AbortSignal
}>

async function runIn(place: Place, command: readonly string[], run: Run): Promise<Outcome> {
  const { limits, tell, filter, group, bounded, signal } = run
  const before = await group?.killed()
  const printed = openPrinted(limits.stdioBytes, tell)
  await using started = await launch(command, { filter, owner: owner(), group, printed })
  using looking = bounded ? undefined : watch(place, limits)
  const over = [printed.overflow, ...(looking ? [looking.over] : [])]
  const { exitCode, runMs } = await within(started, limits, [signal, ...over])
  const outOfMemory = before !== undefined && before !== (await group?.killed())
  // What has no exit code ended with its sandbox, which may have been for want of memory.
  if (exitCode === undefined && !outOfMemory) throw started.failure()
  const end = { exitCode: exitCode ?? KILLED, outOfMemory, printed, place, limits, runMs }
  return await outcomeOf(end)
}

/** As shells have it: 128 and the signal's number. */
const KILLED = 137

/** The exit code, or why the run was ended. A program past its time is first asked to end. */
async function within(
  running: Running,
  { wallMs }: Limits,
  signals: readonly AbortSignal[],
): Promise<{ exitCode: number | undefined; runMs: number }> {
  const startedMs = performance.now()
  const late = AbortSignal.timeout(wallMs)
  const until = AbortSignal.any([...signals, late])
  try {
    const exitCode = await running.ended(until)
    return { exitCode, runMs: performance.now() - startedMs }
  } catch (error) {
    if (!late.aborted || until.reason !== late.reason) throw error
    await running.askToEnd()
    throw new AppError('app/timeout', `The app ran longer than ${wallMs} ms.`, { wallMs })
  }
}

function groupsByPlace(groups: Groups | undefined, cpus: number) {
  const known = new Map<number, Group>()
  return async ({ number }: Place, { memoryBytes }: Limits): Promise<Group | undefined> => {
    if (!groups) return undefined
    const group = known.get(number) ?? (await groups.open(String(number)))
    known.set(number, group)
    await group.set({ memoryBytes, processes: PROCESSES, cpus })
    return group
  }
}

function boundsOf(groups: Groups | undefined, bounded: boolean): string[] {
  const missing = (['memory', 'processes', 'cpu'] as const).filter(
    (each) => !groups?.bounded.includes(each),
  )
  return [
    ...(missing.length > 0
      ? [`no control group bounds ${missing.join(', ')}: each process is bounded alone, if at all`]
      : []),
    ...(bounded ? [] : [UNBOUNDED]),
  ]
}

/** Kept in a file, since every run reads it from a descriptor. */
async function keepFilter(folder: string): Promise<string> {
  const filter = filterFor(process.arch)
  if (!filter) {
    const sentence = `The sandbox has no filter of calls for ${process.arch} processors.`
    throw new AppError('runner/unavailable', sentence, { arch: process.arch })
  }
  const path = join(folder, 'filter.bpf')
  await writeFile(path, filter)
  return path
}
