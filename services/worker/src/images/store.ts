/**
 * Store: images unpacked on this machine's disk. A folder appears only once every layer was held to
 * its digest, so that what is there is whole; the longest unused go when room is needed.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { AppError } from '@traboule/protocol'
import type { Clock, Log } from '@traboule/service-kit/process'
import { z } from 'zod'
import type { Waiting } from '../runners/runner.ts'
import type { Credentials } from './credentials.ts'
import { type Image, textOf } from './reference.ts'
import { type Manifest, malformed, openRegistry, type Part, type Registry } from './registry.ts'
import { type Start, startSchema } from './start.ts'
import { enter, type Room, unpack } from './unpack.ts'

export type StoreOptions = Readonly<{
  folder: string
  credentials: Credentials
  /** How much room all images may take, and so the most that one may. */
  imageBytes: number
  clock: Pick<Clock, 'now'>
  log: Log
  signal: AbortSignal
}>

/** An image that stays as long as it is held. */
export type Unpacked = AsyncDisposable & Readonly<{ root: string; start: Start }>

export type Store = AsyncDisposable &
  Readonly<{ take(image: Image, waiting: Waiting): Promise<Unpacked> }>

const MOST_ENTRIES = 500_000
const MOST_CONFIG = 4_194_304
const PART = '.part'
/** Where runs mount things, made into plain folders whatever the image has there. */
const MOUNTED = ['proc', 'dev', 'sys', 'tmp', 'iexec_in', 'iexec_out']

const keptSchema = z.object({ start: startSchema, bytes: z.number() })
type Kept = z.output<typeof keptSchema>
const configSchema = z.object({ config: startSchema.nullish() })

export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, log, clock, signal: closing } = options
  await mkdir(folder, { recursive: true, mode: 0o755 })
  for (const name of await readdir(folder))
    if (name.endsWith(PART)) await rm(join(folder, name), { recursive: true, force: true })
  const registry = openRegistry(options.credentials)
  const coming = new Map<string, Promise<void>>()
  const held = new Map<string, number>()
  const known = new Map<string, Kept>()

  async function fetch(image: Image, tell: Waiting['tell']): Promise<void> {
    const startedMs = clock.now()
    const at = join(folder, `${nameOf(image)}${PART}`)
    try {
      const kept = await fetchInto(at, image, { registry, tell, ...options })
      await writeFile(join(at, 'image.json'), JSON.stringify(kept))
      await rename(at, join(folder, nameOf(image)))
      const ms = clock.now() - startedMs
      log.info('image.fetched', { image: textOf(image), bytes: kept.bytes, ms })
    } finally {
      await rm(at, { recursive: true, force: true })
    }
    for (const gone of await shrink(options, held, nameOf(image))) known.delete(gone)
  }

  return {
    async take(image, { tell, signal }) {
      const name = nameOf(image)
      held.set(name, (held.get(name) ?? 0) + 1)
      const letGo = async () => {
        held.set(name, (held.get(name) ?? 1) - 1)
      }
      try {
        const at = join(folder, name)
        let kept = known.get(name) ?? (await keptAt(at))
        if (!kept) {
          const fetched = coming.get(name) ?? fetch(image, tell).finally(() => coming.delete(name))
          coming.set(name, fetched)
          await Promise.race([fetched, aborted(signal), aborted(closing)])
          kept = await keptAt(at)
        }
        if (!kept) throw malformed(image, 'it was not kept')
        known.set(name, kept)
        await utimes(at, new Date(), new Date())
        return { root: join(at, 'root'), start: kept.start, [Symbol.asyncDispose]: letGo }
      } catch (error) {
        await letGo()
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(coming.values())
    },
  }
}

const nameOf = ({ digest }: Image) => digest.slice(7)

