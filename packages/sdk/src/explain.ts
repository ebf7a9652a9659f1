/** Explain: why orders would not match, before anybody pays for finding out. */
import { AppError, Explain, type Match, Order, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Address, isAddressEqual, padHex, parseAbi } from 'viem'
import { read } from './chain.ts'
import type { Orders } from './match.ts'
import type { Network } from './network.ts'
import * as Registry from './registry.ts'

/** Everything that keeps these orders from matching, in the chain's order; nothing if they match. */
export type Reason = Explain.Reason

/**
 * Asks the chain about four orders and says everything that keeps them from matching, each with the
 * least change that would help.
 *
 * @example
 * ```ts
 * for (const { why, change } of await explain(network, { app, workerpool, request }))
 *   console.log(why, change)
 * ```
 */
export async function explain(network: Network, orders: Orders): Promise<readonly Reason[]> {
  const quartet = { ...orders, dataset: orders.dataset ?? Order.noDataset }
  return Explain.reasons(quartet, await factsOf(network, quartet))
}

const assets = ['app', 'dataset', 'workerpool'] as const

async function factsOf(network: Network, orders: Order.Quartet): Promise<Match.Facts> {
  const { hub } = network.profile
  const count = read(network, {
    address: hub,
    abi: hubAbi,
    functionName: 'countCategory',
    args: [],
  })
  const each = <T>(kinds: readonly Order.Kind[], ask: (kind: Order.Kind) => Promise<T>) =>
    Promise.all(kinds.map(async (kind) => [kind, await ask(kind)] as const)).then(
      Object.fromEntries,
    )
  const [categories, members, registered, signed, consumed] = await Promise.all([
    count,
    membersAmong(network, orders),
    each(assets, (kind) => isRegistered(network, orders, kind)),
    each(Order.kinds, (kind) => isSigned(network, orders, kind)),
    each(Order.kinds, (kind) => consumedOf(network, orders, kind)),
  ])
  const isMember = (group: Address, account: Address) => members.has(pairOf(group, account))
  const categoryExists = orders.request.category < categories
  return { categoryExists, isMember, registered, signed, consumed } as Match.Facts // one field a kind
}

const subjectOf = (orders: Order.Quartet, kind: Order.Kind): Address =>
  (orders[kind] as unknown as Record<string, Address>)[kind] ?? Scalar.nullAddress // its own name

function isRegistered(network: Network, orders: Order.Quartet, kind: Order.Kind) {
  if (kind === 'request') return Promise.resolve(true)
  return Registry.isKnown(network, kind, subjectOf(orders, kind))
}

function consumedOf(network: Network, orders: Order.Quartet, kind: Order.Kind) {
  const { chainId, hub } = network.profile
  const hash = Order.hash(kind, orders[kind], Order.domain(chainId, hub))
  const ask = { address: hub, abi: hubAbi, functionName: 'viewConsumed', args: [hash] } as const
  return read(network, ask)
}

async function isSigned(network: Network, orders: Order.Quartet, kind: Order.Kind) {
  const { hub, chainId } = network.profile
  const signer =
    kind === 'request'
      ? orders.request.requester
      : await Registry.ownerOf(network, kind, subjectOf(orders, kind))
  if (signer === undefined) return false
  const hash = Order.hash(kind, orders[kind], Order.domain(chainId, hub))
  const functionName = 'verifyPresignatureOrSignature' as const
  const args = [signer, hash, orders[kind].sign] as const
  return refusedMeansNo(read(network, { address: hub, abi: hubAbi, functionName, args }))
}

const groupAbi = parseAbi(['function keyHasPurpose(bytes32,uint256) view returns (bool)'])
/** ERC-734's purpose of a group's members. Source: PoCo `GROUPMEMBER_PURPOSE`. */
const MEMBER = 4n
const pairOf = (group: Address, account: Address) => `${group} ${account}`.toLowerCase()

/** Who of these orders is in a group that another of them is restricted to. */
async function membersAmong(network: Network, orders: Order.Quartet): Promise<Set<string>> {
  const who: Readonly<Record<string, Address>> = {
    apprestrict: orders.app.app,
    datasetrestrict: orders.dataset.dataset,
    workerpoolrestrict: orders.workerpool.workerpool,
    requesterrestrict: orders.request.requester,
  }
  const asked = assets.flatMap((kind) =>
    Object.entries(orders[kind]).flatMap(([field, group]) => {
      const account = who[field]
      return account === undefined ? [] : [{ group: group as Address, account }] // a restriction
    }),
  )
  asked.push({ group: orders.request.workerpool, account: orders.workerpool.workerpool })
  const open = asked.filter(
    ({ group, account }) => group !== Scalar.nullAddress && !isAddressEqual(group, account),
  )
  const pairs = await Promise.all(
    open.map(async ({ group, account }) => {
      const args = [padHex(account, { size: 32 }), MEMBER] as const
      const ask = { address: group, abi: groupAbi, functionName: 'keyHasPurpose' } as const
      return (await refusedMeansNo(read(network, { ...ask, args }))) ? [pairOf(group, account)] : []
    }),
  )
  return new Set(pairs.flat())
}

/** What is not a group, or not a wallet, says no by reverting. */
async function refusedMeansNo(answer: Promise<boolean>): Promise<boolean> {
  return answer.catch((error) => {
    if (error instanceof AppError && error.code === 'chain/unreachable' && isEmpty(error))
      return false
    if (error instanceof AppError && error.code === 'chain/reverted') return false
    throw error
  })
}

/** An address without code answers with nothing. */
const isEmpty = (error: AppError) => /returned no data/.test(String(error.cause))
