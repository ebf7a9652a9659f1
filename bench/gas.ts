/**
 * Gas: what each operation costs here, beside what it costs on the original hub.
 *
 * Prices app 0.1 and workerpool 1 RLC, 142 bytes of params, 83 bytes of results; accounts that have
 * money, and a requester and a scheduler who have some of it locked. Orders are fresh and signed.
 * `bytes` and `non-zero` are calldata: what a rollup posts. The last line holds ratios and, of batches,
 * gas per task.
 */
import { readFileSync } from 'node:fs'
import { Amount, Contribution, Task } from '@traboule/protocol'
import {
  appRegistryAbi,
  datasetRegistryAbi,
  hubAbi,
  workerpoolRegistryAbi,
} from '@traboule/protocol/abi'
import { type Hex, keccak256, size, stringToHex, zeroAddress } from 'viem'
import {
  agree,
  authorize,
  firstDeal,
  openStage,
  registrations,
  type Sent,
  type Stage,
  type Wish,
} from '../contracts/test/support/stage.ts'
import { PARAMS, replicate } from './replicate.ts'

const RESULTS = stringToHex(`{"storage":"ipfs","location":"/ipfs/${'Q'.repeat(46)}"}`)
const DIGEST = keccak256(RESULTS)

const reference: Record<string, number> = JSON.parse(
  readFileSync(new URL('gas.reference.json', import.meta.url), 'utf8'),
).gas

type Row = { gas: bigint; bytes: number; nonZero: number }
const rows = new Map<string, Row>()

/** Writes down the sum of some transactions and gives it back. */
function note(name: string, ...sent: readonly (Sent | Row)[]): Row {
  const each = sent.map((one) => ('data' in one ? { gas: one.gas, ...countBytes(one.data) } : one))
  const sum = each.reduce((a, b) => ({
    gas: a.gas + b.gas,
    bytes: a.bytes + b.bytes,
    nonZero: a.nonZero + b.nonZero,
  }))
  rows.set(name, sum)
  return sum
}

function countBytes(data: Hex) {
  const pairs = data.slice(2).match(/../g) ?? []
  return { bytes: size(data), nonZero: pairs.filter((pair) => pair !== '00').length }
}

/** A deal, and its first task open. */
async function start(stage: Stage, wish: Wish, name = 'matchOrders') {
  const orders = await agree(stage, { params: PARAMS, ...wish })
  const { app, dataset, workerpool, request } = orders
  const matched = await stage.hub(stage.people.requester, 'matchOrders', [
    app,
    dataset,
    workerpool,
    request,
  ])
  const dealId = firstDeal(stage, orders)
  return { dealId, taskId: Task.id(dealId, 0n), cost: note(name, matched) }
}

const initialize = async (stage: Stage, dealId: Hex) =>
  note('initialize', await stage.hub(stage.people.scheduler, 'initialize', [dealId, 0n]))

async function contribute(stage: Stage, n: number, taskId: Hex, name: string): Promise<Row> {
  const worker = workerOf(stage, n)
  const hash = Contribution.resultHash(taskId, DIGEST)
  const seal = Contribution.resultSeal(worker.address, taskId, DIGEST)
  const word = await authorize(stage, worker.address, taskId)
  const args = [taskId, hash, seal, zeroAddress, '0x', word]
  return note(name, await stage.hub(worker, 'contribute', args))
}

const reveal = async (stage: Stage, n: number, taskId: Hex, name: string) =>
  note(name, await stage.hub(workerOf(stage, n), 'reveal', [taskId, DIGEST]))

const finalize = async (stage: Stage, taskId: Hex, name: string) =>
  note(name, await stage.hub(stage.people.scheduler, 'finalize', [taskId, RESULTS, '0x']))

async function contributeAndFinalize(stage: Stage, n: number, taskId: Hex): Promise<Row> {
  const worker = workerOf(stage, n)
  const word = await authorize(stage, worker.address, taskId)
  const args = [taskId, DIGEST, RESULTS, '0x', zeroAddress, '0x', word]
  return note('contributeAndFinalize', await stage.hub(worker, 'contributeAndFinalize', args))
}

function workerOf({ people }: Stage, n: number) {
  const worker = people.workers[n]
  if (!worker) throw new Error(`There is no worker ${n}.`)
  return worker
}

async function measureTask(stage: Stage): Promise<void> {
  const { dealId, taskId, cost } = await start(stage, {})
  note(
    'fullTask',
    cost,
    await initialize(stage, dealId),
    await contribute(stage, 0, taskId, 'contributeConsensus'),
    await reveal(stage, 0, taskId, 'revealFirst'),
    await finalize(stage, taskId, 'finalizeOne'),
  )
}

async function measureSingleWorker(stage: Stage): Promise<void> {
  const { dealId, taskId, cost } = await start(stage, {})
  const opened = await initialize(stage, dealId)
  note('fullTaskContributeAndFinalize', cost, opened, await contributeAndFinalize(stage, 0, taskId))
}

