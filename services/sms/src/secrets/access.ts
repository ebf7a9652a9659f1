/**
 * Access: who asks, and whether the secret is theirs.
 *
 * Two proofs are taken. The ecosystem's clients sign the value for its place: good on every chain,
 * for ever, so such a signature cannot bring back a value that was replaced. `Traboule …` signs the
 * request itself, for a minute, and can.
 */
import { AppError, Scalar, Secret } from '@traboule/protocol'
import { appAbi } from '@traboule/protocol/abi'
import { Signed } from '@traboule/protocol/api'
import type { ChainClient } from '@traboule/service-kit'
import { type Address, isAddressEqual, isHex, recoverMessageAddress } from 'viem'
import type { Secrets } from './secrets.ts'

/** Who signed a request, in either way. Throws `request/unauthorized`, `secret/replayed`. */
export function openAuthorize(secrets: Secrets): typeof Signed.verify {
  return async (header, claim, now) => {
    if (header?.startsWith('Traboule ')) return Signed.verify(header, claim, now)
    const place = placeOf(claim.target)
    const digest = Secret.digest(place, textOf(claim.body))
    const caller = await recover(digest, header ?? '')
    if (claim.method === 'PUT' && (await secrets.wasReplaced(place, digest)))
      throw new AppError('secret/replayed', 'This value was replaced after it was signed.', place)
    return caller
  }
}

/** Which secret a request is about. */
function placeOf(target: string): Secret.Place {
  const { pathname, searchParams } = new URL(target, 'http://sms')
  const [, first, second = '', , fourth = ''] = pathname.split('/').map(decoded)
  const param = (name: string) => searchParams.get(name) ?? ''
  if (first === 'apps') return { kind: 'app', owner: ownerOf(second), name: Secret.APP_NAME }
  if (first === 'requesters') return { kind: 'requester', owner: ownerOf(second), name: fourth }
  if (second === 'web3')
    return { kind: 'dataset', owner: ownerOf(param('secretAddress')), name: '' }
  return { kind: 'user', owner: ownerOf(param('ownerAddress')), name: param('secretName') }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // the route's own parser refuses it
  }
}

function ownerOf(text: string): Address {
  const parsed = Scalar.address.safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError('request/invalid', `${text.slice(0, 50)} is not an address.`)
}

/** The value as text. Throws `secret/not-text`. */
export function textOf(body: Uint8Array | undefined): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (cause) {
    throw new AppError('secret/not-text', 'The secret is not UTF-8 text.', {}, cause)
  }
}

async function recover(digest: `0x${string}`, signature: string): Promise<Address> {
  if (isHex(signature) && signature.length === 132) {
    const recovered = recoverMessageAddress({ message: { raw: digest }, signature })
    const address = await recovered.catch(() => undefined) // not a point on the curve
    if (address) return address
  }
  throw new AppError('request/unauthorized', 'Invalid authorization')
}

/** Throws `request/unauthorized` unless `caller` may write at `place`. */
export async function mayWrite(
  place: Secret.Place,
  caller: Address,
  client: ChainClient,
): Promise<void> {
  const onChain = place.kind === 'dataset' || place.kind === 'app'
  const owner = onChain ? await ownerOnChain(place.owner, client) : place.owner
  if (owner && isAddressEqual(owner, caller)) return
  throw new AppError('request/unauthorized', 'Invalid authorization', { ...place, caller })
}

/** Datasets and apps answer alike; undefined when nothing there has an owner. */
async function ownerOnChain(address: Address, client: ChainClient): Promise<Address | undefined> {
  const code = await reading(client.getCode({ address }))
  if (code === undefined) return undefined
  const ask = client.readContract({ address, abi: appAbi, functionName: 'owner' })
  return ask.catch(async () => {
    await reading(client.getBlockNumber()) // when the chain is well, the contract has no owner
    return undefined
  })
}

async function reading<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
