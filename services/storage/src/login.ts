/**
 * Login: a token instead of a signature on every request, for clients that sign once.
 *
 * Tokens are JWTs under a secret of this process: a restart makes them void, and clients log in again.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError, Scalar } from '@traboule/protocol'
import { type Handlers, type loginApi, Signed } from '@traboule/protocol/api'
import { type ChainClient, type Clock, openChallenges } from '@traboule/service-kit'
import type { Address } from 'viem'
import { z } from 'zod'

const DAY = 86_400

const claims = z.object({ sub: Scalar.address, exp: z.number().int() })

export type Login = Readonly<{
  handlers: Handlers<typeof loginApi>
  /** Who makes a claim: by a token, or by a signature of the claim itself. */
  authorize: typeof Signed.verify
}>

export type LoginOptions = Readonly<{ client: ChainClient; hub: Address; clock: Clock }>

export function openLogin({ client, hub, clock }: LoginOptions): Login {
  const challenges = openChallenges({ name: 'iExec Result Repository', client, hub })
  const secret = randomBytes(32)
  const seconds = () => Math.floor(clock.now() / 1000)
  const sealOf = (text: string) => createHmac('sha256', secret).update(text).digest('base64url')

  function tokenFor(sub: Address): string {
    const now = seconds()
    const parts = [
      { alg: 'HS256', typ: 'JWT' },
      { sub, iat: now, exp: now + DAY },
    ]
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    return `${text.join('.')}.${sealOf(text.join('.'))}`
  }

  function holderOf(token: string, now: number): Address {
    const end = token.lastIndexOf('.')
    const [seal, expected] = [token.slice(end + 1), sealOf(token.slice(0, end))].map(Buffer.from)
    if (!seal || !expected || seal.length !== expected.length || !timingSafeEqual(seal, expected))
      throw refused('The token is not one of ours.')
    const [, body = ''] = token.split('.')
    const { sub, exp } = claims.parse(JSON.parse(Buffer.from(body, 'base64url').toString())) // ours
    if (exp > now) return sub
    throw refused('The token is older than a day.')
  }

  return {
    handlers: {
      async challenge({ query }) {
        sameChain(query.chainId, client.chain.id)
        return challenges.challenge(query.address, seconds())
      },
      async login({ query, body }) {
        sameChain(query.chainId, client.chain.id)
        const presented = new TextDecoder().decode(body).trim()
        return tokenFor(await challenges.signer(presented, seconds()))
      },
    },
    async authorize(header, claim, now) {
      const [, token] = /^Bearer (.+)$/.exec(header ?? '') ?? []
      return token === undefined ? Signed.verify(header, claim, now) : holderOf(token, now)
    },
  }
}

function sameChain(asked: number | undefined, chainId: number): void {
  if (asked === undefined || asked === chainId) return
  const sentence = `chainId ${asked} is not supported`
  throw new AppError('order/wrong-chain', sentence, { supported: [chainId] })
}

const refused = (sentence: string) => new AppError('request/unauthorized', sentence)