async function measureThreeWorkers(stage: Stage): Promise<void> {
  const { dealId, taskId, cost } = await start(stage, { trust: 5n })
  note(
    'fullTaskThreeWorkers',
    cost,
    await initialize(stage, dealId),
    await contribute(stage, 0, taskId, 'contributeFirst'),
    await contribute(stage, 1, taskId, 'contributeNext'),
    await contribute(stage, 2, taskId, 'contributeLast'),
    await reveal(stage, 0, taskId, 'revealFirst'),
    await reveal(stage, 1, taskId, 'revealNext'),
    await reveal(stage, 2, taskId, 'revealNext'),
    await finalize(stage, taskId, 'finalizeThree'),
  )
}

async function measureBag(stage: Stage): Promise<void> {
  const { dealId, cost } = await start(stage, { volume: 10n }, 'matchOrdersBag')
  const indexes = Array.from({ length: 10 }, (_, n) => BigInt(n))
  const args = [indexes.map(() => dealId), indexes]
  const opened = await stage.hub(stage.people.scheduler, 'initializeArray', args)
  const parts = [cost, note('initializeTen', opened)]
  for (const index of indexes)
    parts.push(await contributeAndFinalize(stage, 0, Task.id(dealId, index)))
  note('bagOfTen', ...parts)
}

/** All that a bag replicated on three workers takes when it is one slice, divided by its tasks. */
async function measureBatch(stage: Stage, tasks: number): Promise<void> {
  const sent: Sent[] = []
  const workers = stage.people.workers.slice(0, 3)
  await replicate(
    stage,
    async (functionName, { address }, args) => {
      const call = { address: stage.at.hub, abi: hubAbi, functionName, args: [...args] }
      sent.push(await stage.send(address, call))
    },
    { tasks, workers, sliced: true },
  )
  const { gas, bytes, nonZero } = note(`batchOf${tasks}GasPerTask`, ...sent)
  const share = (sum: number) => Math.round((10 * sum) / tasks) / 10
  const perTask = { gas: gas / BigInt(tasks), bytes: share(bytes), nonZero: share(nonZero) }
  rows.set(`batchOf${tasks}GasPerTask`, perTask)
}

async function measureClaim(stage: Stage): Promise<void> {
  const { dealId, taskId } = await start(stage, {})
  await initialize(stage, dealId)
  await stage.client.increaseTime({ seconds: 10 * 300 })
  await stage.client.mine({ blocks: 1 })
  note('claim', await stage.hub(stage.people.requester, 'claim', [taskId]))
}

async function measureAssets(stage: Stage): Promise<void> {
  const { at, people, send } = stage
  const kinds = [
    ['createApp', 'app', at.appRegistry, appRegistryAbi, people.appOwner],
    ['createDataset', 'dataset', at.datasetRegistry, datasetRegistryAbi, people.datasetOwner],
    [
      'createWorkerpool',
      'workerpool',
      at.workerpoolRegistry,
      workerpoolRegistryAbi,
      people.scheduler,
    ],
  ] as const
  for (const [name, kind, address, abi, owner] of kinds) {
    const [functionName, args] = registrations[kind](owner.address, `another ${kind}`)
    note(name, await send(owner.address, { address, abi, functionName, args: [...args] }))
  }
  note('deposit', await stage.hub(people.requester, 'deposit', [Amount.parse('1')]))
  note('withdraw', await stage.hub(people.requester, 'withdraw', [Amount.parse('1')]))
}

/** Every transaction that made the hub, its registries and the token, except the common factory's. */
async function measureDeployment({ client, deployedAt }: Stage): Promise<void> {
  const all: Row[] = []
  for (let blockNumber = 1n; blockNumber <= deployedAt; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true })
    for (const { hash, input, to } of transactions) {
      if (to === null || input === '0x') continue
      const { gasUsed } = await client.getTransactionReceipt({ hash })
      all.push({ gas: gasUsed, ...countBytes(input) })
    }
  }
  note('deploy', ...all)
}

/** Once through everything first: what is measured is the usual case, not the first of its kind. */
async function warmUp(stage: Stage): Promise<void> {
  await measureThreeWorkers(stage)
  await start(stage, {})
}

function print(): void {
  const head = ['operation', 'here', 'original', 'ratio', 'bytes', 'non-zero']
  const line = (cells: readonly string[]) =>
    cells.map((cell, n) => (n === 0 ? cell.padEnd(32) : cell.padStart(11))).join('')
  console.log(line(head))
  const ratios: Record<string, number> = {}
  for (const [name, { gas, bytes, nonZero }] of rows) {
    const perTask = name.endsWith('PerTask')
    const theirs = reference[perTask ? 'bagOfTenThreeWorkersPerTask' : name] ?? Number.NaN
    const ratio = Number((Number(gas) / theirs).toFixed(4))
    ratios[name] = perTask ? Number(gas) : ratio
    console.log(line([name, `${gas}`, `${theirs}`, `${ratio}`, `${bytes}`, `${nonZero}`]))
  }
  console.log(JSON.stringify(ratios))
}

await using stage = await openStage()
await warmUp(stage)
rows.clear()
await measureDeployment(stage)
await measureAssets(stage)
await start(stage, { params: '' }, 'matchOrdersEmptyParams')
await start(stage, { dataset: true }, 'matchOrdersDataset')
await measureTask(stage)
await measureSingleWorker(stage)
await measureThreeWorkers(stage)
await measureBag(stage)
await measureBatch(stage, 100)
await measureBatch(stage, 1_000)
await measureClaim(stage)
print()
