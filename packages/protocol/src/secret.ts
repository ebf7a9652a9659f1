/**
 * Secret: what a service keeps for somebody until an attested enclave needs it.
 *
 * Source: the digests that SMS clients sign, by EIP-191 over these 32 bytes.
 */
import { type Address, concat, type Hex, keccak256, stringToBytes } from 'viem'

/** `dataset`: its key; `app`: its developer's; `requester`: for their apps; `user`: replaceable. */
export const kinds = ['dataset', 'app', 'requester', 'user'] as const
export type Kind = (typeof kinds)[number]

/** Which secret: of a dataset or app contract, or of an account and under a name. */
export type Place = Readonly<{ kind: Kind; owner: Address; name: string }>

/** Longest value, in bytes of UTF-8. */
export const MAX_BYTES = 4_096
/** The name of the one secret that an app has. */
export const APP_NAME = '1'
/** The user’s secret that is the public key of results for it: PEM, in base64. */
export const RESULT_KEY = 'iexec-result-encryption-public-key'
/** What a requester may call a secret. */
export const NAME = /^[0-9A-Za-z_-]{1,64}$/

const DOMAIN = keccak256(stringToBytes('IEXEC_SMS_DOMAIN'))

/** What the owner signs to have `value` kept; it does not cover chain, service or time. */
export function digest({ kind, owner, name }: Place, value: string): Hex {
  const named = kind === 'dataset' ? [] : [keccak256(stringToBytes(name))]
  return keccak256(concat([DOMAIN, owner, ...named, keccak256(stringToBytes(value))]))
}
