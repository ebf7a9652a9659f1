/** Networks: the profiles a user has, and the devnet that runs near the working folder. */
import { readdir } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { AppError, Scalar } from '@traboule/protocol'
import { profile } from '@traboule/sdk'
import { z } from 'zod'
import { readIfThere, readJson, writePrivate } from './files.ts'
import type { Surroundings } from './surroundings.ts'

/** What a devnet says beside being a network. */
const devnetFacts = z.object({
  accounts: z.array(
    z.object({ role: z.string(), address: Scalar.address, privateKey: Scalar.bytes32 }),
  ),
  apps: z.record(z.string(), z.object({ address: Scalar.address })).default({}),
})

export type Known = Readonly<{
  name: string
  path: string
  profile: profile.Profile
  /** People with keys that anybody may use; only on a devnet. */
  accounts: z.output<typeof devnetFacts>['accounts']
  /** Apps by name; only on a devnet. */
  apps: z.output<typeof devnetFacts>['apps']
}>

const choice = z.object({ network: z.string().optional() })

/** The network that a command means: the one named, the one in use, or the devnet near by. */
export async function find(at: Surroundings, named: string | undefined): Promise<Known> {
  const wanted = named ?? at.env.TRABOULE_NETWORK ?? (await inUse(at))
  if (wanted !== undefined) return byName(at, wanted)
  const path = await nearbyDevnet(at.cwd)
  if (path) return open('devnet', path)
  throw new AppError('network/unknown', 'No devnet runs here, and no network is in use.', {})
}

async function byName(at: Surroundings, wanted: string): Promise<Known> {
  if (/[/\\]|\.json$/.test(wanted)) {
    const path = isAbsolute(wanted) ? wanted : resolve(at.cwd, wanted)
    return open(wanted, path)
  }
  const path = pathOf(at, wanted)
  if ((await readIfThere(path)) !== undefined) return open(wanted, path)
  const devnet = wanted === 'devnet' ? await nearbyDevnet(at.cwd) : undefined
  if (devnet) return open('devnet', devnet)
  const sentence = wanted === 'devnet' ? 'No devnet runs here.' : `There is no network ${wanted}.`
  throw new AppError('network/unknown', sentence, { name: wanted })
}

async function open(name: string, path: string): Promise<Known> {
  const json = await readJson(path)
  const { accounts, apps } = devnetFacts.safeParse(json).data ?? { accounts: [], apps: {} }
  return { name, path, profile: profile.parse(json), accounts, apps }
}

/** Every network that can be named, and which one is used when none is. */
export async function list(at: Surroundings): Promise<readonly (Known & { current: boolean })[]> {
  const files = await readdir(join(at.home, 'networks')).catch(() => [])
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5))
  const known = await Promise.all(names.sort().map((name) => open(name, pathOf(at, name))))
  const devnet = await nearbyDevnet(at.cwd)
  const all = devnet ? [await open('devnet', devnet), ...known] : known
  const current = await find(at, undefined).catch(() => undefined)
  return all.map((each) => ({ ...each, current: each.path === current?.path }))
}

/** Remembers which network to use; undefined forgets it. */
export async function use(at: Surroundings, name: string | undefined): Promise<void> {
  const settings = name === undefined ? {} : { network: (await byName(at, name)).name }
  await writePrivate(join(at.home, 'config.json'), `${JSON.stringify(settings, null, 2)}\n`)
}

/** Keeps a profile under a name. */
export async function add(at: Surroundings, name: string, json: unknown): Promise<Known> {
  if (!/^[\w-]{1,64}$/.test(name) || name === 'devnet') {
    const sentence = `"${name}" is not a name for a network: use letters, digits, - and _.`
    throw new AppError('command/invalid', sentence, { name })
  }
  profile.parse(json)
  await writePrivate(pathOf(at, name), `${JSON.stringify(json, null, 2)}\n`)
  return open(name, pathOf(at, name))
}

const pathOf = ({ home }: Surroundings, name: string) => join(home, 'networks', `${name}.json`)

async function inUse({ home }: Surroundings): Promise<string | undefined> {
  const path = join(home, 'config.json')
  if ((await readIfThere(path)) === undefined) return undefined
  return choice.safeParse(await readJson(path)).data?.network
}

/** `.traboule/devnet.json` in this folder or one above it. */
async function nearbyDevnet(folder: string): Promise<string | undefined> {
  const path = join(folder, '.traboule', 'devnet.json')
  if ((await readIfThere(path)) !== undefined) return path
  const parent = dirname(folder)
  return parent === folder ? undefined : nearbyDevnet(parent)
}
