/** Images: those in the engine, fetched by digest, and let go when they take too much room. */
import { AppError } from '@traboule/protocol'
import { z } from 'zod'
import type { Credentials } from '../../images/credentials.ts'
import { type Image, textOf } from '../../images/reference.ts'
import { type Start, startSchema } from '../../images/start.ts'
import { accepted, type Engine } from './engine.ts'
import { lines } from './lines.ts'

/** An image that the engine has. */
export type Known = Readonly<{ start: Start; bytes: number }>

const inspected = z.object({ Config: startSchema.nullish(), Size: z.number() })
const nothing: Start = startSchema.parse({})

/** What the engine knows of an image; undefined when it does not have it. */
export async function inspect(engine: Engine, image: Image): Promise<Known | undefined> {
  const path = `/images/${encodeURI(textOf(image))}/json`
  const answer = await engine.ask({ method: 'GET', path })
  if (answer.status === 404) return undefined
  const { Config, Size } = inspected.parse(accepted(answer))
  return { start: Config ?? nothing, bytes: Size }
}

const progress = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  progressDetail: z
    .object({ current: z.number().optional(), total: z.number().optional() })
    .nullish(),
  error: z.string().optional(),
})

type Pull = Readonly<{
  credentials: Credentials
  /** Told percentages, as far as the engine has announced sizes. */
  tell: (percent: number) => void
  signal: AbortSignal
}>

/**
 * Fetches an image. Throws `image/unknown`, `image/forbidden`, `registry/unreachable`, or the
 * signal's reason.
 */
export async function pull(engine: Engine, image: Image, { credentials, tell, signal }: Pull) {
  const { registry, name, digest } = image
  const auth = credentials.of(registry)
  const answer = await engine
    .stream(
      {
        ...{ method: 'POST', path: '/images/create' },
        query: { fromImage: `${registry}/${name}`, tag: digest },
        headers: auth ? { 'x-registry-auth': encoded({ ...auth, serveraddress: registry }) } : {},
      },
      signal,
    )
    .catch((error) => {
      throw error instanceof AppError && error.code === 'runner/crashed'
        ? refused(image, error.message)
        : error
    })
  const layers = new Map<string, readonly [current: number, total: number]>()
  for await (const line of lines(answer)) {
    const { id = '', status, progressDetail, error } = progress.parse(JSON.parse(line))
    if (error !== undefined) throw refused(image, error)
    const { current = 0, total } = progressDetail ?? {}
    if (status !== 'Downloading' || !total) continue
    layers.set(id, [current, total])
    const all = [...layers.values()]
    const sum = (at: 0 | 1) => all.reduce((before, each) => before + each[at], 0)
    tell(Math.floor((100 * sum(0)) / sum(1)))
  }
  signal.throwIfAborted()
}

/** Lets go of an image; one in use stays. */
export async function remove(engine: Engine, text: string): Promise<void> {
  await engine.ask({ method: 'DELETE', path: `/images/${encodeURI(text)}` })
}

/** Engines want the padding that Node leaves out of this alphabet. */
function encoded(value: object): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64')
  return text.replaceAll('+', '-').replaceAll('/', '_')
}

/** Engines tell refusals in words only. */
function refused(image: Image, words: string): AppError {
  const text = textOf(image)
  const said = words.slice(0, 500)
  if (/denied|unauthorized|authentication|credentials|forbidden/i.test(said))
    return new AppError('image/forbidden', `${image.registry} does not give ${text}.`, { said })
  if (/not found|manifest unknown|name unknown/i.test(said))
    return new AppError('image/unknown', `${image.registry} has no ${text}.`, { said })
  if (/digest|verif|invalid|malformed|unsupported|no matching manifest/i.test(said))
    return new AppError('image/malformed', `${text} cannot be used: ${said}`, { said })
  return new AppError('registry/unreachable', `${text} cannot be fetched: ${said}`, { said })
}
