/**
 * Rsa: RSAES-PKCS1-v1_5, which result keys are sealed with and Web Crypto does not offer.
 *
 * Web Crypto makes, reads and checks the keys; the padding and the exponentiation are here. They run
 * on the user's own machine, for the user's own result: nobody is there to measure how long it takes.
 *
 * Source: RFC 8017, section 7.2.
 */
import type { webcrypto } from 'node:crypto'
import { bytesToBigInt, hexToBytes, numberToHex } from 'viem'
import { AppError } from './errors.ts'

const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' } as const
const KINDS = { spki: 'PUBLIC KEY', pkcs8: 'PRIVATE KEY' } as const

export type KeyPair = Readonly<{ publicKey: string; privateKey: string }>

/** A pair of 2048 bits, in PEM. */
export async function generate(): Promise<KeyPair> {
  const parameters = { ...ALGORITHM, modulusLength: 2_048, publicExponent: Uint8Array.of(1, 0, 1) }
  const pair = await crypto.subtle.generateKey(parameters, true, ['encrypt', 'decrypt'])
  const [publicKey, privateKey] = await Promise.all([
    toPem('spki', pair.publicKey),
    toPem('pkcs8', pair.privateKey),
  ])
  return { publicKey, privateKey }
}

/** Seals a short message for whoever has the private key. */
export async function encrypt(message: Uint8Array, publicKey: string): Promise<Uint8Array> {
  const { modulus, exponent, length } = await numbersOf('spki', publicKey)
  const padding = crypto.getRandomValues(new Uint8Array(length - message.length - 3))
  // Padding may not hold the zero that ends it.
  const block = [0, 2, ...padding.map((byte) => byte || 1), 0, ...message]
  const sealed = power(bytesToBigInt(Uint8Array.from(block)), exponent, modulus)
  return hexToBytes(numberToHex(sealed, { size: length }))
}

/** Opens what `encrypt` sealed. Throws `encryption/wrong-key`. */
export async function decrypt(sealed: Uint8Array, privateKey: string): Promise<Uint8Array> {
  const { modulus, exponent, length } = await numbersOf('pkcs8', privateKey)
  const opened = power(bytesToBigInt(sealed), exponent, modulus)
  const block = hexToBytes(numberToHex(opened, { size: length }))
  const end = block.indexOf(0, 2)
  if (sealed.length !== length || block[0] !== 0 || block[1] !== 2 || end < 10)
    throw new AppError('encryption/wrong-key', 'The private key does not open this result.')
  return block.slice(end + 1)
}

type Kind = keyof typeof KINDS

async function numbersOf(kind: Kind, pem: string) {
  const { n = '', e = '', d = '' } = await jwkOf(kind, pem)
  const modulus = fromBase64Url(n)
  const exponent = fromBase64Url(kind === 'spki' ? e : d)
  return { modulus, exponent, length: Math.ceil(modulus.toString(2).length / 8) }
}

async function jwkOf(kind: Kind, pem: string): Promise<webcrypto.JsonWebKey> {
  const body = pem.replace(/-----[A-Z ]+-----|\s/g, '')
  try {
    const der = Uint8Array.from(atob(body), (char) => char.charCodeAt(0))
    const use = kind === 'spki' ? 'encrypt' : 'decrypt'
    const key = await crypto.subtle.importKey(kind, der, ALGORITHM, true, [use])
    return await crypto.subtle.exportKey('jwk', key)
  } catch (cause) {
    const sentence = `This is not an RSA key in PEM (BEGIN ${KINDS[kind]}).`
    throw new AppError('encryption/wrong-key', sentence, {}, cause)
  }
}

async function toPem(
  kind: Kind,
  key: Parameters<typeof crypto.subtle.exportKey>[1],
): Promise<string> {
  const der = new Uint8Array(await crypto.subtle.exportKey(kind, key))
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${KINDS[kind]}-----`, ...lines, `-----END ${KINDS[kind]}-----`, ''].join('\n')
}

function fromBase64Url(text: string): bigint {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/')
  return bytesToBigInt(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}
