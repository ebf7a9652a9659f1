/** Logging in to a storage, as older clients of the ecosystem do before they ask for encrypted results. */
import { z } from 'zod'
import { address } from '../scalars.ts'

const property = z.object({ name: z.string(), type: z.string() })

/** Typed data that an account signs to prove who it is: `<hash>_<signature>_<address>`. */
export const challenge = z.object({
  types: z.object({ EIP712Domain: z.array(property), Challenge: z.array(property) }),
  primaryType: z.literal('Challenge'),
  domain: z.object({ name: z.string(), version: z.string(), chainId: z.number() }),
  message: z.object({ challenge: z.string() }),
})

export const challengeQuery = z.object({ address, chainId: z.coerce.number().int().optional() })

export const loginApi = {
  challenge: {
    method: 'GET',
    path: '/results/challenge',
    query: challengeQuery,
    returns: challenge,
    fails: ['order/wrong-chain'],
    about: 'What an account signs to log in.',
  },
  login: {
    method: 'POST',
    path: '/results/login',
    query: z.object({ chainId: z.coerce.number().int().optional() }),
    body: 'bytes',
    returns: 'text',
    fails: ['order/wrong-chain', 'request/unauthorized'],
    about: 'A token for a day, taken as `authorization: Bearer …` wherever a signature is.',
  },
} as const
