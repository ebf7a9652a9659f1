import { constants, createCipheriv, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import { Archive } from '@traboule/protocol'
import { stringToBytes } from 'viem'
import { expect, test } from 'vitest'
import * as encryption from './encryption.ts'

const secret = stringToBytes('the prices of tomorrow')

test('opens what it closed, with the same key only', async () => {
  const key = encryption.generateKey()
  const closed = await encryption.encrypt(secret, key)
  expect(closed.length).toBe(16 + 32)
  expect(await encryption.decrypt(closed, key)).toEqual(secret)
  await expect(encryption.decrypt(closed, encryption.generateKey())).rejects.toMatchObject({
    code: 'encryption/wrong-key',
  })
  await expect(encryption.encrypt(secret, 'short')).rejects.toMatchObject({
    code: 'encryption/wrong-key',
  })
})

test('opens what another tool encrypted: an IV, then AES-256-CBC', async () => {
  const [key, iv] = [Buffer.alloc(32, 7), Buffer.alloc(16, 9)]
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const theirs = Buffer.concat([iv, cipher.update(secret), cipher.final()])
  expect(await encryption.decrypt(theirs, key.toString('base64'))).toEqual(secret)
})

test('gives a result to the one who has the private key', async () => {
  const { publicKey, privateKey } = await encryption.generateKeyPair()
  const files = new Map([['result.txt', secret]])
  const sealed = await encryption.sealResult(files, publicKey)
  expect(encryption.isEncrypted(sealed)).toBe(true)
  expect(await encryption.openResult(sealed, privateKey)).toEqual(files)
  const other = await encryption.generateKeyPair()
  await expect(encryption.openResult(sealed, other.privateKey)).rejects.toMatchObject({
    code: 'encryption/wrong-key',
  })
})

test('opens a key that another tool sealed with PKCS#1 v1.5', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const key = Buffer.alloc(32, 3)
  const sealed = new Map(await encryption.sealResult(new Map([['a', secret]]), publicKey))
  const padding = constants.RSA_PKCS1_PADDING
  sealed.set('aes-key.rsa', publicEncrypt({ key: publicKey, padding }, key))
  const archive = await encryption.encrypt(
    Archive.zip(new Map([['a', secret]])),
    key.toString('base64'),
  )
  sealed.set('iexec_out.zip.aes', archive)
  expect((await encryption.openResult(sealed, privateKey)).get('a')).toEqual(secret)
})

test('says what is not a key', async () => {
  await expect(encryption.sealResult(new Map(), 'no key')).rejects.toMatchObject({
    message: 'This is not an RSA key in PEM (BEGIN PUBLIC KEY).',
  })
})
