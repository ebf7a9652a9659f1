/**
 * Deploy: a whole hub on any chain, in one call that may be repeated.
 *
 * Every step looks first at what is there, so a deployment that was interrupted goes on where it
 * stopped, and one that is complete does nothing. Contracts live at addresses that follow from
 * their code, the owner and the salt: the same on every chain.
 */
import type { Category } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import {
  type Address,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  type PublicClient,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem'
import { type Artifact, artifact } from './artifact.ts'
import { createDeployer, type Deployer, type Step } from './deployer.ts'
import { facetsOf, type Mode } from './facets.ts'
import { type Creation, createMissing, ensureFactory, placeOf } from './factory.ts'
import { bookOf } from './names.ts'

export type Settings = Readonly<{
  /** Whether the hub holds an ERC-20 or the chain's own coin. */
  mode: Mode
  /** Signs everything, and owns hub and registries. */
  owner: LocalAccount
  /** The categories there shall be, in order; those that exist already are left as they are. */
  categories: readonly Category.Category[]
  /** An ERC-20 to use. Without one, an RLC is created whose supply belongs to the owner. */
  token?: Address
  /** Keys that vouch for enclaves instead of schedulers, and how many must. Without, nobody does. */
  brokers?: Readonly<{ keys: readonly Address[]; needed: number }>
  /** Another salt gives another hub. */
  salt?: Hex
}>

export type Deployment = Readonly<{
  hub: Address
  /** Zero in native mode. */
  token: Address
  appRegistry: Address
  datasetRegistry: Address
  workerpoolRegistry: Address
  /** How many contracts this call created. */
  created: number
}>

/** Brings the hub that `settings` describe to the client's chain. */
export async function deploy(client: PublicClient, settings: Settings): Promise<Deployment> {
  const { owner, salt = zeroHash } = settings
  const deployer = createDeployer(client, owner)
  const plan = await planOf(settings)
  await ensureFactory(deployer)
  const parts = await createMissing(deployer, plan.parts, salt)
  const hubs = await createMissing(deployer, [plan.hub], salt)
  // One after the other: each is possible only once the one before is done.
  for (const missing of [missingRoutes, missingConfiguration, missingCategories, missingBrokers]) {
    const steps = await missing(deployer, plan, settings)
    if (steps.length > 0) await deployer.send(steps)
  }
  return { ...plan.places, created: parts + hubs }
}

type Facet = Readonly<{ artifact: Artifact; address: Address }>
type Plan = Readonly<{
  /** Everything but the hub, in any order. */
  parts: readonly Creation[]
  /** The hub, whose constructor looks at its plumbing. */
  hub: Creation
  facets: readonly Facet[]
  /** Where the names of their functions are. */
  names: Address
  brokers?: Address
  places: Omit<Deployment, 'created'>
}>

/** What there shall be, and where, without looking at the chain. */
async function planOf(settings: Settings): Promise<Plan> {
  const { owner, mode, salt = zeroHash } = settings
  const parts: Creation[] = []
  const create = async (name: string, args: readonly unknown[] = []): Promise<Creation> => {
    const { abi, bytecode } = await artifact(name)
    return { name, initCode: encodeDeployData({ abi, bytecode, args }) }
  }
  const place = async (name: string, args?: readonly unknown[]): Promise<Facet> => {
    const creation = await create(name, args)
    parts.push(creation)
    return { artifact: await artifact(name), address: placeOf(creation, salt) }
  }
  const facets = await Promise.all(facetsOf(mode).map((name) => place(name)))
  const plumbing = await place('DiamondFacet')
  const [app, dataset, workerpool] = await Promise.all(
    ['AppRegistry', 'DatasetRegistry', 'WorkerpoolRegistry'].map((name) =>
      place(name, [owner.address]),
    ),
  )
  const abis = [...facets, plumbing].map(({ artifact: { abi } }) => abi)
  const book = { name: 'Names', initCode: bookOf(abis) }
  parts.push(book)
  const own = mode === 'token' && !settings.token ? await place('RLC', [owner.address]) : undefined
  const brokers = settings.brokers && (await place('Brokers', brokersOf(settings.brokers)))
  const hub = await create('Poco', [owner.address, plumbing.address])
  const places = {
    hub: placeOf(hub, salt),
    token: settings.token ?? own?.address ?? zeroAddress,
    appRegistry: app?.address ?? zeroAddress,
    datasetRegistry: dataset?.address ?? zeroAddress,
    workerpoolRegistry: workerpool?.address ?? zeroAddress,
  }
  const named = { names: placeOf(book, salt), ...(brokers && { brokers: brokers.address }) }
  return { parts, hub, facets, ...named, places }
}

/** In the order that the contract wants. */
function brokersOf({ keys, needed }: NonNullable<Settings['brokers']>): readonly unknown[] {
  return [keys.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)), BigInt(needed)]
}

