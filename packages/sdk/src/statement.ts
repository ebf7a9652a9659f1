/** Statement: every movement of an account's money in the escrow, and sums to hold against the chain. */
import { hubAbi } from '@traboule/protocol/abi'
import {
  type Address,
  formatLog,
  type Hash,
  type Hex,
  isAddressEqual,
  numberToHex,
  parseEventLogs,
  zeroAddress,
} from 'viem'
import { getBlock, readContract } from 'viem/actions'
import { reach } from './chain.ts'
import { headOf, logs, selectors, spans } from './history.ts'
import { type Network, signerOf } from './network.ts'

/** What a movement does to the two sides of an account: free stake, and what is locked. */
const effects = {
  deposit: { stake: 1n, locked: 0n },
  withdrawal: { stake: -1n, locked: 0n },
  received: { stake: 1n, locked: 0n },
  sent: { stake: -1n, locked: 0n },
  lock: { stake: -1n, locked: 1n },
  unlock: { stake: 1n, locked: -1n },
  reward: { stake: 1n, locked: 0n },
  seize: { stake: 0n, locked: -1n },
} as const

export type Movement = Readonly<{
  kind: keyof typeof effects
  /** nRLC. */
  amount: bigint
  /** The task that was paid, for a reward; the deal or task, for what was seized. */
  ref: Hex | undefined
  /** Unix seconds. */
  time: bigint
  block: bigint
  transactionHash: Hash
}>

export type Statement = Readonly<{
  address: Address
  /** The block that it is true of. */
  block: bigint
  /** Oldest first. */
  movements: readonly Movement[]
  /** What the movements add up to, in nRLC. */
  stake: bigint
  locked: bigint
  /** Whether the hub says the same two sums at that block. */
  matches: boolean
}>

/**
 * Everything that moved an account's money since the hub exists, read from the chain alone; the
 * wallet's own when no address is named. Long chains take a while: the hub's events name accounts
 * where nodes cannot search.
 *
 * @example
 * ```ts
 * const { movements, stake, matches } = await statement(network)
 * const earned = movements.filter(({ kind }) => kind === 'reward')
 * ```
 */
export async function statement(network: Network, given?: Address): Promise<Statement> {
  const address = given ?? signerOf(network).address
  const { number: block } = await headOf(network)
  const found: Untimed[] = []
  for (const [first, last] of spans(network.profile.fromBlock, block))
    found.push(...(await movementsIn(network, address, { first, last })))
  const movements = await timed(network, found)
  const sum = (side: 'stake' | 'locked') =>
    movements.reduce((all, { kind, amount }) => all + effects[kind][side] * amount, 0n)
  const [stake, locked] = [sum('stake'), sum('locked')]
  const said = await balanceAt(network, address, block)
  const matches = said.stake === stake && said.locked === locked
  return { address, block, movements, stake, locked, matches }
}

function balanceAt({ chain, profile }: Network, address: Address, blockNumber: bigint) {
  const ask = {
    address: profile.hub,
    abi: hubAbi,
    functionName: 'viewAccount',
    blockNumber,
  } as const
  return reach(readContract(chain, { ...ask, args: [address] }))
}

type Untimed = Omit<Movement, 'time'>
type Range = Readonly<{ first: bigint; last: bigint }>

const wanted = selectors(['Transfer', 'Lock', 'Unlock', 'Reward', 'Seize'])

async function movementsIn(network: Network, address: Address, { first, last }: Range) {
  const range = { fromBlock: numberToHex(first), toBlock: numberToHex(last) }
  const raw = await logs(network, { ...range, topics: [wanted] })
  const events = parseEventLogs({ abi: hubAbi, logs: raw.map((log) => formatLog(log)) })
  return events.flatMap(({ eventName, args, blockNumber, transactionHash }): Untimed[] => {
    const where = { block: blockNumber ?? 0n, transactionHash: transactionHash ?? '0x' } as const
    if (eventName === 'Transfer') {
      const kind = kindOf(network, address, args)
      return kind ? [{ kind, amount: args.value, ref: undefined, ...where }] : []
    }
    if (!('owner' in args && 'amount' in args) || !isAddressEqual(args.owner, address)) return []
    const kind = kinds[eventName as keyof typeof kinds] // those that were asked for
    return [{ kind, amount: args.amount, ref: 'ref' in args ? args.ref : undefined, ...where }]
  })
}

const kinds = { Lock: 'lock', Unlock: 'unlock', Reward: 'reward', Seize: 'seize' } as const

type Moved = Readonly<{ from: Address; to: Address }>

/** What a transfer is to `address`. Those from and to the hub have an event of their own beside. */
function kindOf({ profile }: Network, address: Address, { from, to }: Moved) {
  if ([from, to].some((each) => isAddressEqual(each, profile.hub)) || isAddressEqual(from, to))
    return
  if (isAddressEqual(to, address)) return from === zeroAddress ? 'deposit' : 'received'
  if (isAddressEqual(from, address)) return to === zeroAddress ? 'withdrawal' : 'sent'
  return
}

async function timed(network: Network, found: readonly Untimed[]): Promise<readonly Movement[]> {
  const blocks = [...new Set(found.map(({ block }) => block))]
  const times = new Map<bigint, bigint>()
  await Promise.all(
    blocks.map(async (blockNumber) => {
      const { timestamp } = await reach(getBlock(network.chain, { blockNumber }))
      times.set(blockNumber, timestamp)
    }),
  )
  return found.map((each) => ({ ...each, time: times.get(each.block) ?? 0n }))
}
