/**
 * Secret: what the network's secret store keeps for somebody until an enclave needs it. Secrets go
 * in; nothing here takes them out.
 */
import { AppError, Secret } from '@traboule/protocol'
import type { Address } from 'viem'
import { type Network, signerOf } from './network.ts'

/**
 * Which secret: of a dataset (its key) or an app (its developer's), by the contract; or of an
 * account, the wallet's unless said otherwise: `requester` for its apps, `user` for its own use.
 */
export type Place =
  | Readonly<{ kind: 'dataset' | 'app'; owner: Address }>
  | Readonly<{ kind: 'requester' | 'user'; name: string; owner?: Address }>

/**
 * Whether a secret is kept.
 *
 * @example
 * ```ts
 * const known = await secret.check(network, { kind: 'requester', name: 'api-key' })
 * ```
 */
export async function check(network: Network, place: Place): Promise<boolean> {
  try {
    await has(network, full(network, place))
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'secret/unknown') return false
    throw error
  }
}

/**
 * Keeps a secret. Those of datasets, apps and requesters are kept for good. Throws
 * `secret/exists`, `secret/too-large` or `request/unauthorized`.
 *
 * @example
 * ```ts
 * await secret.push(network, { kind: 'requester', name: 'api-key' }, 'open sesame')
 * ```
 */
export async function push(network: Network, place: Place, value: string): Promise<void> {
  signerOf(network) // says so plainly when there is none
  const { kind, owner, name } = full(network, place)
  const body = new TextEncoder().encode(value)
  const sms = network.sms()
  if (kind === 'dataset') await sms.pushDataset({ query: { secretAddress: owner }, body })
  else if (kind === 'app') await sms.pushApp({ params: { app: owner }, body })
  else if (kind === 'requester')
    await sms.pushRequester({ params: { requester: owner, name }, body })
  else await sms.pushUser({ query: { ownerAddress: owner, secretName: name }, body })
}

/**
 * Replaces a secret of a `user`, the only kind that changes. Throws `secret/unknown`.
 *
 * @example
 * ```ts
 * await secret.push(network, { kind: 'user', name: 'token' }, 'old')
 * await secret.replace(network, 'token', 'new')
 * ```
 */
export async function replace(network: Network, name: string, value: string): Promise<void> {
  const query = { ownerAddress: signerOf(network).address, secretName: name }
  await network.sms().replaceUser({ query, body: new TextEncoder().encode(value) })
}

/**
 * Keeps the public key that results for this wallet are encrypted with, instead of any before.
 *
 * @example
 * ```ts
 * const { publicKey } = await encryption.generateKeyPair()
 * await secret.pushResultKey(network, publicKey)
 * ```
 */
export async function pushResultKey(network: Network, publicKey: string): Promise<void> {
  const place = { kind: 'user', name: Secret.RESULT_KEY } as const
  const value = btoa(publicKey)
  if (await check(network, place)) await replace(network, Secret.RESULT_KEY, value)
  else await push(network, place, value)
}

function full(network: Network, place: Place): Secret.Place {
  if ('name' in place) return { ...place, owner: place.owner ?? signerOf(network).address }
  return { ...place, name: place.kind === 'app' ? Secret.APP_NAME : '' }
}

function has(network: Network, { kind, owner, name }: Secret.Place): Promise<unknown> {
  const sms = network.sms()
  if (kind === 'dataset') return sms.hasDataset({ query: { secretAddress: owner } })
  if (kind === 'app') return sms.hasApp({ params: { app: owner } })
  if (kind === 'requester') return sms.hasRequester({ params: { requester: owner, name } })
  return sms.hasUser({ query: { ownerAddress: owner, secretName: name } })
}