/** One cut with every selector that does not lead to its facet yet, and their names. */
async function missingRoutes(deployer: Deployer, { facets, names, places }: Plan): Promise<Step[]> {
  const { abi } = await artifact('DiamondFacet')
  const now = await routesOf(deployer, places.hub)
  const all = facets.flatMap((facet) => cutsOf(now, facet))
  if (all.length === 0 && (await nameBookOf(deployer, places.hub)) === names) return []
  const namer = facets.find((facet) => facet.artifact.name === 'TransparentFacet')
  const naming = encodeFunctionData({ abi: hubAbi, functionName: 'nameFunctions', args: [names] })
  const data = encodeFunctionData({
    abi,
    functionName: 'diamondCut',
    args: [all, namer?.address ?? zeroAddress, namer ? naming : '0x'],
  })
  return [{ what: 'route the facets', to: places.hub, data }]
}

const nameBookOf = ({ client }: Deployer, hub: Address) =>
  client.readContract({ address: hub, abi: hubAbi, functionName: 'nameBook' })

const ADD = 0
const REPLACE = 1

type Routes = ReadonlyMap<Hex, Address>

/** Which facet answers which selector now. */
async function routesOf({ client }: Deployer, hub: Address): Promise<Routes> {
  const { abi } = await artifact('DiamondFacet')
  const facets = (await client.readContract({ address: hub, abi, functionName: 'facets' })) as {
    facetAddress: Address
    functionSelectors: Hex[]
  }[]
  return new Map(
    facets.flatMap(({ facetAddress, functionSelectors }) =>
      functionSelectors.map((selector) => [selector, facetAddress] as const),
    ),
  )
}

function cutsOf(now: Routes, { artifact: known, address }: Facet) {
  const selectors = known.abi
    .filter((item) => item.type === 'function')
    .map((item) => toFunctionSelector(item))
  // Ether that comes without calldata is routed by the selector of nothing.
  if (known.abi.some((item) => item.type === 'receive')) selectors.push('0x00000000')
  const wrong = selectors.filter((selector) => now.has(selector) && now.get(selector) !== address)
  const missing = selectors.filter((selector) => !now.has(selector))
  return [
    { facetAddress: address, action: ADD, functionSelectors: missing },
    { facetAddress: address, action: REPLACE, functionSelectors: wrong },
  ].filter(({ functionSelectors }) => functionSelectors.length > 0)
}

async function missingConfiguration(
  { client }: Deployer,
  { places }: Plan,
  { mode }: Settings,
): Promise<Step[]> {
  const { hub, token, appRegistry, datasetRegistry, workerpoolRegistry } = places
  const known = { address: hub, abi: hubAbi } as const
  if ((await client.readContract({ ...known, functionName: 'appregistry' })) !== zeroAddress)
    return []
  const [name, symbol] =
    mode === 'token' ? (['Staked RLC', 'SRLC'] as const) : (['Staked coin', 'SCOIN'] as const)
  const registries = [appRegistry, datasetRegistry, workerpoolRegistry] as const
  const args = [token, name, symbol, 9, ...registries, zeroAddress] as const
  const data = encodeFunctionData({ abi: hubAbi, functionName: 'configure', args })
  return [{ what: 'configure the hub', to: hub, data }]
}

async function missingCategories(
  { client }: Deployer,
  { places: { hub } }: Plan,
  { categories }: Settings,
): Promise<Step[]> {
  const known = { address: hub, abi: hubAbi } as const
  const count = await client.readContract({ ...known, functionName: 'countCategory' })
  return categories.slice(Number(count)).map(({ name, description, workClockTimeRef }) => {
    const args = [name, description, workClockTimeRef] as const
    const data = encodeFunctionData({ abi: hubAbi, functionName: 'createCategory', args })
    return { what: `create category ${name}`, to: hub, data }
  })
}

async function missingBrokers(
  { client }: Deployer,
  { brokers, places: { hub } }: Plan,
): Promise<Step[]> {
  const known = { address: hub, abi: hubAbi } as const
  if (!brokers || (await client.readContract({ ...known, functionName: 'teebroker' })) === brokers)
    return []
  const args = [brokers] as const
  const data = encodeFunctionData({ abi: hubAbi, functionName: 'setTeeBroker', args })
  return [{ what: 'set the brokers of enclaves', to: hub, data }]
}
