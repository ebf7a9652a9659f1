/** Deployer: one account's transactions, many at a time, each of which must succeed. */
import { AppError } from '@traboule/protocol'
import type { Address, Hex, LocalAccount, PublicClient, TransactionReceipt } from 'viem'

/** A transaction to send: a call, or ether. */
export type Step = Readonly<{ what: string; to: Address; data?: Hex; value?: bigint }>

export type Deployer = Readonly<{
  client: PublicClient
  address: Address
  /** Sends these in order, without waiting in between, and resolves when all are mined. */
  send(steps: readonly Step[]): Promise<readonly TransactionReceipt[]>
  hasCode(address: Address): Promise<boolean>
}>

/** Speaks for `account` on `client`'s chain. */
export function createDeployer(client: PublicClient, account: LocalAccount): Deployer {
  const { address } = account
  return {
    client,
    address,
    hasCode: async (at) => ((await client.getCode({ address: at })) ?? '0x') !== '0x',
    async send(steps) {
      const [chainId, fees, nonce] = await Promise.all([
        client.getChainId(),
        client.estimateFeesPerGas(),
        client.getTransactionCount({ address, blockTag: 'pending' }),
      ])
      const gas = await Promise.all(steps.map((step) => estimate(client, address, step)))
      const hashes: Hex[] = []
      for (const [n, { to, data, value }] of steps.entries()) {
        const serializedTransaction = await account.signTransaction({
          type: 'eip1559',
          chainId,
          to,
          nonce: nonce + n,
          gas: ((gas[n] ?? 0n) * 12n) / 10n,
          ...(data && { data }),
          ...(value && { value }),
          ...fees,
        })
        const sending = client.sendRawTransaction({ serializedTransaction })
        hashes.push(await sending.catch(refusalOf(address, steps[n]?.what ?? '')))
      }
      return Promise.all(hashes.map((hash, n) => mined(client, hash, steps[n]?.what ?? '')))
    },
  }
}

async function estimate(client: PublicClient, account: Address, { what, ...step }: Step) {
  return client.estimateGas({ account, ...step }).catch(refusalOf(account, what))
}

/** Throws `chain/reverted` or `chain/out-of-gas-money`, naming the step. */
function refusalOf(account: Address, what: string): (cause: Error) => never {
  return (cause) => {
    const poor = /insufficient funds/i.test(cause.message)
    const code = poor ? 'chain/out-of-gas-money' : 'chain/reverted'
    throw new AppError(code, `${what}: ${cause.message.split('\n')[0]}`, { account }, cause)
  }
}

async function mined(client: PublicClient, hash: Hex, what: string): Promise<TransactionReceipt> {
  const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  if (receipt.status === 'success') return receipt
  throw new AppError('chain/reverted', `${what} failed on chain.`, { hash })
}
