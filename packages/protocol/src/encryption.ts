/**
 * Encryption: datasets before they are sold, and results that only their beneficiary may read.
 *
 * Source: PoCo convention. A file is a 16-byte IV followed by AES-256-CBC; an encrypted result is a
 * zip of the encrypted archive and its key, the key under the beneficiary's RSA key (PKCS#1 v1.5).
 */
import * as Archive from './archive.ts'
import { AppError } from './errors.ts'
import type * as Result from './result.ts'
import * as Rsa from './rsa.ts'

/** Web Crypto's own type has another name in browsers and in Node. */
type Imported = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const IV = 16
const CIPHER = 'AES-CBC'
/** Names inside an encrypted result. */
const ARCHIVE = 'iexec_out.zip.aes'
const KEY = 'aes-key.rsa'

/** A fresh key, as the base64 text that the SMS keeps. */
export function generateKey(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(32)))
}

/** Encrypts a dataset. Its checksum is that of the encrypted bytes. */
export async function encrypt(bytes: Uint8Array, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV))
  const opened = await open(key, 'encrypt')
  const sealed = await crypto.subtle.encrypt({ name: CIPHER, iv }, opened, bytes.slice())
  const all = new Uint8Array(IV + sealed.byteLength)
  all.set(iv)
  all.set(new Uint8Array(sealed), IV)
  return all
}

/** Decrypts what `encrypt` made. Throws `encryption/wrong-key`. */
export async function decrypt(bytes: Uint8Array, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const opened = await open(key, 'decrypt')
  const [iv, sealed] = [bytes.slice(0, IV), bytes.slice(IV)]
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: CIPHER, iv }, opened, sealed))
  } catch (cause) {
    const sentence = 'The key does not open these bytes, or they were altered.'
    throw new AppError('encryption/wrong-key', sentence, {}, cause)
  }
}

/**
 * A key pair in PEM: the public one goes to the SMS, so that results are encrypted for whoever has
 * the private one.
 */
export function generateKeyPair(): Promise<Rsa.KeyPair> {
  return Rsa.generate()
}

/** Whether a result's files are an encrypted archive. */
export function isEncrypted(files: Result.Files): boolean {
  return files.has(ARCHIVE) && files.has(KEY)
}

/** The files inside an encrypted result. Throws `encryption/wrong-key`. */
export async function openResult(files: Result.Files, privateKey: string): Promise<Result.Files> {
  const [archive, sealedKey] = [files.get(ARCHIVE), files.get(KEY)]
  if (!archive || !sealedKey)
    throw new AppError('result/malformed', 'This result is not encrypted.', {})
  const key = await Rsa.decrypt(sealedKey, privateKey)
  return Archive.unzip(await decrypt(archive, toBase64(key)))
}

/** What a worker would upload for these files and this beneficiary. */
export function sealResult(files: Result.Files, publicKey: string): Promise<Result.Files> {
  return sealArchive(Archive.zip(files), publicKey)
}

/** The same for a result that is zipped already. */
export async function sealArchive(zip: Uint8Array, publicKey: string): Promise<Result.Files> {
  const key = crypto.getRandomValues(new Uint8Array(32))
  return new Map([
    [ARCHIVE, await encrypt(zip, toBase64(key))],
    [KEY, await Rsa.encrypt(key, publicKey)],
  ])
}

async function open(key: string, use: 'encrypt' | 'decrypt'): Promise<Imported> {
  const raw = fromBase64(key)
  if (raw.length === 32) return crypto.subtle.importKey('raw', raw, CIPHER, false, [use])
  const sentence = 'An encryption key is 32 bytes in base64.'
  throw new AppError('encryption/wrong-key', sentence, { bytes: raw.length })
}

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
