/**
 * Send: one outbox per key, so that a transaction is signed once, in order, and never lost.
 *
 * A transaction is written to the journal before it is broadcast. Until it is `BURIED` blocks deep
 * it is watched: when the chain forgets it (a reorg, a restart of the node), the same bytes are
 * broadcast again. Sending under a key that is still under way waits for that transaction. An
 * account is one outbox's alone: a transaction whose nonce something else took is given up.
 */
import { AppError } from '@traboule/protocol'
import {
  type Abi,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  encodeFunctionData,
  type Hex,
  InternalRpcError,
  keccak256,
  type LocalAccount,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { startLoop } from '../loop.ts'
import type { ChainClient } from './client.ts'
import type { Entry, Journal } from './journal.ts'

/** A call of a contract's function; `abi` explains a refusal. */
export type Call = Readonly<{
  address: Address
  abi: Abi
  functionName: string
  args: readonly unknown[]
}>

export type Sender = AsyncDisposable & {
  readonly address: Address
  /**
   * Sends `call` and resolves with its receipt. Throws `chain/reverted` with the contract's reason
   * (usually before anything is sent), `chain/out-of-gas-money`, or `chain/replaced`.
   */
  send(key: string, call: Call): Promise<TransactionReceipt>
}

export type SenderOptions = Readonly<{
  account: LocalAccount
  client: ChainClient
  journal: Journal
  clock: Clock
  log: Log
  signal: AbortSignal
  everyMs?: number
}>

/** How deep a transaction must be before we stop watching it. */
const BURIED = 64n
/** How many looks in a row must show a nonce as taken by another: nodes behind one URL disagree. */
const TAKEN_LOOKS = 20

type Pending = {
  readonly entry: Entry
  receipt: TransactionReceipt | undefined
  settled: PromiseWithResolvers<TransactionReceipt>
  /** Looks in a row in which the chain had our nonce but not our transaction. */
  taken: number
  /** Why the node did not take it, when last it did not. */
  refused: string | undefined
}

/** Opens the outbox of one key, taking up what an earlier process left. */
export async function openSender(options: SenderOptions): Promise<Sender> {
  const { account, journal, clock, log, signal, everyMs = 250 } = options
  const pending = new Map<number, Pending>()
  for (const entry of await journal.all()) pending.set(entry.nonce, watching(entry))
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }
  const timing = { name: 'sender', everyMs, clock, log, signal }
  const loop = startLoop(() => watch(pending, options), timing)
  let over: unknown
  const close = (reason: unknown) => {
    over = reason
    for (const { settled } of pending.values()) settled.reject(reason)
  }
  loop.done.then(() => close(signal.reason ?? new Error('sender closed')), close)

  async function submit(key: string, call: Call): Promise<Pending> {
    const under = [...pending.values()].find((each) => each.entry.key === key && !each.receipt)
    if (under) return under
    const gas = await estimate(call, options)
    const nonce = await nextNonce(pending, options)
    const entry = await signed({ key, call, gas, nonce }, options)
    if (over) throw over
    await journal.put(entry)
    const each = watching(entry)
    log.debug('transaction.sent', { key, nonce, hash: entry.hash })
    await broadcast(each, options)
    if (each.refused && POOR.test(each.refused)) await takeBack(each)
    if (over) throw over
    pending.set(nonce, each)
    return each
  }

  /** Possible only before it is watched: what is broadcast again could yet come true. */
  async function takeBack({ entry }: Pending): Promise<never> {
    await journal.remove(entry)
    throw new AppError('chain/out-of-gas-money', `${account.address} cannot pay for gas.`, {
      address: account.address,
    })
  }

  return {
    address: account.address,
    async send(key, call) {
      const { settled } = await inTurn(() => submit(key, call))
      const receipt = await settled.promise
      if (receipt.status === 'success') return receipt
      const reason = await estimate(call, options).then(
        () => 'another transaction came first',
        (error: Error) => error.message,
      )
      throw new AppError('chain/reverted', `${call.functionName} failed on chain: ${reason}`, {
        hash: receipt.transactionHash,
      })
    },
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]()
      await turn
    },
  }
}

function watching(entry: Entry): Pending {
  const settled = Promise.withResolvers<TransactionReceipt>()
  settled.promise.catch(() => undefined) // nobody may be waiting
  return { entry, receipt: undefined, settled, taken: 0, refused: undefined }
}

