/** Account: what an address has, in its wallet and in the hub's escrow. */
import { Amount, AppError, Scalar } from '@traboule/protocol'
import { hubAbi, tokenAbi } from '@traboule/protocol/abi'
import { type Address, parseAbi, type TransactionReceipt } from 'viem'
import { getBalance } from 'viem/actions'
import { pay, reach, read, write } from './chain.ts'
import { type Network, signerOf } from './network.ts'

/** Amounts in nRLC, except `coin`. */
export type Balance = Readonly<{
  address: Address
  /** The chain's own coin, which pays for gas, in wei. */
  coin: bigint
  /** RLC in the wallet, not yet deposited. */
  wallet: bigint
  /** Deposited and free to pay, to lock or to withdraw. */
  stake: bigint
  /** Deposited and held by open deals and contributions. */
  locked: bigint
  /** How many results the chain has credited to this worker, less its faults. */
  score: bigint
}>

/** The chain's own coin counts 18 decimals, nRLC 9. */
const WEI_PER_NRLC = 1_000_000_000n
const nativeEscrow = parseAbi(['function deposit() payable returns (bool)'])

/**
 * What an address has; the wallet's own when none is named.
 *
 * @example
 * ```ts
 * const { stake, locked } = await account.show(network)
 * ```
 */
export async function show(network: Network, address?: Address): Promise<Balance> {
  const { hub } = network.profile
  const owner = address ?? signerOf(network).address
  const ask = { address: hub, abi: hubAbi, args: [owner] } as const
  const [coin, wallet, { stake, locked }, score] = await Promise.all([
    reach(getBalance(network.chain, { address: owner })),
    walletOf(network, owner),
    read(network, { ...ask, functionName: 'viewAccount' }),
    read(network, { ...ask, functionName: 'viewScore' }),
  ])
  return { address: owner, coin, wallet: wallet ?? coin / WEI_PER_NRLC, stake, locked, score }
}

/** RLC of a wallet; undefined where the chain's own coin pays. */
async function walletOf(network: Network, owner: Address): Promise<bigint | undefined> {
  const { token } = network.profile
  if (token === Scalar.nullAddress) return undefined
  return read(network, { address: token, abi: tokenAbi, functionName: 'balanceOf', args: [owner] })
}

/**
 * Moves nRLC from the wallet into the escrow, in one transaction.
 *
 * @example
 * ```ts
 * await account.deposit(network, Amount.parse('2 RLC'))
 * ```
 */
export async function deposit(network: Network, amount: bigint): Promise<TransactionReceipt> {
  const { token, hub } = network.profile
  await ensureHas(network, amount)
  if (token === Scalar.nullAddress)
    return write(network, {
      ...{ address: hub, abi: nativeEscrow, functionName: 'deposit', args: [] },
      value: amount * WEI_PER_NRLC,
    })
  const args = [hub, amount, '0x'] as const
  return write(network, { address: token, abi: tokenAbi, functionName: 'approveAndCall', args })
}

async function ensureHas(network: Network, amount: bigint): Promise<void> {
  if (amount <= 0n)
    throw new AppError('request/invalid', 'The amount must be more than nothing.', { amount })
  const { address, wallet } = await show(network)
  if (wallet >= amount) return
  const sentence = `${address} has ${Amount.format(wallet)}, which is less than ${Amount.format(amount)}.`
  throw new AppError('account/too-little', sentence, { address, wallet, amount })
}

/**
 * Moves nRLC from the escrow back into the wallet.
 *
 * @example
 * ```ts
 * const receipt = await account.withdraw(network, 500_000_000n)
 * ```
 */
export async function withdraw(network: Network, amount: bigint): Promise<TransactionReceipt> {
  const { address, stake } = await show(network)
  if (stake < amount) {
    const sentence = `${address} has ${Amount.format(stake)} of free stake, which is less than ${Amount.format(amount)}.`
    throw new AppError('account/too-little', sentence, { address, stake, amount })
  }
  const { hub } = network.profile
  return write(network, { address: hub, abi: hubAbi, functionName: 'withdraw', args: [amount] })
}

/**
 * Sends nRLC from the wallet to another address.
 *
 * @example
 * ```ts
 * await account.transfer(network, { to: friend, amount: Amount.parse('1 RLC') })
 * ```
 */
export async function transfer(
  network: Network,
  { to, amount }: Readonly<{ to: Address; amount: bigint }>,
): Promise<TransactionReceipt> {
  const { token } = network.profile
  await ensureHas(network, amount)
  if (token === Scalar.nullAddress) return pay(network, { to, value: amount * WEI_PER_NRLC })
  const args = [to, amount] as const
  return write(network, { address: token, abi: tokenAbi, functionName: 'transfer', args })
}

/**
 * Sends the chain's own coin, which pays for gas, to another address; the amount is in wei.
 *
 * @example
 * ```ts
 * await account.transferCoin(network, { to: friend, amount: 10n ** 16n })
 * ```
 */
export async function transferCoin(
  network: Network,
  { to, amount }: Readonly<{ to: Address; amount: bigint }>,
): Promise<TransactionReceipt> {
  return pay(network, { to, value: amount })
}
