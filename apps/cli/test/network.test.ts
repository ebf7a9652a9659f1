import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { anAddress } from '@traboule/protocol/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFolder, traboule, trabouleProcess } from './command.ts'

const profile = {
  rpcUrl: 'http://127.0.0.1:9',
  chainId: 4_242,
  hub: anAddress(1),
  token: anAddress(2),
  appRegistry: anAddress(3),
  datasetRegistry: anAddress(4),
  workerpoolRegistry: anAddress(5),
  urls: { market: 'http://127.0.0.1:9' },
}

let folder: Awaited<ReturnType<typeof openFolder>>
let cwd: string
beforeEach(async () => {
  folder = await openFolder()
  cwd = folder.path
  await writeFile(join(cwd, 'test.json'), JSON.stringify(profile))
})
afterEach(() => folder[Symbol.asyncDispose]())

test('keeps a profile under a name and uses it from then on', async () => {
  expect(await traboule(['network', 'add', 'mine', 'test.json'], { cwd })).toMatchObject({
    status: 0,
  })
  expect(await traboule(['network', 'show'], { cwd })).toMatchObject({ status: 3 })
  expect(await traboule(['network', 'use', 'mine'], { cwd })).toMatchObject({ status: 0 })
  const { stdout } = await traboule(['network', 'show', '--json'], { cwd })
  expect(JSON.parse(stdout)).toMatchObject({ name: 'mine', chainId: 4_242, hub: anAddress(1) })
  const all = JSON.parse((await traboule(['network', 'list', '--json'], { cwd })).stdout)
  expect(all.networks).toMatchObject([{ name: 'mine', current: true }])
  expect(await traboule(['network', 'use'], { cwd })).toMatchObject({ status: 0 })
  expect(await traboule(['network', 'show'], { cwd })).toMatchObject({ status: 3 })
})

test('takes a profile file by its path', async () => {
  const { stdout } = await traboule(['--network', './test.json', 'network', 'show'], { cwd })
  expect(stdout).toContain('4242')
})

test('finds the devnet from a folder below it, and does not show its keys', async () => {
  const account = { role: 'requester', address: anAddress(7), privateKey: `0x${'11'.repeat(32)}` }
  const devnet = { ...profile, accounts: [account], apps: {} }
  await mkdir(join(cwd, '.traboule'))
  await writeFile(join(cwd, '.traboule', 'devnet.json'), JSON.stringify(devnet))
  await mkdir(join(cwd, 'some', 'where'), { recursive: true })
  const below = { cwd: join(cwd, 'some', 'where') }
  const { stdout } = await traboule(['network', 'show', '--json'], below)
  expect(JSON.parse(stdout)).toMatchObject({ name: 'devnet', chainId: 4_242 })
  expect(stdout).not.toContain('1111111111')
})

test('says what is wrong with a profile', async () => {
  await writeFile(join(cwd, 'bad.json'), JSON.stringify({ ...profile, hub: 'nowhere' }))
  expect(await traboule(['network', 'add', 'bad', 'bad.json'], { cwd })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('hub: must be an address'),
  })
  await writeFile(join(cwd, 'worse.json'), '{"rpcUrl":')
  expect(await traboule(['network', 'add', 'worse', 'worse.json'], { cwd })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is not JSON'),
  })
})

test('says when the chain does not answer, and that trying again may help', async () => {
  const words = ['--network', './test.json', 'account', 'show', anAddress(7)]
  const { status, stderr } = await traboule([...words, '--json'], { cwd })
  expect(status).toBe(6)
  expect(JSON.parse(stderr)).toMatchObject({ code: 'chain/unreachable' })
})

test('says what is ill, and what to do', async () => {
  const { status, stderr } = await traboule(['--network', './test.json', 'doctor'], { cwd })
  expect(status).toBe(6)
  expect(stderr).toContain('ok   network')
  expect(stderr).toMatch(/NOT {2}chain +http:\/\/127.0.0.1:9 does not answer/)
  expect(await traboule(['doctor'], { cwd })).toMatchObject({ status: 6 })
})

test.each(['bash', 'zsh', 'fish'])('completes words in %s', async (shell) => {
  const { status, stdout } = await traboule(['completion', shell], { cwd })
  expect(status).toBe(0)
  for (const word of ['deposit', 'wallet', '--confidence', 'unpublish'])
    expect(stdout).toContain(word)
})

test('is a process that ends with the status of its command', async () => {
  const help = await trabouleProcess(['--help'], cwd)
  expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining('Exit status:') })
  const unknown = await trabouleProcess(['dance'], cwd)
  expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown command') })
})
