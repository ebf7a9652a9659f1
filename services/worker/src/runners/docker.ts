/**
 * Docker: runs images in a container engine of this machine, through its API.
 *
 * The engine fetches an image by the digest that the chain has of it, so that it cannot give
 * another. Containers carry the worker's label: those that a killed worker left are removed when it
 * starts again.
 */
import { createHash } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '@traboule/protocol'
import type { Clock, Log } from '@traboule/service-kit/process'
import { z } from 'zod'
import type { Credentials } from '../images/credentials.ts'
import { type Image, textOf } from '../images/reference.ts'
import { processOf } from '../images/start.ts'
import { openUsed } from '../images/used.ts'
import type { Gpu } from '../machine/gpus.ts'
import { containerOf } from './docker/container.ts'
import { accepted, type Engine, openEngine, reasonIn } from './docker/engine.ts'
import { openFrames } from './docker/frames.ts'
import { inspect, type Known, pull, remove } from './docker/images.ts'
import { outcomeOf } from './ending.ts'
import { openPlaces, owner, type Place, UNBOUNDED, watch } from './places.ts'
import { openPrinted, type Printed } from './printed.ts'
import { imageIn, type Job, type Outcome, type Runner, type Waiting } from './runner.ts'

export type DockerOptions = Readonly<{
  socketPath: string
  /** Where runs have their folders, and the list of images fetched is kept. */
  folder: string
  credentials: Credentials
  /** How much room images may take, in bytes. */
  imageBytes: number
  /** Processors for one run. */
  cpus: number
  clock: Pick<Clock, 'now'>
  log: Log
}>

const LABEL = 'traboule.worker'
/** How long a program that is told to end may take to do so. */
const GRACE_SECONDS = 2

