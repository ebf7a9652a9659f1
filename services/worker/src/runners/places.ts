/**
 * Places: the two folders of a run on this machine, one pair for every run at a time.
 *
 * `out` is a file system of its own in memory where the worker may mount one, so that the kernel
 * itself refuses what is too much. Elsewhere the folder is looked at while the program runs.
 */
import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { AppError, type Result } from '@traboule/protocol'
import { survey } from './output.ts'
import type { Limits } from './runner.ts'

const system = promisify(execFile)

/** Whom programs run as on this machine: nobody, or the worker itself where it is not root. */
export const NOBODY = 65_534
export const owner = (): Readonly<{ uid: number; gid: number }> => {
  const uid = process.getuid?.() ?? NOBODY
  const gid = process.getgid?.() ?? NOBODY
  return uid === 0 ? { uid: NOBODY, gid: NOBODY } : { uid, gid }
}

export type Place = Readonly<{
  /** Of this place among those in use. */
  number: number
  in: string
  out: string
}>

export type Places = AsyncDisposable &
  Readonly<{
    /** Whether the kernel bounds what is written. */
    bounded: boolean
    take(inputs: Result.Files, limits: Limits): Promise<Place>
    giveBack(place: Place): Promise<void>
  }>

/** What an operator should know of places that are not bounded. */
export const UNBOUNDED = 'what tasks write is only looked at while they run: root alone may mount'

const PAGE = 4_096

/** Opens `folder`, emptied of what an earlier process left. */
export async function openPlaces(folder: string): Promise<Places> {
  const root = resolve(folder)
  for (const name of await readdir(root).catch(() => [])) await unmount(join(root, name, 'out'))
  await rm(root, { recursive: true, force: true })
  await mkdir(root, { recursive: true, mode: 0o755 })
  const bounded = await mayMount(join(root, 'probe'))
  const free: Place[] = []
  const mounted = new Map<number, string>()
  let made = 0

  const make = async (): Promise<Place> => {
    const number = made++
    const at = join(root, String(number))
    const place = { number, in: join(at, 'in'), out: join(at, 'out') }
    for (const path of [place.in, place.out]) await mkdir(path, { recursive: true, mode: 0o755 })
    return place
  }

  const prepare = async ({ number, out }: Place, limits: Limits): Promise<void> => {
    const options = optionsFor(limits)
    if (mounted.get(number) === options) return
    if (bounded) {
      if (mounted.has(number)) await unmount(out)
      await mount(out, options)
    }
    await chown(out, owner().uid, owner().gid)
    await chmod(out, 0o755)
    mounted.set(number, options)
  }

  return {
    bounded,
    async take(inputs, limits) {
      const place = free.pop() ?? (await make())
      await prepare(place, limits)
      for (const [path, bytes] of inputs) await put(join(place.in, path), bytes)
      return place
    },
    async giveBack(place) {
      await empty(place.in)
      await empty(place.out).catch(async () => {
        await unmount(place.out)
        mounted.delete(place.number)
      })
      free.push(place)
    },
    async [Symbol.asyncDispose]() {
      for (const number of mounted.keys()) await unmount(join(root, String(number), 'out'))
      await rm(root, { recursive: true, force: true })
    },
  }
}

/**
 * Looks at what a program writes where the kernel does not bound it. The signal aborts with
 * `app/output-too-large` or `app/too-many-files`.
 */
export function watch(place: Place, limits: Limits): Disposable & { readonly over: AbortSignal } {
  const over = new AbortController()
  const look = () =>
    survey(place.out, limits).catch((error) => {
      if (error instanceof AppError) over.abort(error)
    })
  const timer = setInterval(look, LOOK_MS)
  return { over: over.signal, [Symbol.dispose]: () => clearInterval(timer) }
}

const LOOK_MS = 100

/** Room for exactly what may be written, and for one thing more, so that too much is seen as such. */
function optionsFor({ outputBytes, outputFiles }: Limits): string {
  const pages = Math.ceil(outputBytes / PAGE) + outputFiles + 1
  return `size=${pages * PAGE},nr_inodes=${outputFiles + 2},mode=0755,nosuid,nodev`
}

async function mayMount(path: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return false
  await mkdir(path)
  return mount(path, 'size=4096')
    .then(() => unmount(path))
    .then(
      () => true,
      () => false,
    )
}

async function mount(path: string, options: string): Promise<void> {
  await system('mount', ['-t', 'tmpfs', '-o', options, 'traboule', path])
}

/** Of nothing is no failure: a place may never have been used. */
async function unmount(path: string): Promise<void> {
  if (process.getuid?.() === 0) await system('umount', ['-l', path]).catch(() => undefined)
}

async function put(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 })
  await writeFile(file, bytes, { mode: 0o444 })
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    await rm(join(folder, name), { recursive: true, force: true })
}
