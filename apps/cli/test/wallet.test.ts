import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encrypt } from '@traboule/protocol/keystore'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFolder, traboule } from './command.ts'

const key = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const address = '0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b'
const env = { TRABOULE_PASSWORD: 'open sesame' }

let folder: Awaited<ReturnType<typeof openFolder>>
let cwd: string
beforeAll(async () => {
  folder = await openFolder()
  cwd = folder.path
})
afterAll(() => folder[Symbol.asyncDispose]())

test('makes a wallet that only its owner can read', async () => {
  const made = await traboule(['wallet', 'create', 'alice', '--json'], { cwd, env })
  expect(made.status).toBe(0)
  const { path, address } = JSON.parse(made.stdout)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    version: 3,
    address: address.slice(2).toLowerCase(),
  })
  const again = await traboule(['wallet', 'create', 'alice'], { cwd, env })
  expect(again).toMatchObject({ status: 5, stderr: expect.stringContaining('[wallet/exists]') })
})

test('takes over a key that is piped in, and never repeats it', async () => {
  const taken = await traboule(['wallet', 'import', 'bob'], { cwd, env, input: `${key}\n` })
  expect(taken).toMatchObject({ status: 0, stdout: expect.stringContaining(address) })
  const wrong = await traboule(['wallet', 'import', 'eve'], { cwd, env, input: key.slice(0, -1) })
  expect(wrong).toMatchObject({ status: 2, stdout: '' })
  expect(wrong.stderr).not.toContain(key.slice(2, 20))
})

test('takes over a keystore of another tool with its password', async () => {
  const path = join(cwd, 'theirs.json')
  await writeFile(path, await encrypt(key, 'theirs', { n: 1_024, r: 8, p: 1 }))
  await writeFile(join(cwd, 'password'), 'theirs\n')
  const words = ['wallet', 'import', 'carol', '--from', 'theirs.json']
  const wrong = await traboule(words, { cwd, env })
  expect(wrong).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('[wallet/wrong-password]'),
  })
  const right = await traboule([...words, '--password-file', 'password'], { cwd })
  expect(right).toMatchObject({ status: 0, stdout: expect.stringContaining(address) })
})

test('lists wallets without asking for a password', async () => {
  const { stdout } = await traboule(['wallet', 'list', '--json'], { cwd })
  const names = JSON.parse(stdout).wallets.map(({ name }: { name: string }) => name)
  expect(names).toEqual(['alice', 'bob', 'carol'])
})

test('asks for a password that nobody can type', async () => {
  const made = await traboule(['wallet', 'create', 'dave'], { cwd })
  expect(made).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('Set TRABOULE_PASSWORD, or give --password-file.'),
  })
})

test('offers no way to put a key on the command line', async () => {
  const { status, stderr } = await traboule(['wallet', 'import', 'frank', key], { cwd, env })
  expect(status).toBe(2)
  expect(stderr).toContain('too many arguments')
  expect(await traboule(['wallet', 'import', '../up'], { cwd, env, input: key })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('not a name for a wallet'),
  })
})
