/**
 * Signed: a request proves who sent it by one EIP-712 signature over what it asks.
 *
 * Stateless: no login to lose and no session to steal. The signature covers chain, service, method,
 * path with query, and the hash of the body; it is good for a minute on either side of `issuedAt`.
 */
import {
  type Address,
  bytesToHex,
  type Hex,
  isAddress,
  isHex,
  recoverAddress,
  stringToBytes,
} from 'viem'
import { AppError } from '../errors.ts'
import { hashStruct, type Keccak, structOf, viaViem } from '../structHash.ts'

/** Seconds that a signature may be away from the server's clock, either way. */
export const TOLERANCE = 60

/** Whatever can sign typed data: a viem account does. */
export type Signer = Readonly<{
  address: Address
  signTypedData(typedData: ReturnType<typeof toSign>): Promise<Hex>
}>

export type Claim = Readonly<{
  chainId: number
  /** Which service is asked: `scheduler:<workerpool>`, `storage`. */
  service: string
  method: string
  /** Path and query, as in the request line. */
  target: string
  body: Uint8Array | undefined
  /** Unix seconds. */
  issuedAt: number
  /** 16 random bytes: the same request twice is two claims, and one claim can be refused twice. */
  nonce: Hex
}>

const types = {
  Request: [
    { name: 'service', type: 'string' },
    { name: 'method', type: 'string' },
    { name: 'target', type: 'string' },
    { name: 'body', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint256' },
    { name: 'nonce', type: 'bytes16' },
  ],
} as const

function toSign(
  { chainId, service, method, target, body, issuedAt, nonce }: Claim,
  keccak = viaViem,
) {
  const digest = bytesToHex(keccak(body ?? stringToBytes('')))
  return {
    domain: domainOf(chainId),
    types,
    primaryType: 'Request',
    message: { service, method, target, body: digest, issuedAt: BigInt(issuedAt), nonce },
  } as const
}

const domains = new Map<number, Readonly<{ name: string; version: string; chainId: number }>>()

/** One object a chain, so that it is hashed once; a process knows few chains. */
function domainOf(chainId: number) {
  const domain = domains.get(chainId) ?? { name: 'Traboule', version: '1', chainId }
  domains.set(chainId, domain)
  return domain
}

const request = structOf('Request', types.Request)

/** The `authorization` header with which `signer` makes this claim. */
export async function sign(claim: Omit<Claim, 'nonce'>, signer: Signer): Promise<string> {
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(16)))
  const signature = await signer.signTypedData(toSign({ ...claim, nonce }))
  return `Traboule ${signer.address} ${claim.issuedAt} ${signature} ${nonce}`
}

/** Who made the claim. Throws `request/unauthorized` with what is wrong about it. */
export async function verify(
  header: string | undefined,
  claim: Omit<Claim, 'issuedAt' | 'nonce'>,
  now: number,
): Promise<Address> {
  const { address, hash, signature } = read(header, claim, now)
  const recovered = await recoverAddress({ hash, signature }).catch(() => undefined) // no point
  if (recovered !== address) throw notBy()
  return address
}

export type Presented = Readonly<{ address: Address; hash: Hex; signature: Hex }>

/**
 * What a header presents, for those who recover keys in their own way: the claim holds if
 * `signature` over `hash` is by `address`. Throws `request/unauthorized`.
 */
export function read(
  header: string | undefined,
  claim: Omit<Claim, 'issuedAt' | 'nonce'>,
  now: number,
  keccak: Keccak = viaViem,
): Presented {
  const [scheme, address = '', issued = '', signature = '', nonce = ''] = (header ?? '').split(' ')
  const issuedAt = Number(issued)
  const formed = scheme === 'Traboule' && isAddress(address) && isNonce(nonce)
  if (!formed || !Number.isSafeInteger(issuedAt))
    throw refuse('The authorization header is missing or not of the form "Traboule …".')
  if (Math.abs(now - issuedAt) > TOLERANCE)
    throw refuse(`The signature is ${Math.round(Math.abs(now - issuedAt))} s off the clock.`)
  if (!isHex(signature) || signature.length !== 132) throw notBy()
  const { message, domain } = toSign({ ...claim, issuedAt, nonce }, keccak)
  return { address, hash: hashStruct(request, message, domain, keccak), signature }
}

const isNonce = (text: string): text is Hex => /^0x[0-9a-f]{32}$/.test(text)

const notBy = () => refuse('The signature is not by the address that it names.')

const refuse = (sentence: string) =>
  new AppError('request/unauthorized', sentence, { toleranceSeconds: TOLERANCE })
