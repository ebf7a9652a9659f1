/** Money: what moves between purses and accounts, and within them. */
import type { Address } from 'viem'
import * as Payment from '../payment.ts'
import type { Refused } from './refusal.ts'
import { account, type Hub } from './state.ts'

export type MoneyAction =
  | Readonly<{ do: 'deposit'; by: Address; amount: bigint }>
  | Readonly<{ do: 'withdraw'; by: Address; amount: bigint }>
  | Readonly<{ do: 'transfer'; by: Address; to: Address; amount: bigint }>

export function move(hub: Hub, action: MoneyAction): Refused {
  const from = account(hub, action.by)
  const { amount } = action
  if (action.do === 'deposit') {
    if (from.purse < amount) return 'ERC20InsufficientBalance'
    from.purse -= amount
    from.free += amount
    return undefined
  }
  if (from.free < amount) return 'InsufficientBalance'
  from.free -= amount
  if (action.do === 'transfer') account(hub, action.to).free += amount
  else from.purse += amount
  return undefined
}

/** Commits free money to a deal or a task. */
export function lock(hub: Hub, address: Address, amount: bigint): Refused {
  const from = account(hub, address)
  if (from.free < amount) return 'IexecEscrow: Transfer amount exceeds balance'
  from.free -= amount
  from.locked += amount
  return undefined
}

export function unlock(hub: Hub, address: Address, amount: bigint): void {
  account(hub, address).free += amount
  account(hub, address).locked -= amount
}

/** Makes the moves of a settlement. */
export function settle(hub: Hub, { moves, credited, punished }: Payment.Settlement): void {
  for (const { account: address, free, locked } of moves) {
    account(hub, address).free += free
    account(hub, address).locked += locked
  }
  for (const address of credited) account(hub, address).score += 1n
  for (const address of punished)
    account(hub, address).score = Payment.penalized(account(hub, address).score)
}

export function policyOf(hub: Hub): Payment.Policy {
  return { ...hub.settings, kitty: account(hub, Payment.KITTY).locked }
}
