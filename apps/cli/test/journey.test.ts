import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Devnet, sellPool, startDevnet } from '@traboule/devnet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFolder, traboule } from './command.ts'

const WORDCOUNT = join(import.meta.dirname, '..', '..', '..', 'examples', 'wordcount')

let folder: Awaited<ReturnType<typeof openFolder>>
let devnet: Devnet
let cwd: string

beforeAll(async () => {
  folder = await openFolder()
  cwd = folder.path
  devnet = await startDevnet({
    folder: join(cwd, '.traboule'),
    ...{ workers: 3, liars: 0, blockTime: 1, ports: 'free' },
    progress: () => undefined,
  })
  await sellPool(devnet.facts, { trust: 4n })
})
afterAll(async () => {
  await devnet?.[Symbol.asyncDispose]()
  await folder?.[Symbol.asyncDispose]()
})

async function json(...words: readonly string[]) {
  const { status, stdout, stderr } = await traboule([...words, '--json'], { cwd })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout)
}

test('runs a program on one’s own files, with nothing set up', async () => {
  await writeFile(join(cwd, 'a.txt'), 'to be or not to be')
  const words = ['run', WORDCOUNT, '--input', 'a.txt', '--trust', '2', '--out', 'counted']
  const ran = await traboule(words, { cwd })
  expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('agreed on') })
  expect(ran.stderr.indexOf('worst case')).toBeLessThan(ran.stderr.indexOf('deal 0x'))
  expect(ran.stderr).toContain('paid')
  const counts = JSON.parse(await readFile(join(cwd, 'counted', 'counts.json'), 'utf8'))
  expect(counts).toMatchObject({ words: 6, counts: { be: 2, to: 2, or: 1, not: 1 } })

  const id = /deal (0x\w{64})/.exec(ran.stderr)?.[1] ?? ''
  const shown = await json('deal', 'show', id)
  expect(shown).toMatchObject({ dealId: id, trust: '2', botSize: '1' })
  const [{ taskId }] = shown.tasks
  expect(await json('task', 'show', taskId)).toMatchObject({ status: 'completed' })
  expect(await json('task', 'watch', taskId)).toMatchObject({ stage: 'paid' })
  const explained = await traboule(['task', 'explain', taskId], { cwd })
  expect(explained.stdout).toMatch(/claim +anybody +no +The task is completed\./)
  const beyond = await json('task', 'explain', id, '--index', '1')
  expect(beyond[0]).toMatchObject({ name: 'initialize', reason: 'IndexOutOfBag' })
  const result = await json('task', 'result', taskId, '--out', 'again')
  expect(result.files).toContain(join('again', 'counts.json'))
})

test('sells an app: deploy, publish, list, buy by address, cancel', async () => {
  const seller = ['--as', 'appOwner']
  const app = await json(...seller, 'app', 'deploy', WORDCOUNT, '--name', 'for sale')
  expect(await json('app', 'show', app.address)).toEqual(app)
  expect((await json(...seller, 'app', 'list')).apps).toContainEqual(app)

  const nobodySells = await traboule(['quote', app.address], { cwd })
  expect(nobodySells).toMatchObject({ status: 5, stderr: expect.stringContaining('Nobody sells') })

  const terms = ['--price', '0.25', '--volume', '10']
  const { orderHash } = await json(...seller, 'order', 'publish', 'app', app.address, ...terms)
  expect((await json('order', 'list', 'app', app.address)).orders).toMatchObject([{ orderHash }])
  const quoted = await json('quote', app.address, '--bag', '4')
  expect(quoted).toMatchObject({ perTask: { app: '250000000' }, tasks: '4' })
  const dear = await traboule(['quote', app.address, '--max-price', '0.1'], { cwd })
  expect(dear).toMatchObject({ status: 5, stderr: expect.stringContaining('[order/too-dear]') })

  await json(...seller, 'order', 'cancel', 'app', orderHash)
  await expect
    .poll(() => json('order', 'show', 'app', orderHash), { timeout: 20_000 })
    .toMatchObject({ status: 'canceled' })
})

