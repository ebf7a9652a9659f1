/** Ens: names for addresses, on chains whose profile says where their registry is (EIP-137, EIP-181). */
import { AppError, Scalar } from '@traboule/protocol'
import { type Address, getAddress, type Hex, isAddress, isAddressEqual, labelhash } from 'viem'
import { namehash, normalize } from 'viem/ens'
import { read, write } from './chain.ts'
import { nameAbi } from './nameAbi.ts'
import { type Network, signerOf } from './network.ts'

/** Where people's names are, unless they say otherwise. */
const USERS = 'users.iexec.eth'

/** Whether this is a name, not an address. */
const isName = (text: string) => text.includes('.') && !text.startsWith('0x')

/**
 * Where a name leads; an address leads to itself. Throws `name/unknown`, and `network/no-names` on
 * chains that have none.
 *
 * @example
 * ```ts
 * const address = await ens.resolve(network, 'alice.users.iexec.eth')
 * ```
 */
export async function resolve(network: Network, name: string): Promise<Address> {
  if (isAddress(name, { strict: false })) return getAddress(name)
  const found = await addressOf(network, nodeOf(name))
  if (found) return found
  throw new AppError('name/unknown', `${name} leads to no address.`, { name })
}

/**
 * What an address is called: the name that it says itself, if that leads back to it.
 *
 * @example
 * ```ts
 * const name = (await ens.lookup(network, friend)) ?? friend
 * ```
 */
export async function lookup(network: Network, address: Address): Promise<string | undefined> {
  if (!network.profile.ens) return undefined
  const node = namehash(`${address.slice(2).toLowerCase()}.addr.reverse`)
  const resolver = await resolverOf(network, node)
  if (!resolver) return undefined
  const name = await read(network, { ...at(resolver), functionName: 'name', args: [node] })
  if (!isNormal(name)) return undefined // names that only look alike are nobody's
  const back = await addressOf(network, namehash(name))
  return back && isAddressEqual(back, address) ? name : undefined
}

/**
 * Who has a name; undefined while nobody does.
 *
 * @example
 * ```ts
 * const isFree = (await ens.ownerOf(network, 'zoe.users.iexec.eth')) === undefined
 * ```
 */
export async function ownerOf(network: Network, name: string): Promise<Address | undefined> {
  return ownerOfNode(network, nodeOf(name))
}

/**
 * Takes a free name below a domain that gives them to whoever asks first, and gives it back whole.
 * Whoever has it already keeps it. Throws `name/taken`.
 *
 * @example
 * ```ts
 * const name = await ens.claim(network, 'ada')
 * await ens.point(network, { name })
 * ```
 */
export async function claim(network: Network, label: string, domain = USERS): Promise<string> {
  const name = normalized(`${label}.${domain}`)
  const { address: me } = signerOf(network)
  const owner = await ownerOf(network, name)
  if (owner && isAddressEqual(owner, me)) return name
  if (owner) throw new AppError('name/taken', `${name} belongs to ${owner}.`, { name, owner })
  const registrar = await ownerOf(network, domain)
  if (!registrar) throw new AppError('name/unknown', `There is no domain ${domain}.`, { domain })
  const args = [labelhash(name.slice(0, name.indexOf('.'))), me] as const
  await write(network, { ...at(registrar), functionName: 'register', args })
  return name
}

/**
 * Lets a name of the network's wallet lead to an address, which is the wallet's own if none is
 * given; the wallet is then called so. Throws `name/not-yours`.
 *
 * @example
 * ```ts
 * await ens.point(network, { name: await ens.claim(network, 'wordcount', 'apps.iexec.eth'), address })
 * ```
 */
export async function point(
  network: Network,
  { name, address }: Readonly<{ name: string; address?: Address }>,
): Promise<void> {
  const { address: me } = signerOf(network)
  const node = nodeOf(name)
  const owner = await ownerOfNode(network, node)
  if (!owner || !isAddressEqual(owner, me)) {
    const sentence = `${name} is not ${me}’s to point.`
    throw new AppError('name/not-yours', sentence, { name, owner })
  }
  const resolver = await ensureResolver(network, node)
  const to = address ?? me
  await write(network, { ...at(resolver), functionName: 'setAddr', args: [node, to] })
  if (isAddressEqual(to, me)) await nameMyself(network, normalized(name))
}

/** The resolver that the name has or, where it has none, the network's own. */
async function ensureResolver(network: Network, node: Hex): Promise<Address> {
  const { registry, resolver } = placesOf(network)
  const found = await resolverOf(network, node)
  if (found) return found
  if (!resolver)
    throw new AppError('network/no-names', 'This network’s profile names no ens.resolver.')
  await write(network, { ...at(registry), functionName: 'setResolver', args: [node, resolver] })
  return resolver
}

async function nameMyself(network: Network, name: string): Promise<void> {
  const registrar = await ownerOfNode(network, namehash('addr.reverse'))
  if (!registrar) return // this chain knows no way back
  await write(network, { ...at(registrar), functionName: 'setName', args: [name] })
}

const at = (address: Address) => ({ address, abi: nameAbi }) as const
const unlessZero = (address: Address) => (address === Scalar.nullAddress ? undefined : address)

async function ownerOfNode(network: Network, node: Hex): Promise<Address | undefined> {
  const { registry } = placesOf(network)
  return unlessZero(await read(network, { ...at(registry), functionName: 'owner', args: [node] }))
}

async function resolverOf(network: Network, node: Hex): Promise<Address | undefined> {
  const ask = { ...at(placesOf(network).registry), functionName: 'resolver' } as const
  return unlessZero(await read(network, { ...ask, args: [node] }))
}

async function addressOf(network: Network, node: Hex): Promise<Address | undefined> {
  const resolver = await resolverOf(network, node)
  if (!resolver) return undefined
  return unlessZero(await read(network, { ...at(resolver), functionName: 'addr', args: [node] }))
}

function placesOf({ profile }: Network) {
  if (profile.ens) return profile.ens
  throw new AppError('network/no-names', 'This network has no names for addresses.')
}

const nodeOf = (name: string) => namehash(normalized(name))

/** The one way to write a name. Throws `name/invalid`. */
function normalized(name: string): string {
  if (isName(name) && isNormal(name.toLowerCase())) return name.toLowerCase()
  const sentence = `"${name}" is not a name such as alice.${USERS}.`
  throw new AppError('name/invalid', sentence, { name })
}

function isNormal(name: string): boolean {
  try {
    return name !== '' && name.length <= 255 && normalize(name) === name
  } catch {
    return false
  }
}
