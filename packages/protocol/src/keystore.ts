/**
 * Keystore: a private key under a password, in a file that every wallet reads. For Node only.
 *
 * Source: Web3 Secret Storage, version 3. Files of iExec's and other ethers-based tools, which spell
 * `Crypto` with a capital, are read too.
 */
import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from 'node:crypto'
import { promisify } from 'node:util'
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { bytesToHex, type Hex, hexToBytes, keccak256 } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import { AppError } from './errors.ts'

/** scrypt's cost for new keystores: a guess takes 256 MiB and most of a second. */
const COST = { n: 262_144, r: 8, p: 1 } as const

const bytes = z
  .string()
  .regex(/^(0x)?([0-9a-fA-F]{2})+$/, 'must be hexadecimal')
  .transform((text) => Buffer.from(text.replace(/^0x/, ''), 'hex'))

const schema = z.object({
  version: z.literal(3),
  crypto: z.object({
    cipher: z.literal('aes-128-ctr'),
    cipherparams: z.object({ iv: bytes }),
    ciphertext: bytes,
    mac: bytes,
    kdf: z.enum(['scrypt', 'pbkdf2']),
    kdfparams: z.object({
      dklen: z.number().int().min(32).max(64),
      salt: bytes,
      n: z.number().int().min(2).max(1_048_576).default(COST.n),
      r: z.number().int().min(1).max(64).default(COST.r),
      p: z.number().int().min(1).max(64).default(COST.p),
      c: z.number().int().min(1).max(10_000_000).default(262_144),
    }),
  }),
})
type Crypto = z.output<typeof schema>['crypto']

export type Cost = Readonly<{ n: number; r: number; p: number }>

/** The keystore of a private key, as the text of its file. */
export async function encrypt(
  privateKey: Hex,
  password: string,
  { n, r, p }: Cost = COST,
): Promise<string> {
  const [salt, iv] = [randomBytes(32), randomBytes(16)]
  const kdfparams = { dklen: 32, salt, n, r, p, c: 0 }
  const derived = await derive('scrypt', kdfparams, password)
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(privateKey)), cipher.final()])
  const keystore = {
    version: 3,
    id: randomUUID(),
    address: privateKeyToAddress(privateKey).slice(2).toLowerCase(),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, salt: salt.toString('hex'), n, r, p },
      mac: Buffer.from(macOf(derived, ciphertext)).toString('hex'),
    },
  }
  return `${JSON.stringify(keystore, null, 2)}\n`
}

/** The private key in a keystore. Throws `file/malformed` or `wallet/wrong-password`. */
export async function decrypt(text: string, password: string): Promise<Hex> {
  const { ciphertext, cipherparams, mac, kdf, kdfparams } = parse(text)
  const derived = await derive(kdf, kdfparams, password)
  const expected = macOf(derived, ciphertext)
  if (mac.length !== expected.length || !timingSafeEqual(expected, mac))
    throw new AppError('wallet/wrong-password', 'The password does not open this keystore.')
  const cipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), cipherparams.iv)
  return bytesToHex(Buffer.concat([cipher.update(ciphertext), cipher.final()]))
}

function macOf(derived: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext]), 'bytes')
}

const viaScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt)
const viaPbkdf2 = promisify(pbkdf2)

async function derive(
  kdf: Crypto['kdf'],
  { dklen, salt, n, r, p, c }: Crypto['kdfparams'],
  password: string,
): Promise<Buffer> {
  if (kdf === 'pbkdf2') return viaPbkdf2(password, salt, c, dklen, 'sha256')
  const maxmem = 256 * r * (n + p) + 1_048_576
  // OpenSSL keeps to RFC 7914's bound on N; the definition's own vector does not.
  if (n < 2 ** (16 * r)) return viaScrypt(password, salt, dklen, { N: n, r, p, maxmem })
  return Buffer.from(await scryptAsync(password, salt, { N: n, r, p, dkLen: dklen, maxmem }))
}

function parse(text: string): Crypto {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('file/malformed', 'The keystore is not JSON.', {}, cause)
  }
  const parsed = schema.safeParse(lowerCased(json))
  if (parsed.success) return parsed.data.crypto
  throw new AppError('file/malformed', 'The keystore is not in Web3 v3 form.', {
    problems: z.prettifyError(parsed.error),
  })
}

function lowerCased(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]))
}
