/** Secrets: kept by the SMS, of every kind that the commands know. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { step } from '../library/me.ts'
import type { Shell } from './shell.ts'

export function secrets(shell: () => Shell): void {
  step('keeps the secret of its app', async () => {
    const { iexec } = shell()
    expect(await iexec('app check-secret')).toMatchObject({ isSecretSet: false })
    await iexec('app push-secret --secret-value of-an-app')
    expect(await iexec('app check-secret')).toMatchObject({ isSecretSet: true })
  })

  step('encrypts a dataset and keeps its key', async () => {
    const { folder, iexec } = shell()
    await writeFile(join(folder, 'datasets', 'original', 'numbers.csv'), '1,2,3')
    const encrypted = await iexec('dataset encrypt')
    expect(JSON.stringify(encrypted)).toMatch(/numbers\.csv.*0x[0-9a-f]{64}/)
    await iexec('dataset push-secret')
    expect(await iexec('dataset check-secret')).toMatchObject({ isSecretSet: true })
  })

  step('keeps a secret, a storage token and a public key of the requester', async () => {
    const { iexec } = shell()
    await iexec('requester push-secret token --secret-value of-a-requester')
    expect(await iexec('requester check-secret token')).toMatchObject({ isSet: true })
    await iexec('storage init dropbox --token of-a-storage')
    expect(await iexec('storage check dropbox')).toMatchObject({ isInitialized: true })
    await iexec('result generate-encryption-keypair')
    expect(await iexec('result push-encryption-key')).toMatchObject({ isPushed: true })
    expect(await iexec('result check-encryption-key')).toMatchObject({ isEncryptionKeySet: true })
  })
}
