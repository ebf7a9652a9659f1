import { expect, test } from 'vitest'
import { decrypt, encrypt } from './keystore.ts'

// The vectors of the Web3 Secret Storage definition, version 3.
const secret = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const withPbkdf2 = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
}
const withScrypt = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '83dbcc02d8ccb40e466191a123791e0e' },
    ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 262_144,
      p: 8,
      r: 1,
      salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19',
    },
    mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
}
const quick = { n: 1_024, r: 8, p: 1 }

test.each([
  ['pbkdf2', withPbkdf2],
  ['scrypt', withScrypt],
])('opens the published %s keystore', async (_, keystore) => {
  expect(await decrypt(JSON.stringify(keystore), 'testpassword')).toBe(secret)
})

test('opens a keystore whose writer spells Crypto with a capital', async () => {
  const { crypto, ...rest } = withPbkdf2
  expect(await decrypt(JSON.stringify({ ...rest, Crypto: crypto }), 'testpassword')).toBe(secret)
})

test('opens what it wrote, with the right password only', async () => {
  const text = await encrypt(secret, 'pässword', quick)
  expect(text).toContain('008aeeda4d805471df9b2a5b0f38a0c3bcba786b')
  expect(text).not.toContain(secret.slice(2))
  expect(await decrypt(text, 'pässword')).toBe(secret)
  await expect(decrypt(text, 'password')).rejects.toMatchObject({ code: 'wallet/wrong-password' })
})

test('writes the same key differently each time', async () => {
  expect(await encrypt(secret, 'x', quick)).not.toBe(await encrypt(secret, 'x', quick))
})

test.each(['{', '{}', 'null', '{"version":2}', JSON.stringify({ version: 3, crypto: {} })])(
  'refuses %s, which is not a keystore',
  async (text) => {
    await expect(decrypt(text, 'any')).rejects.toMatchObject({ code: 'file/malformed' })
  },
)
