/** Network: one chain with its services, seen by one wallet (or by nobody). */
import { AppError } from '@traboule/protocol'
import { type Client, client as open, smsApi, storageApi } from '@traboule/protocol/api'
import {
  type Address,
  createClient,
  custom,
  defineChain,
  type EIP1193Provider,
  type Hex,
  http,
  type LocalAccount,
  type TypedDataDefinition,
  type Client as ViemClient,
} from 'viem'
import { getChainId, signTypedData } from 'viem/actions'
import { type Profile, urlOf } from './profile.ts'

/** Who signs: a viem account that has its key, or a browser's wallet that keeps it to itself. */
export type Wallet = LocalAccount | Readonly<{ address: Address; provider: EIP1193Provider }>

/** A wallet at work: what signs messages and transactions. */
export type Signer = Readonly<{
  address: Address
  /** The key, or the address of a wallet that keeps it. */
  account: LocalAccount | Address
  chain: ViemClient
  signTypedData(typedData: object): Promise<Hex>
}>

export type Network = Readonly<{
  profile: Profile
  /** Reads the chain. */
  chain: ViemClient
  /** Undefined on a network that is only read. */
  signer: Signer | undefined
  /** Throws `chain/wrong-network` unless the RPC URL leads to the profile's chain. */
  ensureChain(): Promise<void>
  storage(): Client<typeof storageApi>
  /** The secret store. */
  sms(): Client<typeof smsApi>
  fetch: typeof fetch
  /** Unix milliseconds. */
  now(): number
  /** Waits; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}>

/** The ways out of this process; tests and unusual surroundings replace them. */
export type Ways = Readonly<{
  provider?: Pick<EIP1193Provider, 'request'>
  fetch?: typeof fetch
  now?: () => number
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}>

/**
 * Opens a network. Nothing is asked of it yet, so this neither waits nor fails.
 *
 * @example
 * ```ts
 * const network = openNetwork(profile, wallet)
 * const { stake } = await account.show(network)
 * ```
 */
export function openNetwork(profile: Profile, wallet?: Wallet, ways: Ways = {}): Network {
  const { fetch: via = globalThis.fetch.bind(globalThis), now = Date.now, sleep = wait } = ways
  const chain = openChain(profile, ways.provider)
  const signer = wallet && openSigner(profile, wallet, chain)
  const calling = (service: string) => ({
    ...{ fetch: via, chainId: profile.chainId, service, now: () => Math.floor(now() / 1000) },
    ...(signer && { signer }),
  })
  let checked: Promise<void> | undefined
  return {
    profile,
    chain,
    signer,
    fetch: via,
    now,
    sleep,
    ensureChain() {
      checked ??= checkChain(chain, profile).catch((error) => {
        checked = undefined // the next call may find it mended
        throw error
      })
      return checked
    },
    storage: () => open(storageApi, urlOf(profile, 'storage'), calling('storage')),
    sms: () => open(smsApi, urlOf(profile, 'sms'), calling('sms')),
  }
}

/** The signer, for verbs that need one. Throws `wallet/missing`. */
export function signerOf({ signer }: Network): Signer {
  if (signer) return signer
  throw new AppError('wallet/missing', 'This needs a wallet, and the network was opened without.')
}

const LOCAL = /^https?:\/\/(localhost|127\.|\[::1\])/

function openChain(profile: Profile, provider: Ways['provider']): ViemClient {
  const { rpcUrl, chainId } = profile
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const pollingInterval = profile.pollMs ?? (LOCAL.test(rpcUrl) ? 200 : 2_000)
  // Calls of the same moment travel as one batch.
  const transport = provider ? custom(provider) : http(rpcUrl, { batch: true })
  return createClient({ chain, transport, pollingInterval, cacheTime: 0 })
}

function openSigner(profile: Profile, wallet: Wallet, chain: ViemClient): Signer {
  const { address } = wallet
  const own = 'provider' in wallet ? openChain(profile, wallet.provider) : chain
  const account = 'provider' in wallet ? address : wallet
  return {
    address,
    account,
    chain: own,
    signTypedData: (typedData) =>
      signTypedData(own, { account, ...(typedData as TypedDataDefinition) }), // callers give EIP-712
  }
}

async function checkChain(chain: ViemClient, { chainId, rpcUrl }: Profile): Promise<void> {
  const found = await getChainId(chain).catch((cause) => {
    throw new AppError('chain/unreachable', `${rpcUrl} does not answer.`, { rpcUrl }, cause)
  })
  if (found === chainId) return
  const sentence = `${rpcUrl} leads to chain ${found}, not ${chainId}.`
  throw new AppError('chain/wrong-network', sentence, { expected: chainId, found })
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
