/**
 * Accounts: the people of the devnet, each with a key that anybody can derive.
 *
 * The keys are worth nothing anywhere else; that they are the same on every machine makes a bug
 * report reproducible.
 */
import { type Address, type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

/** What each account is for. Workers are `worker1`, `worker2`, … */
const roles = [
  'owner',
  'funder',
  'requester',
  'appOwner',
  'datasetOwner',
  'workerpoolOwner',
  'broker',
] as const

export type Role = (typeof roles)[number] | `worker${number}`

export type Account = Readonly<{ role: Role; address: Address; privateKey: Hex }>

/** The account of a role. */
export function accountOf(role: Role): Account {
  const privateKey = keccak256(toHex(`traboule devnet: ${role}`))
  return { role, address: privateKeyToAccount(privateKey).address, privateKey }
}

/** Every account of a devnet with this many workers. */
export function accountsFor(workers: number): Account[] {
  const working = Array.from({ length: workers }, (_, n): Role => `worker${n + 1}`)
  return [...roles, ...working].map(accountOf)
}
