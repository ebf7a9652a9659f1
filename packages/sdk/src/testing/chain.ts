/** Chain: a test network's blocks, behind the calls that wallets make. */
import {
  type Abi,
  type Address,
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  encodeFunctionResult,
  getAddress,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
  parseTransaction,
  recoverTransactionAddress,
  stringToBytes,
  type TransactionSerialized,
} from 'viem'
import { contractAt } from './contracts.ts'
import type { Context } from './hub.ts'
import { CHAIN_ID, change, places, Refusal, type State } from './state.ts'

type Log = Readonly<{
  address: Address
  topics: readonly Hex[]
  data: Hex
  block: bigint
  index: number
  transaction: Hex
}>
type Mined = Readonly<{
  hash: Hex
  from: Address
  to: Address
  ok: boolean
  block: bigint
  logs: readonly Log[]
}>

/** A node's memory: block `n` was mined at `times[n]`. */
type Node = Readonly<{
  state: State
  times: bigint[]
  logs: Log[]
  mined: Map<Hex, Mined>
  nonces: Map<Address, number>
}>

/** What somebody does on chain. */
type Work = (context: Context) => unknown

export type Chain = Readonly<{
  state: State
  /** The number of the newest block. */
  height(): bigint
  /** Does something as `from`, in a block of its own. */
  act(from: Address, work: Work): Promise<void>
  /** Lets time pass, and mines a block. */
  pass(seconds: bigint): void
  /** Answers a wallet's call. */
  request(call: { method: string; params?: unknown }): Promise<unknown>
}>

const FROM_ERROR = parseAbi(['error Error(string)'])

export function openChain(state: State): Chain {
  const node: Node = { state, times: [state.now], logs: [], mined: new Map(), nonces: new Map() }
  const answers = answersOf(node)
  return {
    state,
    height: () => head(node),
    async act(from, work) {
      node.logs.push(...(await carryOut(node, state, { from, to: places.hub, work })).emitted)
      mine(node)
    },
    pass(seconds) {
      state.now += seconds
      mine(node)
    },
    async request({ method, params = [] }) {
      const answer = answers[method]
      if (!answer) throw unsupported(method)
      return answer(...(params as never[])) // as JSON-RPC has them
    },
  }
}

const head = ({ times }: Node) => BigInt(times.length - 1)
const mine = ({ times, state }: Node) => times.push(state.now)

type Step = Readonly<{ from: Address; to: Address; work: Work }>

/** Does a step on `state`, which may be a copy; its events count only if nothing throws. */
async function carryOut(node: Node, state: State, { from, to, work }: Step) {
  const emitted: Log[] = []
  const emit = (eventName: string, args: object, by = to) =>
    emitted.push({
      ...logOf(contractAt(by).abi, eventName, args),
      ...{ address: by, block: head(node) + 1n, transaction: '0x' },
      index: emitted.length,
    })
  const result = await work({ state, from, at: to, emit })
  return { result, emitted }
}

function decode({ from, to, data }: Request) {
  const { abi, methods } = contractAt(to)
  const { functionName, args = [] } = decodeFunctionData({ abi, data })
  const method = methods[functionName]
  if (!method) throw unsupported(functionName)
  const work: Work = (context) => method(context, ...(args as never[])) // decoded by the ABI
  return { abi, functionName, step: { from, to, work } }
}

/** Without leaving a trace: what estimates and views do. */
async function dryRun(node: Node, request: Request): Promise<Hex> {
  if (request.data === '0x') return '0x'
  const { abi, functionName, step } = decode(request)
  const { result } = await carryOut(node, structuredClone(node.state), step).catch(translate)
  return encodeFunctionResult({ abi, functionName, result })
}

async function send(node: Node, raw: Hex): Promise<Hex> {
  const { state } = node
  const hash = keccak256(raw)
  const { to, data = '0x', value = 0n, nonce = 0 } = parseTransaction(raw)
  const serializedTransaction = raw as TransactionSerialized // it was parsed just now
  const from = await recoverTransactionAddress({ serializedTransaction })
  const receiver = getAddress(to ?? places.hub)
  node.nonces.set(from, nonce + 1)
  const work: Work = async (context) => {
    change(context.state.coin, from, -value)
    change(context.state.coin, receiver, value)
    if (data !== '0x') await decode({ from, to: receiver, data }).step.work(context)
  }
  const before = structuredClone(state)
  const emitted = await carryOut(node, state, { from, to: receiver, work }).then(
    (done) => done.emitted,
    (error) => {
      if (!(error instanceof Refusal)) throw error
      Object.assign(state, before)
    },
  )
  const logs = (emitted ?? []).map((log) => ({ ...log, transaction: hash }))
  node.logs.push(...logs)
  node.mined.set(hash, { hash, from, to: receiver, ok: !!emitted, block: head(node) + 1n, logs })
  mine(node)
  return hash
}

