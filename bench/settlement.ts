/**
 * Settlement: how many replicated tasks a second a chain can settle that gives the market all of its
 * 1.34 million gas a second.
 *
 * Blocks of 6.7 million gas, one every 5 seconds, are filled with real transactions, match to payment,
 * and mined by hand. Each task is computed by three workers who vote, reveal and are paid. The original
 * hub is not run: its figure is its gas per task in a bag of ten.
 */
import { readFileSync } from 'node:fs'
import { Amount } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Address, encodeFunctionData, type Hex, numberToHex, parseEventLogs } from 'viem'
import { openStage, type Stage } from '../contracts/test/support/stage.ts'
import { type Bag, replicate, type Send, type Who } from './replicate.ts'

const BLOCK_GAS = 6_700_000n
const BLOCK_SECONDS = 5
const CREW = 3
/** After more agreements than this a worker outweighs a newcomer, and two would do for three. */
const NEWCOMER = 11
const MAX_FEE = 10n ** 10n

type Way = Readonly<{ name: string; tasks: number; sliced: boolean; bags: number }>

const ways: readonly Way[] = [
  { name: 'slicesOf1000', tasks: 1_000, sliced: true, bags: 33 },
  { name: 'slicesOf100', tasks: 100, sliced: true, bags: 33 },
  { name: 'taskByTask', tasks: 10, sliced: false, bags: 4 },
]

type Pending = Readonly<{ functionName: string; from: Address; data: Hex }>
/** What a call takes: gas it burns, and gas it must be given. */
type Cost = Readonly<{ used: bigint; limit: bigint }>

let hired = 0

/** Three more workers with money. */
async function hire({ client, people, hub }: Stage): Promise<Who[]> {
  const crew: Who[] = []
  for (let n = 0; n < CREW; n++) {
    const address = numberToHex(0x10_000 + hired++, { size: 20 })
    await client.setBalance({ address, value: 10n ** 20n })
    await hub(people.owner, 'depositFor', [Amount.parse('10000'), address])
    crew.push({ address })
  }
  return crew
}

/** Every transaction of some bags, in the order in which they can be mined. */
async function prepare(stage: Stage, { tasks, sliced, bags }: Way): Promise<Pending[]> {
  const all: Pending[] = []
  const send: Send = async (functionName, { address }, args) => {
    const call = { abi: hubAbi, functionName, args } as never // named by the caller
    all.push({ functionName, from: address, data: encodeFunctionData(call) })
  }
  const votes = sliced ? 1 : tasks
  let workers = await hire(stage)
  for (let bag = 0, agreed = 0; bag < bags; bag++, agreed += votes) {
    if (agreed + votes > NEWCOMER) {
      workers = await hire(stage)
      agreed = 0
    }
    await replicate(stage, send, { tasks, workers, sliced })
  }
  return all
}

/** What each call of such a bag takes at most, learnt from one that is mined as it comes. */
async function rehearse(stage: Stage, { tasks, sliced }: Bag): Promise<Map<string, Cost>> {
  const costs = new Map<string, Cost>()
  const workers = await hire(stage)
  const send: Send = async (functionName, { address }, args) => {
    const call = { address: stage.at.hub, abi: hubAbi, functionName, args: [...args] }
    const { receipt, gas } = await stage.send(address, call)
    const { gas: estimate } = await stage.client.getTransaction({ hash: receipt.transactionHash })
    const { used = 0n, limit = 0n } = costs.get(functionName) ?? {}
    // Calldata differs in its zero bytes from one bag to the next.
    const given = (estimate * 102n) / 100n
    costs.set(functionName, { used: gas > used ? gas : used, limit: given > limit ? given : limit })
  }
  await replicate(stage, send, { tasks, workers, sliced })
  return costs
}

