/** Encryption: datasets before they are sold, and results that only their beneficiary may read. */
import { Encryption } from '@traboule/protocol'

/**
 * A fresh key, as the base64 text that the SMS keeps.
 *
 * @example
 * ```ts
 * const key = encryption.generateKey()
 * ```
 */
export const generateKey: typeof Encryption.generateKey = Encryption.generateKey

/**
 * Encrypts a dataset. Its checksum is that of the encrypted bytes.
 *
 * @example
 * ```ts
 * const key = encryption.generateKey()
 * const address = await dataset.deploy(network, {
 *   name: 'secret', bytes: await encryption.encrypt(bytes, key),
 * })
 * ```
 */
export const encrypt: typeof Encryption.encrypt = Encryption.encrypt

/**
 * Decrypts what `encrypt` made. Throws `encryption/wrong-key`.
 *
 * @example
 * ```ts
 * const key = encryption.generateKey()
 * const again = await encryption.decrypt(await encryption.encrypt(bytes, key), key)
 * ```
 */
export const decrypt: typeof Encryption.decrypt = Encryption.decrypt

/**
 * A key pair in PEM: the public one goes to the SMS, so that results are encrypted for whoever has
 * the private one.
 *
 * @example
 * ```ts
 * const { publicKey, privateKey } = await encryption.generateKeyPair()
 * ```
 */
export const generateKeyPair: typeof Encryption.generateKeyPair = Encryption.generateKeyPair

/**
 * Whether a result's files are an encrypted archive.
 *
 * @example
 * ```ts
 * const { files } = await result.download(network, taskId)
 * if (encryption.isEncrypted(files)) console.log('for its beneficiary only')
 * ```
 */
export const isEncrypted: typeof Encryption.isEncrypted = Encryption.isEncrypted

/**
 * The files inside an encrypted result. Throws `encryption/wrong-key`.
 *
 * @example
 * ```ts
 * const { publicKey, privateKey } = await encryption.generateKeyPair()
 * const sealed = await encryption.sealResult(new Map([['a.txt', bytes]]), publicKey)
 * const opened = await encryption.openResult(sealed, privateKey)
 * ```
 */
export const openResult: typeof Encryption.openResult = Encryption.openResult

/**
 * What a worker would upload for these files and this beneficiary.
 *
 * @example
 * ```ts
 * const { publicKey, privateKey } = await encryption.generateKeyPair()
 * const sealed = await encryption.sealResult(new Map([['a.txt', bytes]]), publicKey)
 * ```
 */
export const sealResult: typeof Encryption.sealResult = Encryption.sealResult
