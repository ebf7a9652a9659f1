/** Every example in the SDK's documentation, run on a network in memory. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Amount } from '@traboule/protocol'
import { someBytes32 } from '@traboule/protocol/testing'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import * as sdk from './index.ts'
import { openTestNetwork } from './testing/index.ts'

type Example = Readonly<{ name: string; code: string }>

/** The examples of one file, by the name of what follows them. */
function examplesIn(file: string): Example[] {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8')
  const blocks = source.matchAll(
    /@example\n \* ```ts\n([\s\S]*?) \* ```[\s\S]*?\*\/\n(?:export (?:async )?(?:function\*?|const) (\w+))?/g,
  )
  return [...blocks].map(([, code = '', name]) => ({
    name: name ?? file,
    code: code.replace(/^ \* ?/gm, ''),
  }))
}

const key = (n: number) => privateKeyToAccount(someBytes32(n))
const CID = 'QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'

/** What examples take for granted. */
async function surroundings(code: string, file: string): Promise<Record<string, unknown>> {
  const net = await openTestNetwork({ programs: { hello: ({ args }) => `hello ${args}` } })
  const network = net.as('alice')
  const address = net.app('hello')
  const { deals, results } = await sdk.run(network, { app: address, args: 'you' })
  await sdk.account.deposit(network, 10n ** 10n)
  const ids = { dealId: deals[0]?.dealId, taskId: results[0]?.taskId }
  const signed = await sdk.order.make(network, 'app', { app: address })
  const bytes = new TextEncoder().encode('1,2,3')
  const { cid } = await sdk.storage.upload(network, bytes)
  const mine = {
    app: await sdk.app.register(network, {
      name: 'mine',
      location: '/ipfs/x',
      checksum: someBytes32(1),
    }),
    dataset: await sdk.dataset.deploy(network, { name: 'mine', bytes }),
    workerpool: await sdk.workerpool.deploy(network, { description: 'mine' }),
  }
  const own = await sdk.order.offer(network, 'app', { app: mine.app })
  if (file === 'ens.ts')
    await sdk.ens.point(network, { name: await sdk.ens.claim(network, 'alice') })
  const overdue = /\.claim\(network, (deal|task)Id/.test(code)
    ? await overdueDeal(net, network)
    : {}
  return {
    ...{ ...sdk, Amount, openTestNetwork, net, network, ownersNetwork: net.as('owner') },
    ...{
      devnetJson: JSON.stringify({ ...net.profile, fromBlock: 0 }),
      wallet: key(1),
      friend: key(2).address,
    },
    ...{ bytes, wasm: bytes, cid, location: `/ipfs/${CID}`, checksum: someBytes32(7) },
    ...{ ...ids, ...overdue, pool: mine.workerpool, signed: own.order, orderHash: own.orderHash },
    address: file === 'app.ts' ? mine.app : file === 'dataset.ts' ? mine.dataset : address,
    // Modules and assets share these names; the file says which is meant.
    ...(['match.ts', 'explain.ts'].includes(file) && (await ordersFor(network, signed))),
    ...(['quote.ts', 'run.ts'].includes(file) && { app: address }),
    ...(['order.ts', 'draft.ts', 'book.ts'].includes(file) && { app: mine.app }),
    // The one that is documented to reach out.
    ...(file === 'network.ts' && { openNetwork: () => network, profile: net.profile }),
    console: { log: () => undefined },
  }
}

/** A deal whose task was begun, and nobody finished. */
async function overdueDeal(net: Awaited<ReturnType<typeof openTestNetwork>>, network: sdk.Network) {
  for (let n = 1; n <= 5; n++) net.lose(`worker${n}`)
  const quoted = await sdk.quote(network, { app: net.app('hello') })
  const [bought] = await sdk.buy(network, quoted, {})
  await net.pass(1)
  await net.pass(3_001)
  const dealId = bought?.dealId ?? '0x'
  return { dealId, taskId: (await sdk.deal.show(network, dealId)).tasks[0]?.taskId }
}

async function ordersFor(network: sdk.Network, theirs: { app: `0x${string}` }) {
  const quoted = await sdk.quote(network, { app: theirs.app })
  await sdk.account.deposit(network, quoted.total)
  const draft = { app: theirs.app, workerpoolmaxprice: quoted.perTask.workerpool }
  const request = await sdk.order.make(network, 'request', draft)
  return { app: quoted.app, workerpool: quoted.workerpools[0]?.order, request }
}

/** The code of an example as a function of its surroundings; what it declares hides them. */
function compile({ code }: Example, names: readonly string[]) {
  const wrapped = `return async ({ ${names.join(', ')} }) => { { ${code} } }`
  return new Function(wrapped)() as (given: object) => Promise<void>
}

for (const file of globSync('**/*.ts', { cwd: import.meta.dirname }).sort()) {
  const examples = file.endsWith('.test.ts') ? [] : examplesIn(file)
  if (examples.length === 0) continue
  describe(file, () => {
    test.each(examples)('$name', async (example) => {
      const given = await surroundings(example.code, file)
      await compile(example, Object.keys(given))(given)
    })
  })
}

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')

/** The files behind a door of the package, with the names that it lets through: all, if undefined. */
function doorsOf(file: string): { file: string; names: string[] | undefined }[] {
  const exported = read(file).matchAll(/^export (?:\* as \w+|\*|\{([^}]*)\}) from '\.\/(.*)'$/gm)
  return [...exported].flatMap(([, list, behind = '']) => {
    const names = list?.split(',').map((name) => name.trim())
    return [{ file: behind, names }, ...(file === 'index.ts' ? doorsOf(behind) : [])]
  })
}

test('every public verb has an example, in its own file', () => {
  const verbs = doorsOf('index.ts').flatMap(({ file, names }) => {
    const shown = new Set(examplesIn(file).map(({ name }) => name))
    const found = read(file).matchAll(/^export (?:async )?function\*? ?(\w+)/gm)
    return [...found]
      .map(([, verb = '']) => ({ verb: `${file}: ${verb}`, isShown: shown.has(verb), name: verb }))
      .filter(({ name }) => names === undefined || names.includes(name))
  })
  expect(verbs.map(({ verb }) => verb)).toEqual(
    expect.arrayContaining(['run.ts: run', 'draft.ts: make', 'steps.ts: explain', 'ens.ts: claim']),
  )
  expect(verbs.filter(({ isShown }) => !isShown)).toEqual([])
})
