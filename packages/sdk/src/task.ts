/** Task: one execution of a deal, as the chain sees it. */
import { AppError, Contribution, Task } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Address, Hex, TransactionReceipt } from 'viem'
import { read, write } from './chain.ts'
import type { Network } from './network.ts'

export { receipt } from './receipt.ts'
export { explain, type Place, type Step } from './steps.ts'

/** A task with what each worker contributed. */
export type Known = Task.Task &
  Readonly<{
    contributions: readonly (Contribution.Contribution & Readonly<{ worker: Address }>)[]
  }>

/**
 * A task of the chain, with its contributions. Throws `task/unknown` for one not initialized.
 *
 * @example
 * ```ts
 * const { status, contributions } = await task.show(network, taskId)
 * ```
 */
export async function show(network: Network, taskId: Hex): Promise<Known> {
  const found = await find(network, taskId)
  if (found.status === 'unset')
    throw new AppError('task/unknown', `Task ${taskId} was never initialized.`, { taskId })
  const contributions = await Promise.all(
    found.contributors.map(async (worker) => ({
      worker,
      ...(await contribution(network, taskId, worker)),
    })),
  )
  return { ...found, contributions }
}

/**
 * A task of the chain; one that nobody initialized is `unset`.
 *
 * @example
 * ```ts
 * const { status } = await task.find(network, taskId)
 * ```
 */
export async function find(network: Network, taskId: Hex): Promise<Task.Task> {
  const { hub } = network.profile
  const ask = { address: hub, abi: hubAbi, functionName: 'viewTask', args: [taskId] } as const
  return Task.fromChain(taskId, await read(network, ask))
}

async function contribution(
  network: Network,
  taskId: Hex,
  worker: Address,
): Promise<Contribution.Contribution> {
  const found = await read(network, {
    ...{ address: network.profile.hub, abi: hubAbi },
    ...{ functionName: 'viewContribution', args: [taskId, worker] },
  })
  const { resultHash, resultSeal, enclaveChallenge, weight } = found
  const status = Contribution.statuses[found.status] ?? 'unset'
  return { status, resultHash, resultSeal, enclaveChallenge, weight }
}

/**
 * Takes back the money of a task whose final deadline passed; anybody may do it.
 *
 * @example
 * ```ts
 * await task.claim(network, taskId)
 * ```
 */
export function claim(network: Network, taskId: Hex): Promise<TransactionReceipt> {
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'claim', args: [taskId] })
}

/**
 * Doubts the revealed result of a task of a `contestable` deal: against a bond as high as a worker's
 * stake, other workers vote on it. Who is right has the bond back, and a fifth of one more.
 *
 * @example
 * ```ts
 * const steps = await task.explain(network, taskId)
 * if (steps.some(({ name, possible }) => name === 'contest' && possible))
 *   await task.contest(network, taskId)
 * ```
 */
export function contest(network: Network, taskId: Hex): Promise<TransactionReceipt> {
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'contest', args: [taskId] })
}