/** How many of the next transactions fit: a block takes one if its limit fits in what is left. */
function fitting(next: readonly Pending[], costs: ReadonlyMap<string, Cost>): Pending[] {
  let left = BLOCK_GAS
  const chosen: Pending[] = []
  for (const transaction of next) {
    const cost = costs.get(transaction.functionName)
    if (!cost) throw new Error(`${transaction.functionName} was not rehearsed.`)
    if (cost.limit > left) break
    left -= cost.used
    chosen.push(transaction)
  }
  return chosen
}

/** Mines one block of these and counts what was paid in it. */
async function mine(
  { client, at }: Stage,
  chosen: readonly Pending[],
  costs: ReadonlyMap<string, Cost>,
): Promise<number> {
  await client.setNextBlockBaseFeePerGas({ baseFeePerGas: 0n })
  const hashes: Hex[] = []
  for (const { from, data, functionName } of chosen) {
    const gas = numberToHex(costs.get(functionName)?.limit ?? 0n)
    const fees = { maxFeePerGas: numberToHex(MAX_FEE), maxPriorityFeePerGas: '0x1' }
    const params = [{ from, to: at.hub, data, gas, ...fees }] as never // as anvil takes it
    hashes.push(await client.request({ method: 'eth_sendTransaction' as never, params }))
  }
  await client.mine({ blocks: 1 })
  const block = await client.getBlock()
  const receipts = await Promise.all(hashes.map((hash) => client.getTransactionReceipt({ hash })))
  const failed = receipts.find(({ status }) => status !== 'success')
  if (failed || block.transactions.length !== chosen.length || block.gasUsed > BLOCK_GAS)
    throw new Error('A block did not take what it was filled with.')
  const logs = receipts.flatMap(({ logs }) => logs)
  return parseEventLogs({ abi: hubAbi, eventName: 'TaskFinalize', logs }).length
}

/** Fills blocks until nothing is left; the last one, which is not full, does not count. */
async function settle(way: Way): Promise<number[]> {
  await using stage = await openStage()
  await stage.client.request({ method: 'anvil_autoImpersonateAccount', params: [true] } as never)
  await stage.token(stage.people.owner, 'approve', [stage.at.hub, Amount.parse('10000000')])
  const costs = await rehearse(stage, { ...way, workers: [] })
  let next = await prepare(stage, way)
  const { client } = stage
  await client.setBlockGasLimit({ gasLimit: BLOCK_GAS })
  await client.setAutomine(false)
  const settled: number[] = []
  while (next.length > 0) {
    const chosen = fitting(next, costs)
    next = next.slice(chosen.length)
    const finalized = await mine(stage, chosen, costs)
    settled.push(finalized * (way.sliced ? way.tasks : 1))
  }
  return settled.slice(0, -1)
}

const reference: number = JSON.parse(
  readFileSync(new URL('gas.reference.json', import.meta.url), 'utf8'),
).gas.bagOfTenThreeWorkersPerTask
const theirs = Number(BLOCK_GAS) / reference / BLOCK_SECONDS

const line = (cells: readonly string[]) =>
  cells.map((cell, n) => (n === 0 ? cell.padEnd(28) : cell.padStart(14))).join('')
console.log(line(['way', 'blocks', 'tasks/block', 'tasks/s', 'ratio']))
const figures: Record<string, number> = {}
for (const way of ways) {
  const blocks = await settle(way)
  const perBlock = blocks.reduce((sum, settled) => sum + settled, 0) / blocks.length
  const perSecond = perBlock / BLOCK_SECONDS
  figures[way.name] = Number(perSecond.toFixed(2))
  const cells = [perBlock.toFixed(1), perSecond.toFixed(2), (perSecond / theirs).toFixed(1)]
  console.log(line([way.name, `${blocks.length}`, ...cells]))
}
console.log(line(['original', '', (theirs * BLOCK_SECONDS).toFixed(1), theirs.toFixed(2), '1.0']))
const [best = 0] = Object.values(figures)
const ratio = Number((best / theirs).toFixed(1))
console.log(JSON.stringify({ tasksPerSecond: figures, original: Number(theirs.toFixed(2)), ratio }))