function answersOf(node: Node): Readonly<Record<string, (...params: never[]) => unknown>> {
  const { state, times, logs, mined, nonces } = node
  return {
    eth_chainId: () => numberToHex(CHAIN_ID),
    eth_blockNumber: () => numberToHex(head(node)),
    eth_gasPrice: () => '0x1',
    eth_maxPriorityFeePerGas: () => '0x1',
    eth_getBlockByNumber(tag: string) {
      const number = /^0x/.test(tag) ? BigInt(tag) : head(node)
      return blockOf(number, times[Number(number)] ?? 0n)
    },
    eth_getBalance: (address: Address) => numberToHex(state.coin.get(getAddress(address)) ?? 0n),
    eth_getTransactionCount: (address: Address) =>
      numberToHex(nonces.get(getAddress(address)) ?? 0),
    eth_call: (call: Request) => dryRun(node, { ...call, from: call.from ?? places.hub }),
    async eth_estimateGas(call: Request) {
      await dryRun(node, { ...call, data: call.data ?? '0x' })
      return numberToHex(100_000)
    },
    eth_sendRawTransaction: (raw: Hex) => send(node, raw),
    eth_getTransactionReceipt: (hash: Hex) => receiptOf(mined.get(hash)),
    eth_getLogs: (filter: Filter) => logs.filter(wanted(filter)).map(rpcLog),
  }
}

type Request = Readonly<{ from: Address; to: Address; data: Hex }>
type Filter = Readonly<{
  address: Address
  fromBlock: Hex
  toBlock: Hex
  topics: readonly (readonly Hex[])[]
}>

/** As nodes say it, so that wallets try another way. */
const unsupported = (what: string) =>
  Object.assign(new Error(`A test network has no ${what}.`), { code: -32_601 })

/** A refusal as nodes tell it: code 3, and the contract's own bytes. */
function translate(error: unknown): never {
  if (!(error instanceof Refusal)) throw error
  const data = encodeErrorResult({ abi: FROM_ERROR, errorName: 'Error', args: [error.message] })
  throw Object.assign(new Error(`execution reverted: ${error.message}`), { code: 3, data })
}

function logOf(abi: Abi, eventName: string, args: object): { topics: readonly Hex[]; data: Hex } {
  const event = abi.find((each) => each.type === 'event' && each.name === eventName)
  if (event?.type !== 'event') throw unsupported(eventName)
  const fields = args as Readonly<Record<string, unknown>>
  const plain = event.inputs.filter(({ indexed }) => !indexed)
  const values = plain.map(({ name = '' }) => fields[name])
  return {
    topics: encodeEventTopics({ abi: [event], eventName, args: fields } as never) as readonly Hex[],
    data: encodeAbiParameters(plain, values),
  }
}

const hashOf = (number: bigint) => keccak256(stringToBytes(`block ${number}`))

function blockOf(number: bigint, timestamp: bigint) {
  return {
    ...{ number: numberToHex(number), timestamp: numberToHex(timestamp), hash: hashOf(number) },
    ...{ parentHash: hashOf(number - 1n), baseFeePerGas: '0x1', gasLimit: '0x1c9c380' },
    ...{ gasUsed: '0x0', difficulty: '0x0', size: '0x0', transactions: [] },
  }
}

const rpcLog = ({ block, transaction, index, ...log }: Log) => ({
  ...log,
  ...{ blockNumber: numberToHex(block), blockHash: hashOf(block), logIndex: numberToHex(index) },
  ...{ transactionHash: transaction, transactionIndex: '0x0', removed: false },
})

function receiptOf(found: Mined | undefined) {
  if (!found) return null
  const { hash, from, to, ok, block } = found
  return {
    ...{ transactionHash: hash, from, to, status: ok ? '0x1' : '0x0', type: '0x2' },
    ...{ blockNumber: numberToHex(block), blockHash: hashOf(block), transactionIndex: '0x0' },
    ...{ gasUsed: '0x186a0', cumulativeGasUsed: '0x186a0', effectiveGasPrice: '0x1' },
    ...{ contractAddress: null, logsBloom: '0x', logs: found.logs.map(rpcLog) },
  }
}

function wanted({ address, fromBlock, toBlock, topics }: Filter) {
  return (log: Log) =>
    getAddress(address) === log.address &&
    log.block >= BigInt(fromBlock) &&
    log.block <= BigInt(toBlock) &&
    topics.every((any, n) => any.includes(log.topics[n] ?? '0x'))
}