test('runs in an enclave, and is told that it is a simulated one', async () => {
  const seller = ['--as', 'appOwner']
  const tags = ['--tag', 'tee', '--tag', 'tdx']
  const app = await json(...seller, 'app', 'deploy', WORDCOUNT, '--name', 'enclosed')
  await json(...seller, 'order', 'publish', 'app', app.address, '--volume', '1', ...tags)
  const ran = await traboule(['run', app.address, '--input', 'a.txt', '--out', 'enclosed'], { cwd })
  expect(ran).toMatchObject({ status: 0 })
  const label = 'simulated, not confidential'
  expect(await readFile(join(cwd, 'enclosed', 'enclave.txt'), 'utf8')).toBe(`${label}\n`)
  const id = /deal (0x\w{64})/.exec(ran.stderr)?.[1] ?? ''
  const shown = await traboule(['deal', 'show', id], { cwd })
  expect(shown.stdout).toMatch(new RegExp(`tags +tee, tdx\n.*enclave +${label}`))
  const [, taskId = ''] = /task 0 +(0x\w{64})/.exec(shown.stdout) ?? []
  expect((await traboule(['task', 'show', taskId], { cwd })).stdout).toContain(label)
})

test('keeps secrets, and says whether they are kept', async () => {
  const push = async (input: string, ...words: string[]) =>
    traboule(['secret', 'push', ...words], { cwd, input })
  expect(await json('secret', 'check', 'api-key')).toMatchObject({ kept: false })
  expect(await push('open sesame\n', 'api-key')).toMatchObject({ status: 0, stdout: 'Kept.\n' })
  expect(await json('secret', 'check', 'api-key')).toMatchObject({ kept: true })
  expect(await push('another', 'api-key')).toMatchObject({
    ...{ status: 5, stderr: expect.stringContaining('[secret/exists]') },
  })

  await json('secret', 'keys', 'mine')
  expect((await push('', '--result-key', '--file', 'mine.pub')).status).toBe(0)
  expect((await push('', '--result-key', '--file', 'mine.pub')).status).toBe(0) // replaced
  expect(await json('secret', 'check', '--result-key')).toMatchObject({ kept: true })

  const maker = ['--as', 'appOwner']
  const app = await json(...maker, 'app', 'deploy', WORDCOUNT, '--name', 'sealing')
  const tags = ['--tag', 'tee', '--tag', 'tdx']
  await json(...maker, 'order', 'publish', 'app', app.address, '--volume', '1', ...tags)
  const wish = ['--input', 'a.txt', '--trust', '2', '--encrypt-result', '--key', 'mine.pem']
  const ran = await traboule(['run', app.address, ...wish, '--out', 'opened'], { cwd })
  expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('agreed on') })
  expect(await readFile(join(cwd, 'opened', 'counts.json'), 'utf8')).toContain('"be": 2')
  const [, deal = ''] = /deal (0x\w{64})/.exec(ran.stderr) ?? []
  const [{ taskId }] = (await json('deal', 'show', deal)).tasks
  const closed = await traboule(['task', 'result', taskId], { cwd })
  expect(closed.stderr).toContain('[result/encrypted]')

  const seller = ['--as', 'datasetOwner']
  const { address } = await json(...seller, 'dataset', 'deploy', 'a.txt', '--encrypt')
  const key = ['--dataset', address, '--file', 'a.txt.key']
  expect((await push('', ...key)).stderr).toContain('[request/unauthorized]')
  expect((await push('', ...seller, ...key)).status).toBe(0)
  expect(await json('secret', 'check', '--dataset', address)).toMatchObject({ kept: true })

  expect((await push('x', '--user', 'token')).status).toBe(0)
  expect((await push('y', '--user', 'token', '--replace')).status).toBe(0)
  const refused = 'Only a secret of the account itself'
  expect((await push('y', 'api-key', '--replace')).stderr).toContain(refused)
  expect((await push('y', 'name', '--app', address)).stderr).toContain('Name one secret')
})

test('moves money in and out of the stake', async () => {
  const before = await json('--as', 'funder', 'account', 'show')
  const after = await json('--as', 'funder', 'account', 'deposit', '2.5')
  expect(BigInt(after.stake) - BigInt(before.stake)).toBe(2_500_000_000n)
  expect(await json('--as', 'funder', 'account', 'withdraw', '2.5')).toMatchObject({
    stake: before.stake,
    wallet: before.wallet,
  })
})

