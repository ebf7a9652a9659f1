/** Secrets: pushed once by who owns them, and afterwards only known to be there. */
import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import { field } from '../iexec.ts'
import { type Me, step, stranger } from './me.ts'

const text = z.string()

export function secrets(me: () => Me): void {
  step('keeps the secret of an app for good', async () => {
    const { address: owner, as, iexec } = me()
    const image = { name: 'guarded', type: 'DOCKER', multiaddr: 'registry.example/guarded:1.0.0' }
    const checksum = `0x${'cd'.repeat(32)}`
    const deployed = await iexec.app.deployApp({ owner, ...image, checksum })
    const app = field(deployed, 'address', text)
    expect(await iexec.app.checkAppSecretExists(app)).toBe(false)
    const other = as(stranger().privateKey)
    await expect(other.app.pushAppSecret(app, 'mine')).rejects.toThrow('is not allowed to set')
    expect(await iexec.app.pushAppSecret(app, 'an app’s secret')).toBe(true)
    expect(await iexec.app.checkAppSecretExists(app)).toBe(true)
    await expect(iexec.app.pushAppSecret(app, 'another')).rejects.toThrow('already exists')
  })

  step('encrypts a dataset and keeps its key', async () => {
    const { address: owner, iexec } = me()
    const { dataset } = iexec
    const key = dataset.generateEncryptionKey()
    const file = z.instanceof(Uint8Array).parse(await dataset.encrypt(Buffer.from('1,2,3'), key))
    const checksum = field({ sum: await dataset.computeEncryptedFileChecksum(file) }, 'sum', text)
    const data = { owner, name: 'sealed', multiaddr: 'https://example.org/sealed', checksum }
    const address = field(await dataset.deployDataset(data), 'address', text)
    expect(await dataset.checkDatasetSecretExists(address)).toBe(false)
    expect(await dataset.pushDatasetSecret(address, key)).toBe(true)
    expect(await dataset.checkDatasetSecretExists(address)).toBe(true)
    await expect(dataset.pushDatasetSecret(address, key)).rejects.toThrow('already exists')
  })

  step('keeps the named secrets of a requester', async () => {
    const { address, iexec } = me()
    expect(await iexec.secrets.checkRequesterSecretExists(address, 'token')).toBe(false)
    expect(await iexec.secrets.pushRequesterSecret('token', 'a requester’s secret')).toMatchObject({
      isPushed: true,
    })
    expect(await iexec.secrets.checkRequesterSecretExists(address, 'token')).toBe(true)
    await expect(iexec.secrets.pushRequesterSecret('token', 'x')).rejects.toThrow('already exists')
  })

  step('keeps the key that results are encrypted with, and replaces it when told to', async () => {
    const { address, iexec } = me()
    const { result } = iexec
    expect(await result.checkResultEncryptionKeyExists(address)).toBe(false)
    expect(await result.pushResultEncryptionKey(publicKey())).toMatchObject({ isPushed: true })
    expect(await result.checkResultEncryptionKeyExists(address)).toBe(true)
    await expect(result.pushResultEncryptionKey(publicKey())).rejects.toThrow('already exists')
    const forced = await result.pushResultEncryptionKey(publicKey(), { forceUpdate: true })
    expect(forced).toMatchObject({ isPushed: true, isUpdated: true })
  })

  step('keeps the token of a storage', async () => {
    const { address, iexec, version } = me()
    const { storage } = iexec
    const where = version.startsWith('8.') ? { provider: 'dropbox' } : 'dropbox'
    expect(await storage.checkStorageTokenExists(address, where)).toBe(false)
    // 8.x logs in to the network's own storage for its token; 9.x has none to log in to.
    if (version.startsWith('8.')) expect(await storage.defaultStorageLogin()).toMatch(/^\S{20,}$/)
    expect(await storage.pushStorageToken('a token', where)).toMatchObject({ isPushed: true })
    expect(await storage.checkStorageTokenExists(address, where)).toBe(true)
  })
}

function publicKey(): string {
  const encoding = { type: 'spki', format: 'pem' } as const
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(encoding).toString()
}
