/** Render: a picture, computed by people who do not trust each other, from order to payment. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'
import { Amount, AppError } from '@traboule/protocol'
import { account, gains, type Happened, type result, run, type TaskStory } from '@traboule/sdk'
import { type Address, getAddress } from 'viem'
import { argumentsFor, assemble } from '../../../examples/render/assemble.ts'
import { build } from '../../../examples/render/build.ts'
import { parseScene } from '../../../examples/render/scene.ts'
import type { Devnet } from '../devnet.ts'
import { networkOf, sellApp, sellPool } from './market.ts'
import type { Options } from './options.ts'
import type { Party, Phase } from './report.ts'
import type { Screen } from './screen.ts'

/** Nobody has its key: what it earns is for nobody. */
const KITTY = getAddress('0x99c2268479b93fDe36232351229815DF80837e23')

export type Rendered = Readonly<{
  picture: string
  stories: readonly TaskStory[]
  parties: readonly Party[]
  phases: readonly Phase[]
}>

/** Runs the whole job on a running devnet and writes the picture. */
export async function render(
  devnet: Devnet,
  { scene, ...options }: Omit<Options, 'scene'> & Readonly<{ scene: Scene }>,
  screen: Screen,
): Promise<Rendered> {
  const phase = stopwatch()
  const { bytes: wasm } = await build()
  const facts = devnet.facts
  const [app] = await Promise.all([
    sellApp(facts, 'render', wasm),
    sellPool(facts, { trust: BigInt(options.trust) }),
  ])
  await devnet.announce({ apps: { ...facts.apps, render: app } })
  phase('build, register and publish')

  const network = networkOf(facts, 'requester')
  const people = peopleOf(devnet)
  const before = await wealthOf(devnet, people)
  const [width, height] = options.size
  const size = { width, height, tiles: options.tiles }
  const events: Happened[] = []
  const seen = { consensus: false, compute: false }
  const ran = await run(
    network,
    {
      app: app.address,
      args: argumentsFor(size),
      inputs: [scene.bytes],
      tasks: options.tiles,
      trust: BigInt(options.trust),
    },
    {
      matched: () => phase('quote and match'),
      look({ stories, events: fresh }) {
        events.push(...fresh)
        screen.show(stories)
        if (
          !seen.compute &&
          stories.every(({ stage }) => stage !== 'waiting' && stage !== 'computing')
        ) {
          seen.compute = true
          phase('compute and agree')
        }
      },
    },
  )
  phase('reveal, upload and pay')

  if (ran.refunded.length > 0) {
    const sentence = `${ran.refunded.length} of ${options.tiles} tiles were not finished in time.`
    throw new AppError('task/failed', sentence, { refunded: ran.refunded })
  }
  const parties = settle(people, before, await wealthOf(devnet, people), gains(events))
  const picture = resolve(
    options.out ?? join(devnet.folder.results, `${scene.name}-${width}x${height}.png`),
  )
  await mkdir(dirname(picture), { recursive: true })
  await writeFile(picture, assemble(ran.results.map(tileOf), size))
  phase('verify and assemble')
  return { picture, stories: ran.stories, parties, phases: phase.laps }
}

function tileOf({ files, taskId }: result.Verified): Uint8Array {
  const tile = files.get('tile.ppm')
  if (tile) return tile
  throw new AppError('result/malformed', `The result of ${taskId} has no tile.ppm.`, { taskId })
}

export type Scene = Readonly<{ name: string; bytes: Uint8Array }>

/** The scene in a file, checked; the example's own without one. Throws `file/malformed`. */
export async function readScene(path: string | undefined): Promise<Scene> {
  const file = path ?? new URL('../../../examples/render/scene.json', import.meta.url)
  const bytes = await readFile(file).catch((cause) => {
    throw new AppError('file/unreadable', `The scene ${path} cannot be read.`, { path }, cause)
  })
  parseScene(bytes.toString('utf8'), path ?? 'scene.json') // says where it is wrong, before anything is paid
  return { name: path === undefined ? 'render' : parse(path).name, bytes: new Uint8Array(bytes) }
}

function stopwatch() {
  const laps: Phase[] = []
  let last = performance.now()
  const lap = (name: string) => {
    const now = performance.now()
    laps.push({ name, ms: now - last })
    last = now
  }
  return Object.assign(lap, { laps: laps as readonly Phase[] })
}

type Person = Readonly<{ name: string; address: Address }>

/** Everybody whose money may move: the devnet's accounts and the kitty. */
function peopleOf({ facts }: Devnet): Person[] {
  const named = facts.accounts.map(({ role, address }) => ({ name: role, address }))
  return [...named, { name: 'kitty', address: KITTY }]
}

/** nRLC on the hub, free and locked, by address. */
async function wealthOf(
  { facts }: Devnet,
  people: readonly Person[],
): Promise<Map<Address, bigint>> {
  const network = networkOf(facts, 'requester')
  const all = await Promise.all(
    people.map(async ({ address }) => {
      const { stake, locked } = await account.show(network, address)
      return [address, stake + locked] as const
    }),
  )
  return new Map(all)
}

/**
 * What each party gained, told twice by the chain: by its balances and by its events. Throws
 * `payment/unexplained` when the two differ.
 */
function settle(
  people: readonly Person[],
  before: ReadonlyMap<Address, bigint>,
  after: ReadonlyMap<Address, bigint>,
  told: ReadonlyMap<Address, bigint>,
): Party[] {
  return people.map(({ name, address }) => {
    const gain = (after.get(address) ?? 0n) - (before.get(address) ?? 0n)
    const said = told.get(address) ?? 0n
    if (gain === said) return { name, gain }
    const sentence = `${name} gained ${Amount.format(gain)}, but events say ${Amount.format(said)}.`
    throw new AppError('payment/unexplained', sentence, { name, address })
  })
}
