/**
 * Vault: values sealed so that the database alone tells nothing.
 *
 * Each record has a key of its own, wrapped by a master key that is not in the database. Both
 * layers are AES-256-GCM and bound to the record's place: a row that is altered, or copied over
 * another, does not open. Several master keys may be known; the first one seals.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { AppError, type Secret } from '@traboule/protocol'

/** 32 bytes. */
export type MasterKey = Uint8Array
/** A value as the database holds it. */
export type Sealed = Readonly<{ keyId: string; wrappedKey: string; sealed: string }>
/** Fills with secure random bytes; a parameter for tests. */
export type Random = (size: number) => Uint8Array

export type Vault = Readonly<{
  /** Names the master key that seals. */
  keyId: string
  seal(place: Secret.Place, value: string): Sealed
  /** Throws `secret/unreadable`. */
  open(place: Secret.Place, sealed: Sealed): string
  /** The same value under the newest master key. */
  rewrap(place: Secret.Place, sealed: Sealed): Sealed
  /** Whether some known master key wrapped it. */
  knows(keyId: string): boolean
  /** A keyed hash: the same for the same text, and useless to who has no key. */
  mark(text: string): string
}>

export function createVault(keys: readonly [MasterKey, ...MasterKey[]], random: Random): Vault {
  const byId = new Map(keys.map((key) => [idOf(key), key]))
  const [newest] = keys
  const keyId = idOf(newest)
  // Marks outlive a rotation, so they hang on the oldest key, which stays last in the list.
  const markKey = derived(keys.at(-1) ?? newest, 'marks')

  function unwrap(place: Secret.Place, { keyId: id, wrappedKey }: Sealed): Uint8Array {
    const key = byId.get(id)
    if (!key) throw unreadable(place, `its master key ${id} is not known`)
    return decrypt(derived(key, 'wrap'), wrappedKey, context(place, `key ${id}`), place)
  }
  function wrap(place: Secret.Place, own: Uint8Array): Pick<Sealed, 'keyId' | 'wrappedKey'> {
    const wrappedKey = encrypt(derived(newest, 'wrap'), own, context(place, `key ${keyId}`), random)
    return { keyId, wrappedKey }
  }
  return {
    keyId,
    knows: (id) => byId.has(id),
    seal(place, value) {
      const own = random(32)
      const sealed = encrypt(own, new TextEncoder().encode(value), context(place, 'value'), random)
      return { ...wrap(place, own), sealed }
    },
    open(place, record) {
      const own = unwrap(place, record)
      return new TextDecoder().decode(decrypt(own, record.sealed, context(place, 'value'), place))
    },
    rewrap: (place, record) => ({ ...record, ...wrap(place, unwrap(place, record)) }),
    mark: (text) => createHmac('sha256', markKey).update(text).digest('hex'),
  }
}

const idOf = (key: MasterKey) =>
  createHash('sha256').update('id').update(key).digest('hex').slice(0, 16)

/** One purpose, one key. */
function derived(key: MasterKey, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `traboule sms ${purpose}`, 32))
}

/** What a ciphertext is bound to; JSON keeps the parts apart whatever they contain. */
function context({ kind, owner, name }: Secret.Place, what: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([1, what, kind, owner.toLowerCase(), name]))
}

const NONCE = 12
const TAG = 16

/** nonce ‖ ciphertext ‖ tag, in base64. */
function encrypt(key: Uint8Array, plain: Uint8Array, bound: Uint8Array, random: Random): string {
  const nonce = random(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound)
  const parts = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(parts).toString('base64')
}

function decrypt(
  key: Uint8Array,
  text: string,
  bound: Uint8Array,
  place: Secret.Place,
): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < NONCE + TAG) throw unreadable(place, 'it is cut short')
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), {
      authTagLength: TAG,
    })
    cipher.setAAD(bound).setAuthTag(bytes.subarray(-TAG))
    return Buffer.concat([cipher.update(bytes.subarray(NONCE, -TAG)), cipher.final()])
  } catch {
    throw unreadable(place, 'it was altered')
  }
}

function unreadable({ kind, owner, name }: Secret.Place, why: string): AppError {
  const sentence = `The secret of ${kind} ${owner} cannot be opened: ${why}.`
  return new AppError('secret/unreadable', sentence, { kind, owner, name })
}
