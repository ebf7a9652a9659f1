/**
 * Steps: what can be done with a task now and, of each thing that cannot, why.
 *
 * The chain itself is asked, by trying each step without sending it. A vote needs secrets of others:
 * who asks has none, so a refusal of just that secret is the chain's word that all else is in order.
 */
import { AppError, Deal, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Address, type Hex, zeroAddress, zeroHash } from 'viem'
import { simulateContract } from 'viem/actions'
import { reach, read } from './chain.ts'
import type { Network } from './network.ts'

const names = [
  'initialize',
  'contribute',
  'contributeAndFinalize',
  'reveal',
  'contest',
  'finalize',
  'reopen',
  'claim',
] as const

/** One thing that might be done with a task. */
export type Step = Readonly<{
  name: (typeof names)[number]
  /** Who would do it; anybody may where nobody is named. */
  by?: Address
  possible: boolean
  /** In words: why not, or what it still needs. */
  why: string
  /** The contract's own name for why not. */
  reason?: string
}>

/** A task by its id or, also before it is initialized, by its place in a deal (absolute). */
export type Place = Hex | Readonly<{ dealId: Hex; index: bigint }>

type Facts = Readonly<{ task: Task.Task; dealId: Hex; index: bigint; pool: Address }>
type Try = Readonly<{
  args: readonly unknown[]
  by?: Address
  /** Refusals that only say that a secret is missing, and who has it. */
  lacks?: Readonly<Record<string, string>>
}>

/**
 * What can be done with a task now, and why not the rest.
 *
 * @example
 * ```ts
 * for (const { name, possible, why } of await task.explain(network, taskId))
 *   console.log(name, possible, why)
 * ```
 */
export async function explain(network: Network, place: Place): Promise<readonly Step[]> {
  const facts = await factsOf(network, place)
  const tries = triesOf(facts)
  return Promise.all(
    names.flatMap((name) => tries[name].map((each) => attempt(network, name, each))),
  )
}

async function factsOf(network: Network, place: Place): Promise<Facts> {
  const hub = { address: network.profile.hub, abi: hubAbi } as const
  const taskId = typeof place === 'string' ? place : Task.id(place.dealId, place.index)
  const seen = await read(network, { ...hub, functionName: 'viewTask', args: [taskId] })
  const task = Task.fromChain(taskId, seen)
  if (typeof place === 'string' && task.status === 'unset')
    throw new AppError('task/unknown', `Task ${taskId} was never initialized.`, { taskId })
  const { dealId, index } = typeof place === 'string' ? task : place
  const made = await read(network, { ...hub, functionName: 'viewDeal', args: [dealId] })
  const deal = Deal.fromChain(dealId, made)
  if (!deal) throw new AppError('deal/unknown', `There is no deal ${dealId}.`, { dealId })
  return { task, dealId, index, pool: deal.workerpool.owner }
}

/** As long as a signature, by nobody. */
const NO_SIGNATURE: Hex = `0x${'00'.repeat(65)}`
/** Stands for an enclave: with one, deals that need one are no exception. */
const SOME_ENCLAVE: Address = '0x0000000000000000000000000000000000000001'

const BYTES = 'It needs the bytes behind the digest.'
const AUTHORIZED = {
  AuthorizationRefused: 'It needs another worker, with the scheduler’s authorization and a stake.',
}
const BOUND = { ResultsNotBound: BYTES, CallbackNotBound: BYTES }
const BOND = {
  'IexecEscrow: Transfer amount exceeds balance': 'It needs a bond as high as a worker’s stake.',
}
const DIGEST = { WrongDigest: 'It needs the digest that this worker contributed.' }

function triesOf({ task, dealId, index, pool }: Facts): Record<Step['name'], readonly Try[]> {
  const { taskId, contributors } = task
  const vote = [zeroHash, zeroHash, SOME_ENCLAVE, '0x', NO_SIGNATURE]
  const single = [zeroHash, '0x', '0x', SOME_ENCLAVE, '0x', NO_SIGNATURE]
  const voters = contributors.length > 0 ? contributors : [zeroAddress]
  return {
    initialize: [{ args: [dealId, index] }],
    contribute: [{ args: [taskId, ...vote], lacks: AUTHORIZED }],
    contributeAndFinalize: [{ args: [taskId, ...single], lacks: { ...AUTHORIZED, ...BOUND } }],
    reveal: voters.map((by) => ({ args: [taskId, zeroHash], by, lacks: DIGEST })),
    contest: [{ args: [taskId], lacks: BOND }],
    finalize: [{ args: [taskId, '0x', '0x'], by: pool, lacks: BOUND }],
    reopen: [{ args: [taskId], by: pool }],
    claim: [{ args: [taskId] }],
  }
}

async function attempt(network: Network, name: Step['name'], { args, by, lacks }: Try) {
  const who = by && by !== zeroAddress ? { by } : {}
  const call = { address: network.profile.hub, abi: hubAbi, functionName: name, args } as const
  const account = by ?? zeroAddress
  try {
    await reach(simulateContract(network.chain, { ...call, account } as never), name) // any of them
    return { name, ...who, possible: true, why: 'It can be done now.' }
  } catch (error) {
    const reason = reasonOf(error)
    const needs = lacks?.[reason]
    if (needs) return { name, ...who, possible: true, why: needs }
    return { name, ...who, possible: false, why: (error as AppError).message, reason }
  }
}

/** What the contract said. Throws what is no refusal. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError && error.code === 'chain/reverted')
    return String(error.details.reason)
  throw error
}
