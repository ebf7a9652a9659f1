/**
 * Library: apps and inputs by content. Whoever gives the bytes, they are checked against the CID,
 * also when they come from this worker's own disk.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, Cid } from '@traboule/protocol'
import { download, type Log } from '@traboule/service-kit/process'

export type LibraryOptions = Readonly<{
  folder: string
  /** How many bytes the folder may hold; what was not used for longest goes first. */
  cacheBytes: number
  /** Base URLs that answer `/ipfs/<cid>`, best first. */
  sources: readonly string[]
  /** Largest object. */
  objectBytes: number
  log: Log
  /** Ends downloads when the worker stops. */
  signal: AbortSignal
}>

export type Library = Readonly<{
  /**
   * The bytes under a CID. Throws `object/unknown` when no source has them, and what the last
   * source did wrong otherwise: `service/unreachable`, `object/digest-mismatch`, `object/too-large`.
   */
  get(cid: string, signal: AbortSignal): Promise<Uint8Array>
}>

/** The engine's sha2-256, several times faster than JavaScript's. */
export const sha256: Cid.Sha256 = (bytes) => createHash('sha256').update(bytes).digest()

export async function openLibrary(options: LibraryOptions): Promise<Library> {
  await mkdir(options.folder, { recursive: true })
  const coming = new Map<string, Promise<Uint8Array>>()

  /** Tasks of one bag want the same app at the same moment: it is fetched once. */
  function fetchOnce(cid: string): Promise<Uint8Array> {
    const known = coming.get(cid)
    if (known) return known
    const fetched = keep(cid, options).finally(() => coming.delete(cid))
    coming.set(cid, fetched)
    return fetched
  }

  return {
    async get(cid, signal) {
      signal.throwIfAborted()
      return Promise.race([fetchOnce(cid), abortion(signal)])
    },
  }
}

async function keep(cid: string, options: LibraryOptions): Promise<Uint8Array> {
  const { folder, cacheBytes } = options
  const file = join(folder, cid)
  const kept = await readFile(file).catch(() => undefined)
  if (kept && Cid.matches(cid, kept, sha256)) {
    await utimes(file, new Date(), new Date()).catch(() => undefined)
    return kept
  }
  const bytes = await fromSources(cid, options)
  await writeFile(`${file}.part`, bytes)
  await rename(`${file}.part`, file)
  await shrink(folder, cacheBytes, cid)
  return bytes
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function fromSources(cid: string, options: LibraryOptions): Promise<Uint8Array> {
  const { sources, objectBytes, log, signal } = options
  let failure = new AppError('object/unknown', `No storage is set to fetch ${cid} from.`, { cid })
  for (const source of sources) {
    try {
      const bytes = await download(new URL(`/ipfs/${cid}`, source), objectBytes, signal)
      if (Cid.matches(cid, bytes, sha256)) return bytes
      throw new AppError('object/digest-mismatch', `${source} gave other bytes for ${cid}.`, {
        cid,
      })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.debug('object.missed', { cid, source, error })
      failure = error
    }
  }
  throw failure
}

async function shrink(folder: string, most: number, keep: string): Promise<void> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => ({
      name,
      facts: await stat(join(folder, name)).catch(() => undefined),
    })),
  )
  const known = files.flatMap(({ name, facts }) => (facts ? [{ name, facts }] : []))
  let total = known.reduce((sum, { facts }) => sum + facts.size, 0)
  for (const { name, facts } of known.sort((a, b) => a.facts.mtimeMs - b.facts.mtimeMs)) {
    if (total <= most) return
    if (name === keep) continue
    await rm(join(folder, name), { force: true })
    total -= facts.size
  }
}
