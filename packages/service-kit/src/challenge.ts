/**
 * Challenge: who asks, as the ecosystem's clients prove it: a typed text, signed, presented as
 * `<hash>_<signature>_<address>`.
 *
 * Challenges are not kept: an hour's challenge for an address follows from a secret of this process,
 * so anybody may ask for as many as they like. One is good for the hour it was given in and the next.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import {
  type Address,
  getAddress,
  type Hex,
  hashTypedData,
  isAddress,
  isHex,
  recoverAddress,
} from 'viem'
import { type ChainClient, reading } from './chain/client.ts'

const HOUR = 3_600

const types = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
  ],
  Challenge: [{ name: 'challenge', type: 'string' }],
} as const

export type Challenges = Readonly<{
  /** What `address` signs, at `now` in Unix seconds. */
  challenge(address: Address, now: number): ReturnType<typeof typedData>
  /** Who signed one. Throws `request/unauthorized`. */
  signer(presented: string, now: number): Promise<Address>
}>

export type ChallengesOptions = Readonly<{
  /** The service's name, which wallets show. */
  name: string
  client: ChainClient
  hub: Address
}>

export function openChallenges(options: ChallengesOptions): Challenges {
  const { name, client } = options
  const secret = randomBytes(32)
  const challenge = (address: Address, now: number) => {
    const period = Math.floor(now / HOUR)
    const mac = createHmac('sha256', secret).update(`${address} ${period}`).digest('base64url')
    return typedData(name, client.chain.id, mac)
  }
  return {
    challenge,
    async signer(presented, now) {
      const [hash = '', signature = '', address = ''] = presented.split('_')
      if (!isHex(hash) || !isHex(signature) || !isAddress(address, { strict: false }))
        throw refused('The authorization is not <hash>_<signature>_<address>.')
      const caller = getAddress(address)
      const good = [now, now - HOUR].map((time) => hashOf(challenge(caller, time)))
      if (!good.includes(hash.toLowerCase() as Hex))
        throw refused('The challenge is not one of ours for this address, or is too old.')
      if (!(await signedBy(caller, hash, { ...options, signature })))
        throw refused('The signature is not by the address that it names.')
      return caller
    },
  }
}

function typedData(name: string, chainId: number, challenge: string) {
  const lists = { EIP712Domain: [...types.EIP712Domain], Challenge: [...types.Challenge] }
  const domain = { name, version: '1', chainId }
  return { types: lists, primaryType: 'Challenge' as const, domain, message: { challenge } }
}

function hashOf({ types: { Challenge }, ...data }: ReturnType<typeof typedData>): Hex {
  return hashTypedData({ ...data, types: { Challenge } })
}

type Signing = Pick<ChallengesOptions, 'client' | 'hub'> & Readonly<{ signature: Hex }>

/** A key's signature is checked here; a contract's is the hub's to judge. */
async function signedBy(who: Address, hash: Hex, { client, hub, signature }: Signing) {
  const recovered = await recoverAddress({ hash, signature }).catch(() => undefined)
  if (recovered === who) return true
  if ((await reading(client.getCode({ address: who }))) === undefined) return false
  const ask = { address: hub, abi: hubAbi, functionName: 'verifySignature' } as const
  return client.readContract({ ...ask, args: [who, hash, signature] }).catch(() => false)
}

const refused = (sentence: string) => new AppError('request/unauthorized', sentence)