/** Throws `runner/unavailable` when no engine answers. */
export async function openDocker(options: DockerOptions): Promise<Runner> {
  await using stack = new AsyncDisposableStack()
  const engine = stack.use(openEngine(options.socketPath))
  const label = `${LABEL}=${nameOf(options.folder)}`
  await removeLeft(engine, label)
  await mkdir(options.folder, { recursive: true })
  const places = stack.use(await openPlaces(join(options.folder, 'runs')))
  const closing = new AbortController()
  const images = await openImages(engine, options, closing.signal)
  stack.defer(() => removeLeft(engine, label))
  const running = new Set<Promise<unknown>>()
  stack.defer(async () => {
    closing.abort(new AppError('runner/crashed', 'The runner is closed.'))
    await Promise.allSettled(running)
  })
  const bounds = [...(await boundsOf(engine)), ...(places.bounded ? [] : [UNBOUNDED])]

  async function run(job: Job, signal: AbortSignal): Promise<Outcome> {
    const image = imageIn(job.app)
    const { start } = await images.fetch(image, { tell: () => undefined, signal })
    const process = processOf(start, job)
    const { bounded } = places
    const place = await places.take(job.inputs, job.limits)
    try {
      const container = containerOf({
        ...{ image: textOf(image), process, place, user: owner(), limits: job.limits },
        ...{ cpus: options.cpus, labels: { [LABEL]: nameOf(options.folder) } },
        ...(job.gpu && { gpu: job.gpu, groups: await groupsOf(job.gpu) }),
      })
      return await runIn(engine, container, { job, place, bounded, signal })
    } finally {
      await places.giveBack(place)
    }
  }

  const resources = stack.move()
  return {
    ...{ appType: 'DOCKER', bounds },
    async prepare(app, waiting) {
      await images.fetch(imageIn(app), waiting)
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

const version = z.object({ Version: z.string() })

/** Engines before 23 have a filter of calls that knows no vsock. */
async function boundsOf(engine: Engine): Promise<string[]> {
  const answer = await engine.ask({ method: 'GET', path: '/version' })
  const { Version } = version.parse(accepted(answer))
  if (Number.parseInt(Version, 10) >= 23) return []
  return [
    `engine ${Version} lets tasks open vsock, to the host of a virtual machine: use 23 or later`,
  ]
}

/** Workers on one machine have folders of their own, and remove only what is theirs. */
const nameOf = (folder: string) =>
  createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16)

const listed = z.array(z.object({ Id: z.string() }))

async function removeLeft(engine: Engine, label: string): Promise<void> {
  const query = { all: 'true', filters: JSON.stringify({ label: [label] }) }
  const all = listed.parse(
    accepted(await engine.ask({ method: 'GET', path: '/containers/json', query })),
  )
  await Promise.all(all.map(({ Id }) => discard(engine, Id)))
}

/** With the volumes that nobody named. One that is gone already is no failure. */
async function discard(engine: Engine, id: string): Promise<void> {
  const query = { force: 'true', v: 'true' }
  await engine.ask({ method: 'DELETE', path: `/containers/${id}`, query })
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function openImages(engine: Engine, options: DockerOptions, signal: AbortSignal) {
  const { credentials, imageBytes, clock, log } = options
  const used = await openUsed(join(options.folder, 'images.json'))
  const coming = new Map<string, Promise<Known>>()

  async function fetch(image: Image, tell: Waiting['tell']): Promise<Known> {
    const text = textOf(image)
    const present = await inspect(engine, image)
    if (present) return present
    const startedMs = clock.now()
    await pull(engine, image, { credentials, tell, signal })
    const known = await inspect(engine, image)
    if (!known) throw new AppError('image/unknown', `${text} was not kept.`, { image: text })
    log.info('image.fetched', { image: text, bytes: known.bytes, ms: clock.now() - startedMs })
    await used.touch(text, known.bytes, clock.now())
    for (const old of used.excess(imageBytes, text)) {
      await remove(engine, old)
      await used.forget(old)
      log.info('image.let-go', { image: old })
    }
    return known
  }

  return {
    /** Tasks of one bag want the same image at the same moment: it is fetched once. */
    async fetch(image: Image, { tell, signal }: Waiting): Promise<Known> {
      const text = textOf(image)
      const fetched = coming.get(text) ?? fetch(image, tell).finally(() => coming.delete(text))
      coming.set(text, fetched)
      return await Promise.race([fetched, abortion(signal)])
    },
  }
}

type Run = Readonly<{ job: Job; place: Place; bounded: boolean; signal: AbortSignal }>

const created = z.object({ Id: z.string() })
const ended = z.object({ StatusCode: z.number().int() })
const state = z.object({ State: z.object({ OOMKilled: z.boolean() }) })

async function runIn(engine: Engine, container: object, run: Run): Promise<Outcome> {
  const { job, place, signal } = run
  const path = '/containers/create'
  const made = await engine.ask({ method: 'POST', path, body: container }, signal)
  const { Id: id } = created.parse(accepted(made))
  try {
    const printed = openPrinted(job.limits.stdioBytes, job.tell)
    const { over } = await listen(engine, id, printed)
    await start(engine, id)
    const startedMs = performance.now()
    const exitCode = await end(engine, id, { ...run, printed })
    const runMs = performance.now() - startedMs
    await over
    const outOfMemory = exitCode === 137 && (await wasOutOfMemory(engine, id))
    return await outcomeOf({ exitCode, outOfMemory, printed, place, limits: job.limits, runMs })
  } finally {
    await discard(engine, id)
  }
}

/** Listens before the start, so that nothing is missed; resolves once the last byte was heard. */
async function listen(engine: Engine, id: string, printed: Printed) {
  const query = { stream: 'true', stdout: 'true', stderr: 'true' }
  const heard = await engine.stream({ method: 'POST', path: `/containers/${id}/attach`, query })
  heard.on('data', openFrames(printed.take))
  heard.on('error', () => undefined) // the end of the run tells why
  return { over: new Promise<void>((resolve) => heard.once('close', resolve)) }
}

/** Throws `app/not-startable` when the image does not hold what it names. */
async function start(engine: Engine, id: string): Promise<void> {
  const answer = await engine.ask({ method: 'POST', path: `/containers/${id}/start` })
  const why = reasonIn(answer)
  if (answer.status >= 400 && /exec|executable file|no such file|permission denied/.test(why))
    throw new AppError('app/not-startable', 'The program that the image names cannot be started.', {
      why,
    })
  accepted(answer)
}

/** The exit code, or why the run was ended. A program past its time is first asked to end. */
async function end(engine: Engine, id: string, run: Run & { printed: Printed }): Promise<number> {
  const { job, place, bounded, printed, signal } = run
  const { wallMs } = job.limits
  const late = AbortSignal.timeout(wallMs)
  using looking = bounded ? undefined : watch(place, job.limits)
  const over = [printed.overflow, ...(looking ? [looking.over] : [])]
  const until = AbortSignal.any([signal, late, ...over])
  try {
    const question = { method: 'POST', path: `/containers/${id}/wait` } as const
    return ended.parse(accepted(await engine.ask(question, until))).StatusCode
  } catch (error) {
    if (until.reason !== late.reason || !late.aborted) throw error
    const query = { t: String(GRACE_SECONDS) }
    await engine.ask({ method: 'POST', path: `/containers/${id}/stop`, query })
    throw new AppError('app/timeout', `The app ran longer than ${wallMs} ms.`, { wallMs })
  }
}

/** Device files are often open to a group only. */
async function groupsOf({ files }: Gpu): Promise<number[]> {
  const known = await Promise.all(files.map((path) => stat(path).catch(() => undefined)))
  return [...new Set(known.flatMap((facts) => (facts && facts.gid !== 0 ? [facts.gid] : [])))]
}

async function wasOutOfMemory(engine: Engine, id: string): Promise<boolean> {
  const answer = await engine.ask({ method: 'GET', path: `/containers/${id}/json` })
  return state.parse(accepted(answer)).State.OOMKilled
}
