/**
 * Cluster: an empty embedded database, made once and copied.
 *
 * Making one takes seconds of processor time, copying one a fraction: a devnet needs one for each
 * service.
 */
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '@traboule/service-kit'

const lockfile = new URL('../../package-lock.json', import.meta.url)

export type Cluster = Readonly<{
  /** Puts a copy into a folder that does not exist yet, and gives its URL. */
  copyTo(folder: string): Promise<string>
}>

/** The empty cluster kept in `cache`; another release of any dependency makes another. */
export async function openCluster(cache: string): Promise<Cluster> {
  const release = createHash('sha256')
    .update(await readFile(lockfile))
    .digest('hex')
    .slice(0, 16)
  const path = join(cache, `cluster-${release}`)
  if (!(await exists(path))) await make(path, cache)
  return {
    async copyTo(folder) {
      await cp(path, folder, { recursive: true })
      return `pglite://${folder}`
    },
  }
}

/** Made aside and renamed: one that is interrupted is not taken for whole. */
async function make(path: string, cache: string): Promise<void> {
  await rm(cache, { recursive: true, force: true })
  await mkdir(cache, { recursive: true })
  const part = `${path}.part`
  const database = await openDatabase(`pglite://${part}`)
  await database[Symbol.asyncDispose]()
  await rename(part, path)
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
