/** Vouch: the signature without which the chain takes no contribution from a worker. */
import { AppError, Contribution, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type ChainClient, reading } from '@traboule/service-kit'
import { type Address, type Hex, isAddressEqual, type LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Config } from '../config.ts'

/** Lets a worker contribute to a task with this enclave, or with none by the null address. */
export type Vouch = (worker: Address, taskId: Hex, enclave: Address) => Promise<Hex>

export type VouchOptions = Readonly<{
  client: ChainClient
  /** The workerpool owner's key. */
  account: LocalAccount
  config: Pick<Config, 'HUB' | 'TEE' | 'TEE_BROKER_KEY'>
}>

/** Throws `workerpool/no-broker` when enclaves are offered and the hub's broker is not at hand. */
export async function openVouch({ client, account, config }: VouchOptions): Promise<Vouch> {
  const broker = config.TEE === 'none' ? account : await brokerOf(client, account, config)
  return (worker, taskId, enclave) => {
    const raw = Contribution.authorizationHash(worker, taskId, enclave)
    const signer = enclave === Scalar.nullAddress ? account : broker
    return signer.signMessage({ message: { raw } })
  }
}

/** Who signs for enclaves: the hub's broker, or the pool's owner where it has none. */
async function brokerOf(
  client: ChainClient,
  account: LocalAccount,
  { HUB, TEE_BROKER_KEY }: VouchOptions['config'],
): Promise<LocalAccount> {
  const ask = { address: HUB, abi: hubAbi, functionName: 'teebroker' } as const
  const broker = await reading(client.readContract(ask))
  if (broker === Scalar.nullAddress) return account
  const key = TEE_BROKER_KEY === undefined ? account : privateKeyToAccount(TEE_BROKER_KEY)
  if (isAddressEqual(key.address, broker)) return key
  const sentence = `Only ${broker} may vouch for enclaves on this hub, not ${key.address}.`
  throw new AppError('workerpool/no-broker', sentence, { broker, key: key.address })
}