test('takes names wherever it takes addresses, and tells them', async () => {
  const maker = ['--as', 'appOwner']
  await json(...maker, 'name', 'claim', 'maker')
  const { address } = await json(...maker, 'account', 'show', 'maker.users.iexec.eth')
  expect(await json('name', 'show', address)).toEqual({ address, name: 'maker.users.iexec.eth' })
  const app = await json(...maker, 'app', 'deploy', WORDCOUNT, '--name', 'named')
  const named = ['name', 'claim', 'words', '--domain', 'apps.iexec.eth', '--for', app.address]
  expect(await json(...maker, ...named)).toMatchObject({ name: 'words.apps.iexec.eth' })
  expect(await json('app', 'show', 'words.apps.iexec.eth')).toEqual(app)
  const only = ['--only-requester', 'maker.users.iexec.eth', '--volume', '2']
  const sold = await json(...maker, 'app', 'publish', 'words.apps.iexec.eth', ...only)
  expect(sold.order).toMatchObject({ app: app.address, requesterrestrict: address })
  expect(await json(...maker, 'quote', 'words.apps.iexec.eth')).toMatchObject({
    app: { app: app.address },
  })
  const nobody = await traboule(['account', 'show', 'nobody.users.iexec.eth'], { cwd })
  expect(nobody).toMatchObject({ status: 3, stderr: expect.stringContaining('[name/unknown]') })
  const taken = await traboule(['name', 'claim', 'maker'], { cwd })
  expect(taken).toMatchObject({ status: 5, stderr: expect.stringContaining('[name/taken]') })
})

test('acts with a wallet of one’s own', async () => {
  const env = { TRABOULE_PASSWORD: 'secret' }
  const made = await traboule(['wallet', 'create', 'mine', '--json'], { cwd, env })
  const { address } = JSON.parse(made.stdout)
  await json('--as', 'funder', 'account', 'transfer', '3', address)
  expect(await json('--wallet', 'mine', 'account', 'show')).toMatchObject({ wallet: '3000000000' })
  const poor = await traboule(['--wallet', 'mine', 'account', 'deposit', '1'], { cwd, env })
  expect(poor).toMatchObject({ status: 5, stderr: expect.stringContaining('cannot pay for gas') })
})

test('explains two orders that do not meet, and matches those that do', async () => {
  const app = await json('app', 'deploy', WORDCOUNT, '--name', 'to meet')
  const mine = await json('order', 'publish', 'app', app.address, '--price', '0.5')
  const { orders } = await json('order', 'list', 'workerpool')
  await json('account', 'deposit', '10')
  const request = async (...terms: string[]) =>
    (await json('order', 'publish', 'request', app.address, ...terms)).orderHash
  const quartet = (hash: string) => [
    ...['--app', mine.orderHash, '--workerpool', orders[0].orderHash, '--request', hash],
  ]
  await writeFile(join(cwd, 'terms.json'), JSON.stringify({ appmaxprice: '500000000' }))
  const good = await request('--price', '1', '--file', 'terms.json')
  const bad = await request('--price', '0.5', '--file', 'terms.json')
  expect(await json('order', 'explain', ...quartet(good))).toEqual({ matches: true, reasons: [] })
  const why = await json('order', 'explain', ...quartet(bad))
  expect(why).toMatchObject({ matches: false, reasons: [{ code: '0x05' }] })
  expect(await json('order', 'match', ...quartet(good))).toMatchObject({ volume: '1' })
})

test('finds everything in order, and encrypts what is secret', async () => {
  const { healthy, findings } = await json('doctor')
  expect(healthy).toBe(true)
  const names = findings.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['chain', 'hub', 'market', 'storage', 'wallet']))
  await writeFile(join(cwd, 'secret.csv'), '1,2,3')
  const { location } = await json('dataset', 'deploy', 'secret.csv', '--encrypt')
  expect(location).toMatch(/^\/ipfs\/Qm/)
  expect(Buffer.from(await readFile(join(cwd, 'secret.csv.key'), 'utf8'), 'base64')).toHaveLength(
    32,
  )
})

