/**
 * Cgroup: what the processes of one run may use together, where the kernel's control groups may be
 * written by this worker. Both generations are known; each place of a run keeps its groups.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Bounds = Readonly<{ memoryBytes: number; processes: number; cpus: number }>

export type Group = Readonly<{
  set(bounds: Bounds): Promise<void>
  add(pid: number): Promise<void>
  /** How many processes were ended so far for want of memory. */
  killed(): Promise<number>
}>

export type Groups = AsyncDisposable &
  Readonly<{
    /** What these groups bound, for the operator. */
    bounded: readonly ('memory' | 'processes' | 'cpu')[]
    open(name: string): Promise<Group>
  }>

const PERIOD_MICROSECONDS = 100_000
type Write = readonly [file: string, value: string]

/** What each generation writes, by the controller that reads it. */
const writes = {
  v2: {
    memory: ({ memoryBytes }: Bounds): Write[] => [
      ['memory.max', String(memoryBytes)],
      ['memory.swap.max', '0'],
    ],
    pids: ({ processes }: Bounds): Write[] => [['pids.max', String(processes)]],
    cpu: ({ cpus }: Bounds): Write[] => [['cpu.max', `${quota(cpus)} ${PERIOD_MICROSECONDS}`]],
  },
  v1: {
    memory: ({ memoryBytes }: Bounds): Write[] => [
      ['memory.limit_in_bytes', String(memoryBytes)],
      ['memory.swappiness', '0'],
    ],
    pids: ({ processes }: Bounds): Write[] => [['pids.max', String(processes)]],
    cpu: ({ cpus }: Bounds): Write[] => [
      ['cpu.cfs_period_us', String(PERIOD_MICROSECONDS)],
      ['cpu.cfs_quota_us', String(quota(cpus))],
    ],
  },
} as const

type Controller = keyof typeof writes.v1
const words = { memory: 'memory', pids: 'processes', cpu: 'cpu' } as const
const quota = (cpus: number) => Math.round(cpus * PERIOD_MICROSECONDS)

/** The groups under `root`; undefined where none can be made. Worker `name` has its own. */
export async function openGroups(
  name: string,
  root = '/sys/fs/cgroup',
): Promise<Groups | undefined> {
  return existsSync(join(root, 'cgroup.controllers')) ? openV2(name, root) : openV1(name, root)
}

async function openV2(name: string, root: string): Promise<Groups | undefined> {
  const own = join(root, `traboule-${name}`)
  try {
    await mkdir(own, { recursive: true })
    await writeFile(join(own, 'cgroup.subtree_control'), '+memory +pids +cpu')
  } catch {
    return undefined
  }
  return groupsOf('v2', { memory: own, pids: own, cpu: own })
}

async function openV1(name: string, root: string): Promise<Groups | undefined> {
  const folders: Partial<Record<Controller, string>> = {}
  for (const controller of ['memory', 'pids', 'cpu'] as const) {
    const own = join(root, controller, `traboule-${name}`)
    const made =
      existsSync(join(root, controller)) && (await tried(() => mkdir(own, { recursive: true })))
    if (made) folders[controller] = own
  }
  return Object.keys(folders).length > 0 ? groupsOf('v1', folders) : undefined
}

function groupsOf(version: 'v1' | 'v2', folders: Partial<Record<Controller, string>>): Groups {
  const controllers = Object.keys(folders) as Controller[] // by construction
  const made: string[] = []
  return {
    bounded: controllers.map((each) => words[each]),
    async open(name) {
      const own = (each: Controller) => join(folders[each] ?? '', name)
      const paths = [...new Set(controllers.map(own))]
      for (const path of paths) await mkdir(path, { recursive: true })
      made.push(...paths)
      let now = ''
      return {
        async set(bounds) {
          if (now === JSON.stringify(bounds)) return
          now = JSON.stringify(bounds)
          for (const each of controllers)
            for (const [file, value] of writes[version][each](bounds)) {
              // A kernel without swap has no file for it.
              const path = join(own(each), file)
              if (!/swap/.test(file) || existsSync(path)) await writeFile(path, value)
            }
        },
        async add(pid) {
          for (const path of paths) await writeFile(join(path, 'cgroup.procs'), String(pid))
        },
        killed: () => killedIn(version, own('memory')),
      }
    },
    async [Symbol.asyncDispose]() {
      for (const path of [...made, ...new Set(Object.values(folders))])
        await tried(() => rmdir(path))
    },
  }
}

async function killedIn(version: 'v1' | 'v2', folder: string): Promise<number> {
  const file = version === 'v2' ? 'memory.events' : 'memory.oom_control'
  const text = await readFile(join(folder, file), 'utf8').catch(() => '')
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
}

async function tried(act: () => Promise<unknown>): Promise<boolean> {
  return act().then(
    () => true,
    () => false,
  )
}
