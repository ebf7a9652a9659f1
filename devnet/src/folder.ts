/**
 * Folder: `.traboule`, where a running devnet keeps its files and says where it is.
 *
 * A run begins with an empty `run/`: whatever a killed run left half-written is thrown away. The
 * lock names the process that owns the folder, so that a second devnet refuses instead of mixing.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '@traboule/protocol'

export type Folder = AsyncDisposable &
  Readonly<{
    /** Files of this run only. */
    run: string
    /** Files people want to keep: pictures, results. */
    results: string
    /** Files that only save time. */
    cache: string
    /** Writes `devnet.json` whole or not at all. */
    announce(devnet: object): Promise<string>
  }>

/** Takes the folder. Throws `devnet/running` when another process has it. */
export async function takeFolder(path: string): Promise<Folder> {
  const root = resolve(path)
  const [run, results, lock] = [join(root, 'run'), join(root, 'results'), join(root, 'lock')]
  const announced = join(root, 'devnet.json')
  await mkdir(root, { recursive: true })
  await takeLock(lock, root)
  await rm(announced, { force: true })
  await rm(run, { recursive: true, force: true })
  await Promise.all([mkdir(run, { recursive: true }), mkdir(results, { recursive: true })])
  return {
    run,
    results,
    cache: join(root, 'cache'),
    async announce(devnet) {
      await writeFile(`${announced}.part`, `${JSON.stringify(devnet, null, 2)}\n`)
      await rename(`${announced}.part`, announced)
      return announced
    },
    async [Symbol.asyncDispose]() {
      await rm(announced, { force: true })
      await rm(lock, { force: true })
    },
  }
}

async function takeLock(lock: string, root: string): Promise<void> {
  for (const attempt of ['first', 'after a dead owner'] as const) {
    try {
      return await writeFile(lock, String(process.pid), { flag: 'wx' })
    } catch (cause) {
      const owner = Number(await readFile(lock, 'utf8').catch(() => ''))
      if (attempt !== 'first' || lives(owner))
        throw new AppError(
          'devnet/running',
          `A devnet (process ${owner}) already uses ${root}.`,
          { pid: owner, folder: root },
          cause,
        )
      await rm(lock, { force: true })
    }
  }
}

function lives(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