test('makes a project that passes its test and runs', async () => {
  // Inside the repository, so that the compiler is found without installing it.
  const parent = join(import.meta.dirname, '..', '.traboule')
  await mkdir(parent, { recursive: true })
  const place = await mkdtemp(join(parent, 'project-'))
  try {
    const project = join(place, 'greeter')
    await json('init', project)
    const again = await traboule(['init', project], { cwd })
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('is not empty') })
    const flags = ['--test', '--disable-warning=ExperimentalWarning']
    await promisify(execFile)(process.execPath, flags, { cwd: project })
    const words = ['run', project, '--args', 'Ada', '--bag', '2', '--out', 'greeted', '--watch']
    const ran = await traboule(words, { cwd })
    expect(ran).toMatchObject({ status: 0 })
    const greeting = await readFile(join(cwd, 'greeted', '1', 'result.txt'), 'utf8')
    expect(greeting).toBe('hello Ada from task 1\n')
    const terms = ['--file', join(project, 'orders', 'app.json')]
    const { address } = await json('app', 'deploy', project)
    expect(await json('order', 'publish', 'app', address, ...terms)).toMatchObject({
      remaining: '1000',
    })
  } finally {
    await rm(place, { recursive: true })
  }
})

test('quotes a program that is not registered, and leaves it so', async () => {
  const { apps } = await json('app', 'list')
  await mkdir(join(cwd, 'new'))
  const build = `export const build = async () => ({ bytes: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) })`
  await writeFile(join(cwd, 'new', 'build.js'), build)
  const quoted = await json('quote', 'new', '--bag', '2')
  expect(quoted).toMatchObject({ tasks: '2', perTask: { app: '0' } })
  expect((await json('app', 'list')).apps).toEqual(apps)
  const early = await traboule(['run', 'new', '--deadline', '1m'], { cwd })
  expect(early).toMatchObject({ status: 5, stderr: expect.stringContaining('[order/too-slow]') })
})

test('says which trust nobody offers', async () => {
  const { status, stderr } = await traboule(['run', WORDCOUNT, '--trust', '5000'], { cwd })
  expect(status).toBe(5)
  expect(stderr).toContain('No workerpool offers category 0 at trust 5000')
})

test('restricts what it sells, and refuses terms that an order has no room for', async () => {
  await writeFile(join(cwd, 'data.csv'), '1,2,3')
  const owner = ['--as', 'datasetOwner']
  const encrypted = await json('dataset', 'encrypt', 'data.csv')
  const again = await traboule(['dataset', 'encrypt', 'data.csv'], { cwd })
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('data.csv.key exists') })
  const { address, checksum } = await json(...owner, 'dataset', 'deploy', 'data.csv.enc')
  expect(checksum).toBe(encrypted.checksum)
  const app = address // any address is one that a restriction may name
  const terms = ['--price', '0.5', '--only-app', app, '--expires', '30d']
  const sold = await json(...owner, 'dataset', 'publish', address, ...terms)
  expect(sold.order).toMatchObject({ apprestrict: app, datasetprice: '500000000' })
  expect(sold.order.salt).toMatch(/^0x7472626c/)
  const wrong = await traboule([...owner, 'dataset', 'publish', address, '--trust', '3'], { cwd })
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('no field trust') })
  const name = await traboule(['dataset', 'show', address, '--field', 'name'], { cwd })
  expect(name.stdout).toBe('data.csv.enc\n')
  const none = await traboule(['dataset', 'show', address, '--field', 'color'], { cwd })
  expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('known here: address') })
})

// Last: all the money that the tests above moved is told.
test('tells every movement of money, with sums that equal the chain’s', async () => {
  const roles = ['requester', 'appOwner', 'workerpoolOwner', 'funder', 'worker1', 'worker2']
  for (const role of roles) {
    const { stake, locked } = await json('--as', role, 'account', 'show')
    expect(await json('--as', role, 'account', 'history'), role).toMatchObject({ stake, locked })
  }
  const { movements } = await json('--as', 'workerpoolOwner', 'account', 'history')
  const kinds = new Set(movements.map(({ kind }: { kind: string }) => kind))
  expect([...kinds]).toEqual(expect.arrayContaining(['deposit', 'lock', 'unlock', 'reward']))
  const csv = await traboule(['account', 'history', '--csv'], { cwd })
  const [heading, ...rows] = csv.stdout.trimEnd().split('\n')
  expect(heading).toBe('time,block,kind,nRLC,task or deal,transaction')
  for (const row of rows)
    expect(row).toMatch(/^\d{4}-[\d:.T-]+Z,\d+,[a-z]+,\d+,(0x\w{64})?,0x\w{64}$/)
})
