/**
 * Reader: who may read what a task printed: its requester, who proves it by a signed challenge.
 *
 * Challenges are not kept: an hour's challenge for an address follows from a secret of this process,
 * so anybody may ask for as many as they like. One is good for the hour it was given in and the next.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { AppError, Deal } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Signed } from '@traboule/protocol/api'
import { type ChainClient, reading } from '@traboule/service-kit'
import {
  type Address,
  getAddress,
  type Hex,
  hashTypedData,
  isAddress,
  isAddressEqual,
  isHex,
  recoverAddress,
} from 'viem'

const HOUR = 3_600

const types = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
  ],
  Challenge: [{ name: 'challenge', type: 'string' }],
} as const

export type Reader = Readonly<{
  /** What `address` signs, at `now` in Unix seconds. */
  challenge(address: Address, now: number): ReturnType<typeof typedData>
  /** Who signed the challenge. Throws `request/unauthorized`. */
  authorize: typeof Signed.verify
  /** Throws `request/forbidden` unless `caller` requested the deal. */
  mayRead(dealId: Hex, caller: Address): Promise<void>
}>

type At = Readonly<{ client: ChainClient; hub: Address }>

export function openReader(at: At, secret: Uint8Array = randomBytes(32)): Reader {
  const chainId = at.client.chain.id
  const challenge = (address: Address, now: number) => {
    const period = Math.floor(now / HOUR)
    const mac = createHmac('sha256', secret).update(`${address} ${period}`).digest('base64url')
    return typedData(chainId, mac)
  }
  return {
    challenge,
    async authorize(header, _, now) {
      const [hash = '', signature = '', address = ''] = (header ?? '').split('_')
      if (!isHex(hash) || !isHex(signature) || !isAddress(address, { strict: false }))
        throw refused('The authorization header is not <hash>_<signature>_<address>.')
      const caller = getAddress(address)
      const good = [now, now - HOUR].map((time) => hashOf(challenge(caller, time)))
      if (!good.includes(hash.toLowerCase() as Hex))
        throw refused('The challenge is not one of ours for this address, or is too old.')
      if (!(await signedBy(caller, hash, signature, at)))
        throw refused('The signature is not by the address that it names.')
      return caller
    },
    async mayRead(dealId, caller) {
      const ask = { address: at.hub, abi: hubAbi, functionName: 'viewDeal' } as const
      const view = await reading(at.client.readContract({ ...ask, args: [dealId] }))
      const requester = Deal.fromChain(dealId, view)?.requester
      if (requester !== undefined && isAddressEqual(requester, caller)) return
      const sentence = `${caller} did not request this task.`
      throw new AppError('request/forbidden', sentence, { requester, caller })
    },
  }
}

function typedData(chainId: number, challenge: string) {
  const domain = { name: 'iExec Core', version: '1', chainId }
  return { types, primaryType: 'Challenge' as const, domain, message: { challenge } }
}

function hashOf({ types: { Challenge }, ...data }: ReturnType<typeof typedData>): Hex {
  return hashTypedData({ ...data, types: { Challenge } })
}

/** A key's signature is checked here; a contract's is the hub's to judge. */
async function signedBy(
  who: Address,
  hash: Hex,
  signature: Hex,
  { client, hub }: At,
): Promise<boolean> {
  const recovered = await recoverAddress({ hash, signature }).catch(() => undefined)
  if (recovered === who) return true
  if ((await reading(client.getCode({ address: who }))) === undefined) return false
  const ask = { address: hub, abi: hubAbi, functionName: 'verifySignature' } as const
  return client.readContract({ ...ask, args: [who, hash, signature] }).catch(() => false)
}

const refused = (sentence: string) => new AppError('request/unauthorized', sentence)