async function keptAt(at: string): Promise<Kept | undefined> {
  const text = await readFile(join(at, 'image.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : keptSchema.parse(JSON.parse(text))
}

type Fetch = StoreOptions & Readonly<{ registry: Registry; tell: Waiting['tell'] }>

async function fetchInto(at: string, image: Image, how: Fetch) {
  const { registry, tell, imageBytes, signal } = how
  const root = join(at, 'root')
  await mkdir(root, { recursive: true, mode: 0o755 })
  const manifest = await registry.manifest(image, signal)
  const total = manifest.layers.reduce((sum, { size }) => sum + size, 0)
  const start = await startOf(manifest, image, how)
  const room: Room = { bytes: imageBytes, entries: MOST_ENTRIES }
  if (total > imageBytes)
    throw new AppError('image/too-large', `${textOf(image)} has ${total} bytes.`, {
      ...{ bytes: total, limit: imageBytes },
    })
  let done = 0
  const count = (bytes: number) => {
    done += bytes
    tell(Math.floor((100 * done) / Math.max(total, 1)))
  }
  for (const layer of manifest.layers) {
    const bytes = held(await registry.blob(image, layer, signal), layer, { image, count })
    await expand(bytes, (content) => unpack(content, root, room))
  }
  for (const name of MOUNTED) {
    await rm(join(root, name), { recursive: true, force: true })
    await mkdir(join(root, name), { mode: 0o755 })
  }
  return { start: await grounded(start, root), bytes: imageBytes - room.bytes }
}

/** Volumes and the working folder as they really lie, so that no link decides what is mounted where. */
async function grounded(start: Start, root: string): Promise<Start> {
  const real = async (path: string) =>
    (await enter(root, path.split('/'))).slice(root.length) || '/'
  const volumes = await Promise.all(Object.keys(start.Volumes ?? {}).map(real))
  const folder = await real(start.WorkingDir || '/')
  return {
    ...start,
    WorkingDir: folder,
    Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
  }
}

async function startOf({ config }: Manifest, image: Image, { registry, signal }: Fetch) {
  if (config.size > MOST_CONFIG) throw malformed(image, 'its configuration is too long')
  const parts: Uint8Array[] = []
  const bytes = held(await registry.blob(image, config, signal), config, { image, count: () => {} })
  for await (const part of bytes) parts.push(part)
  try {
    const said = configSchema.parse(JSON.parse(Buffer.concat(parts).toString()))
    return said.config ?? startSchema.parse({})
  } catch {
    throw malformed(image, 'its configuration cannot be read')
  }
}

type Holding = Readonly<{ image: Image; count: (bytes: number) => void }>

/** The bytes of a part; throws at their end, or earlier, when they are not. */
async function* held(
  from: AsyncIterable<Uint8Array>,
  { digest, size }: Part,
  { image, count }: Holding,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let left = size
  try {
    for await (const part of from) {
      left -= part.length
      if (left < 0) throw malformed(image, `${digest} is longer than announced`)
      hash.update(part)
      count(part.length)
      yield part
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('registry/unreachable', `${image.registry} broke off.`, {}, cause)
  }
  if (`sha256:${hash.digest('hex')}` !== digest)
    throw malformed(image, `what came is not ${digest}`)
}

/** Whatever the manifest says, the first bytes of a layer tell how it was packed. */
async function expand(
  from: AsyncGenerator<Uint8Array>,
  take: (content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const first = await from.next()
  const whole = async function* () {
    if (!first.done) yield first.value
    yield* from
  }
  const magic = Buffer.from(first.value ?? []).toString('hex', 0, 4)
  const unzip = magic.startsWith('1f8b')
    ? createGunzip()
    : magic === '28b52ffd'
      ? createZstdDecompress()
      : undefined
  if (!unzip) return take(whole())
  await pipeline(Readable.from(whole()), unzip, take).catch((error) => {
    if (error instanceof AppError) throw error
    throw new AppError('image/malformed', 'A layer of the image is damaged.', {}, error)
  })
}

async function shrink(options: StoreOptions, held: ReadonlyMap<string, number>, keep: string) {
  const gone: string[] = []
  const { folder, imageBytes, log } = options
  const all = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const [facts, kept] = await Promise.all([
        stat(join(folder, name)),
        keptAt(join(folder, name)),
      ])
      return { name, usedMs: facts.mtimeMs, bytes: kept?.bytes ?? 0 }
    }),
  )
  let total = all.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { name, bytes } of all.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= imageBytes) break
    if (name === keep || (held.get(name) ?? 0) > 0) continue
    await rm(join(folder, name), { recursive: true, force: true })
    total -= bytes
    gone.push(name)
    log.info('image.let-go', { image: name, bytes })
  }
  return gone
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