/** Looks at every transaction not yet buried, oldest first. */
async function watch(pending: Map<number, Pending>, options: SenderOptions): Promise<void> {
  if (pending.size === 0) return
  const { client, account, journal } = options
  const each = [...pending.values()].sort((a, b) => a.entry.nonce - b.entry.nonce)
  const [head, nextOnChain, ...receipts] = await Promise.all([
    client.getBlockNumber(),
    client.getTransactionCount({ address: account.address, blockTag: 'latest' }),
    ...each.map(({ entry }) => receiptOf(entry.hash, client)),
  ]).catch(unreachable)
  for (const [n, one] of each.entries()) {
    const receipt = receipts[n]
    if (receipt) one.taken = 0
    else await missing(one, nextOnChain, options)
    one.receipt = receipt
    if (receipt) one.settled.resolve(receipt)
    const buried = receipt && head - receipt.blockNumber >= BURIED
    if (!buried && one.taken < TAKEN_LOOKS) continue
    await journal.remove(one.entry)
    pending.delete(one.entry.nonce)
  }
}

/** A transaction that the chain does not have: not yet, no more, or never again. */
async function missing(one: Pending, nextOnChain: number, options: SenderOptions): Promise<void> {
  const { key, nonce, hash } = one.entry
  if (one.receipt) {
    options.log.warn('transaction.forgotten', { key, nonce, hash })
    one.settled = watching(one.entry).settled // whoever asks from now on waits for the next block
  }
  one.taken = nonce < nextOnChain ? one.taken + 1 : 0
  if (one.taken < TAKEN_LOOKS) return broadcast(one, options)
  options.log.warn('transaction.replaced', { key, nonce, hash })
  const sentence = `Another transaction of this account took nonce ${nonce}.`
  one.settled.reject(new AppError('chain/replaced', sentence, { key, nonce, hash }))
}

async function receiptOf(hash: Hex, client: ChainClient): Promise<TransactionReceipt | undefined> {
  return client.getTransactionReceipt({ hash }).catch((error) => {
    if (error instanceof TransactionReceiptNotFoundError) return undefined
    throw error
  })
}

function unreachable(cause: unknown): never {
  throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
}

const HARMLESS = /already (known|imported)|nonce too low/i
const POOR = /insufficient funds/i

/** Broadcasting twice is harmless; a refusal is told once and tried again at each look. */
async function broadcast(one: Pending, { client, log }: SenderOptions): Promise<void> {
  const { key, hash, raw } = one.entry
  const before = one.refused
  one.refused = await client.sendRawTransaction({ serializedTransaction: raw }).then(
    () => undefined,
    (error) => (error instanceof BaseError ? error.details : String(error)),
  )
  if (!one.refused || one.refused === before || HARMLESS.test(one.refused)) return
  log.warn('transaction.refused', { key, hash, message: one.refused })
}

async function nextNonce(
  pending: ReadonlyMap<number, Pending>,
  { client, account }: SenderOptions,
): Promise<number> {
  const onChain = await client
    .getTransactionCount({ address: account.address, blockTag: 'latest' })
    .catch(unreachable)
  return Math.max(onChain, ...[...pending.keys()].map((nonce) => nonce + 1))
}

type ToSign = Readonly<{ key: string; call: Call; gas: bigint; nonce: number }>

async function signed(
  { key, call, gas, nonce }: ToSign,
  { account, client }: SenderOptions,
): Promise<Entry> {
  const fees = await client.estimateFeesPerGas().catch(unreachable)
  const raw = await account.signTransaction({
    type: 'eip1559',
    chainId: client.chain.id,
    to: call.address,
    data: encodeFunctionData(call),
    gas,
    nonce,
    ...fees,
  })
  return { key, nonce, raw, hash: keccak256(raw) }
}

/**
 * Gas for the call, or why the contract refuses it. Half as much again and a constant are added,
 * since a transaction mined before ours may make ours the one that pays for a consensus.
 */
async function estimate(call: Call, { client, account }: SenderOptions): Promise<bigint> {
  try {
    const gas = await client.estimateContractGas({ ...call, account: account.address })
    return (gas * 3n) / 2n + 150_000n
  } catch (error) {
    throw refusal(call, error)
  }
}

function refusal(call: Call, error: unknown): AppError {
  const known = error instanceof BaseError ? error : new BaseError(String(error))
  const reverted = known.walk((each) => each instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError && isByContract(reverted)) {
    const { errorName, args } = reverted.data ?? {}
    const reason = reverted.reason ?? errorName ?? 'no reason given'
    const details = { reason, ...(args && { args }) }
    return new AppError(
      'chain/reverted',
      `${call.functionName} is refused: ${reason}.`,
      details,
      error,
    )
  }
  if (POOR.test(known.message))
    return new AppError('chain/out-of-gas-money', 'This account cannot pay for gas.', {}, error)
  return new AppError('chain/unreachable', `${known.shortMessage}`, {}, error)
}

/** A node says -32603 when it fails, and some say it of reverts too: then with data, or the word. */
function isByContract(reverted: ContractFunctionRevertedError): boolean {
  const isInternal = (each: unknown) => (each as { code?: unknown }).code === InternalRpcError.code
  if (!reverted.walk(isInternal)) return true
  const { raw = '0x', reason = '' } = reverted
  return raw !== '0x' || /revert/i.test(reason)
}
