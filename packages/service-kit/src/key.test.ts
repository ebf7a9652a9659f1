import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@traboule/protocol'
import { encrypt } from '@traboule/protocol/keystore'
import { expect, test } from 'vitest'
import { openKey } from './key.ts'

const key = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const address = '0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b'

test('says so when no key is set', async () => {
  await expect(openKey({})).rejects.toThrow(AppError)
  await expect(openKey({ PRIVATE_KEY: key })).resolves.toMatchObject({ address })
})

test('opens a keystore with a password, or with one from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'key-'))
  try {
    const [KEYSTORE, PASSWORD_FILE] = [join(folder, 'key.json'), join(folder, 'password')]
    await writeFile(KEYSTORE, await encrypt(key, 'open sesame', { n: 1_024, r: 8, p: 1 }))
    await writeFile(PASSWORD_FILE, 'open sesame\nnot this\n')
    await expect(openKey({ KEYSTORE, PASSWORD: 'open sesame' })).resolves.toMatchObject({ address })
    await expect(openKey({ KEYSTORE, PASSWORD_FILE })).resolves.toMatchObject({ address })
    await expect(openKey({ KEYSTORE, PASSWORD: 'no' })).rejects.toMatchObject({
      code: 'wallet/wrong-password',
    })
    await expect(openKey({ KEYSTORE: join(folder, 'none') })).rejects.toMatchObject({
      code: 'file/unreadable',
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
