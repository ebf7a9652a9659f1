/** Chain: reading and writing contracts, with every refusal told in a sentence. */
import { AppError } from '@traboule/protocol'
import {
  type Abi,
  type Address,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  ContractFunctionRevertedError,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  getContractError,
  type Hash,
  type TransactionReceipt,
} from 'viem'
import { readContract, waitForTransactionReceipt } from 'viem/actions'
import { type Network, signerOf } from './network.ts'
import { sentenceOf } from './refusals.ts'
import { estimate, type Outgoing, send } from './transaction.ts'

type Reads<A extends Abi> = ContractFunctionName<A, 'pure' | 'view'>
type ReadArgs<A extends Abi, F extends Reads<A>> = ContractFunctionArgs<A, 'pure' | 'view', F>

/** Calls a view. Throws `chain/reverted` or `chain/unreachable`. */
export function read<const A extends Abi, F extends Reads<A>, const Args extends ReadArgs<A, F>>(
  network: Network,
  call: { address: Address; abi: A; functionName: F; args: Args },
): Promise<ContractFunctionReturnType<A, 'pure' | 'view', F, Args>> {
  // viem cannot follow its own generics through ours; the types above are the same ones.
  return reach(readContract(network.chain, call as never), call.functionName) as never
}

/** An answer of the chain, or why there is none. */
export function reach<T>(answer: Promise<T>, what = 'The call'): Promise<T> {
  return answer.catch((error) => {
    throw refusal(what, error)
  })
}

/** A call that changes the chain; `value` is in wei. */
export type Call = Readonly<{
  address: Address
  abi: Abi
  functionName: string
  args: readonly unknown[]
  value?: bigint
}>

/**
 * Sends a call and waits until it is mined. Throws `chain/reverted` with the contract's reason,
 * usually before anything is sent.
 */
export async function write(network: Network, call: Call): Promise<TransactionReceipt> {
  await network.ensureChain()
  const hash = await inTurn(network, async () => {
    const gas = await gasOf(network, call)
    return reach(send(network, { ...outgoing(call), gas }))
  })
  const receipt = await mined(network, hash)
  if (receipt.status === 'success') return receipt
  await gasOf(network, call) // throws the contract's reason, if it still has one
  const sentence = `${call.functionName} failed on chain: another call came first.`
  throw new AppError('chain/reverted', sentence, { hash })
}

/** Sends the chain's own coin, in wei. */
export async function pay(
  network: Network,
  { to, value }: Readonly<{ to: Address; value: bigint }>,
): Promise<TransactionReceipt> {
  await network.ensureChain()
  const plain = { to, value, data: '0x' } as const
  const hash = await inTurn(network, async () => {
    const gas = await reach(estimate(network, plain))
    return reach(send(network, { ...plain, gas }))
  })
  return mined(network, hash)
}

/** Gas for a call, a quarter more than now: what is mined before it may change what it costs. */
async function gasOf(network: Network, call: Call): Promise<bigint> {
  const asked = estimate(network, outgoing(call)).catch((error) => {
    throw getContractError(error, call)
  })
  return ((await reach(asked, call.functionName)) * 5n) / 4n + 30_000n
}

const outgoing = (call: Call): Outgoing => ({
  to: call.address,
  data: encodeFunctionData(call as EncodeFunctionDataParameters), // `Call` is its loose form
  value: call.value ?? 0n,
})

/** Transactions of one wallet leave one after the other, so that each gets the next nonce. */
const turns = new WeakMap<object, Promise<unknown>>()

function inTurn<T>(network: Network, work: () => Promise<T>): Promise<T> {
  const signer = signerOf(network)
  const turn = (turns.get(signer) ?? Promise.resolve()).then(work)
  turns.set(
    signer,
    turn.catch(() => undefined),
  )
  return turn
}

const mined = (network: Network, hash: Hash) =>
  reach(waitForTransactionReceipt(network.chain, { hash }))

/** A failed call as an error that says what to do. */
function refusal(what: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  const known = error instanceof BaseError ? error : new BaseError(String(error))
  const reverted = known.walk((each) => each instanceof ContractFunctionRevertedError)
  if (reverted instanceof ContractFunctionRevertedError && isRefusal(reverted, known)) {
    const { errorName, args } = reverted.data ?? {}
    const reason = reverted.reason ?? errorName ?? reverted.signature ?? 'no reason given'
    const sentence = sentenceOf(reason, args) ?? `${what} is refused: ${reason}.`
    return new AppError('chain/reverted', sentence, { reason, ...(args && { args }) }, error)
  }
  if (/insufficient funds/i.test(known.message))
    return new AppError('chain/out-of-gas-money', 'This account cannot pay for gas.', {}, error)
  if (/user (rejected|denied)/i.test(known.message))
    return new AppError('wallet/refused', 'The wallet refused to sign.', {}, error)
  const sentence = `The chain did not answer: ${known.shortMessage}`
  return new AppError('chain/unreachable', sentence, {}, error)
}

/** Nodes also answer so when they are ill: a contract's refusal has its bytes, or says "revert". */
function isRefusal({ raw, signature }: ContractFunctionRevertedError, whole: BaseError): boolean {
  return raw !== undefined || signature !== undefined || /revert/i.test(whole.details)
}
