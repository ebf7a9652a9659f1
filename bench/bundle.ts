/**
 * Bundle: what a page loads to buy a computation with our SDK, and with the published one.
 *
 * `loaded` is gzip when the page loads, `all` with chunks that are fetched later. `import` and `call`
 * are milliseconds of the processor in Node: loading the library, and the first thing done with it
 * without a network (a client and a draft of an order). `workflow` is the same clock for three steps
 * with a lost worker on the fake network that users test with. The last line holds all figures.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { directoryOf, install, type Version, versions } from '../e2e/compat/packages.ts'
import { type Weight, weigh } from '../packages/sdk/test/bundle.ts'

type Subject = Readonly<{
  name: string
  /** Lines that a page would bundle. */
  source: string
  /** A program that says how long its import and its first call took. */
  program: string
}>

const NOWHERE = 'http://127.0.0.1:9'
/** What a browser's wallet is to the published library: it says its chain and no more. */
const WALLET = `{ request: async ({ method }) => (method === 'eth_chainId' ? '0xb1493' : null) }`
const OTHER = `0x${'11'.repeat(20)}`
const sdk = join(import.meta.dirname, '..', 'packages', 'sdk', 'src', 'index.ts')

/** Milliseconds of the processor, user and system. */
const timing = (load: string, call: string) => `
  const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1_000 }
  const began = spent()
  ${load}
  const loaded = spent()
  ${call}
  console.log(JSON.stringify({ import: loaded - began, call: spent() - loaded }))
  process.exit()`

const ours: Subject = {
  name: 'ours',
  source: `export { openNetwork, run } from ${JSON.stringify(sdk)}`,
  program: timing(
    `const { openNetwork, order, profile } = await import(${JSON.stringify(sdk)})`,
    `const at = '${OTHER}'
     const registries = { appRegistry: at, datasetRegistry: at, workerpoolRegistry: at }
     const known = { rpcUrl: '${NOWHERE}', chainId: 1, hub: at, ...registries }
     order.create(openNetwork(profile.parse(known)), 'app', { app: at })`,
  ),
}

/** The whole client, as its documentation imports it. */
function published(version: Version): Subject {
  const index = JSON.stringify(join(directoryOf(version), 'dist', 'esm', 'lib', 'index.js'))
  return {
    name: `iexec ${version}`,
    source: `export { IExec } from ${index}`,
    program: timing(
      `const { IExec } = await import(${index})`,
      `const iexec = new IExec({ ethProvider: ${WALLET} }, { hubAddress: '${OTHER}' })
       await iexec.order.createApporder({ app: '${OTHER}' })`,
    ),
  }
}

/** Only the modules that buying takes, for pages that count bytes. */
function modules(version: Version): Subject {
  const folder = join(directoryOf(version), 'dist', 'esm', 'lib')
  const files = ['Account', 'Order', 'Orderbook', 'Deal', 'Task'].map((name) => [
    name,
    JSON.stringify(join(folder, `IExec${name}Module.js`)),
  ])
  const order = JSON.stringify(join(folder, 'IExecOrderModule.js'))
  return {
    name: `iexec ${version}, five modules`,
    source: files.map(([name, file]) => `export { default as ${name} } from ${file}`).join('\n'),
    program: timing(
      `const { default: Orders } = await import(${order})`,
      `const order = new Orders({ ethProvider: ${WALLET} }, { hubAddress: '${OTHER}' })
       await order.createApporder({ app: '${OTHER}' })`,
    ),
  }
}

const testing = join(import.meta.dirname, '..', 'packages', 'sdk', 'src', 'testing', 'index.ts')

/** Splits a text, counts the words of both parts and adds them up. */
const workflow = timing(
  `const { run } = await import(${JSON.stringify(sdk)})
   const { openTestNetwork } = await import(${JSON.stringify(testing)})`,
  `const text = new TextDecoder()
   const net = await openTestNetwork({ programs: {
     split: ({ inputs }) => text.decode(inputs[0]).split(' ').join('\\n'),
     count: ({ inputs, index }) => String(text.decode(inputs[index]).split('\\n').length),
     sum: ({ args }) => String(args.reduce((sum, word) => sum + Number(word), 0)),
   } })
   net.lose('worker2')
   const alice = net.as('alice')
   const inputs = ['to be or not', 'to be'].map((each) => new TextEncoder().encode(each))
   const split = await run(alice, { app: net.app('split'), inputs, trust: 5n })
   const part = split.results[0].files.get('result.txt')
   const count = { app: net.app('count'), inputs: [part, part], tasks: 2, trust: 3n }
   const counted = await run(alice, count)
   const args = counted.results.map(({ files }) => text.decode(files.get('result.txt'))).join(' ')
   await run(alice, { app: net.app('sum'), args, trust: 3n })`,
)

const RUNS = 5

/** The least of some runs: others use the machine too. */
async function least(program: string): Promise<{ import: number; call: number }> {
  const args = ['--input-type=module', '-e', program]
  const seen: { import: number; call: number }[] = []
  for (let n = 0; n < RUNS; n++)
    seen.push(JSON.parse((await promisify(execFile)(process.execPath, args)).stdout))
  const of = (name: 'import' | 'call') => Math.min(...seen.map((each) => each[name]))
  return { import: of('import'), call: of('call') }
}

type Row = Weight & Readonly<{ import: number; call: number }>

await install()
const rows: Record<string, Row> = {}
for (const { name, source, program } of [
  ours,
  ...versions.flatMap((version) => [published(version), modules(version)]),
]) {
  const row = { ...(await weigh(source)), ...(await least(program)) }
  rows[name] = row
  const kB = (bytes: number) => `${(bytes / 1_000).toFixed(1).padStart(7)} kB`
  const ms = (time: number) => `${time.toFixed(1).padStart(8)} ms`
  console.log(
    `${name.padEnd(26)} loaded ${kB(row.loaded)}  all ${kB(row.all)}  import ${ms(row.import)}  call ${ms(row.call)}`,
  )
}
const base = rows.ours?.loaded ?? 0
const ratios = Object.fromEntries(
  Object.entries(rows).map(([name, { loaded }]) => [name, Number((loaded / base).toFixed(2))]),
)
const { call } = await least(workflow)
console.log(`a workflow of three steps on the fake network  ${call.toFixed(0)} ms`)
console.log(JSON.stringify({ rows, ratios, workflowMs: call }))
