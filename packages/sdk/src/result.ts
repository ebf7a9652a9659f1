/** Result: what a task answered, checked against what the chain agreed on. */
import { AppError, Archive, Result, Scalar } from '@traboule/protocol'
import { type Hex, keccak256 } from 'viem'
import * as Deals from './deal.ts'
import * as Encryption from './encryption.ts'
import type { Network } from './network.ts'
import * as Storage from './storage.ts'
import * as Tasks from './task.ts'

/** A result whose digest is the one on chain. */
export type Verified = Readonly<{
  taskId: Hex
  index: bigint
  digest: Hex
  /** Where the bytes came from; undefined for an answer that is on chain itself. */
  cid: string | undefined
  /** What the app wrote, by path; empty for an answer that is on chain itself. */
  files: Result.Files
  /** The bytes given to the callback contract; `0x` without one. */
  callbackData: Hex
}>

export type Keys = Readonly<{
  /** The beneficiary's private key in PEM, for encrypted results. */
  privateKey?: string
}>

/**
 * Downloads the result of a completed task and checks it against the chain. Throws
 * `task/not-completed`, `task/failed`, `result/unknown`, `result/encrypted` or
 * `result/digest-mismatch`.
 *
 * @example
 * ```ts
 * const { files } = await result.download(network, taskId)
 * const text = new TextDecoder().decode(files.get('result.txt'))
 * ```
 */
export async function download(
  network: Network,
  taskId: Hex,
  { privateKey }: Keys = {},
): Promise<Verified> {
  const task = await completed(network, taskId)
  const deal = await Deals.find(network, task.dealId)
  const callback = deal?.callback ?? Scalar.nullAddress
  const { index, resultDigest: digest, resultsCallback: callbackData } = task
  const known = { taskId, index, digest, callbackData }
  const cid = cidOf(task.results)
  if (cid === undefined && callback !== Scalar.nullAddress) {
    if (keccak256(callbackData) !== digest) throw mismatch(taskId, keccak256(callbackData), digest)
    return { ...known, cid, files: new Map() }
  }
  if (cid === undefined) {
    const sentence = `Task ${taskId} names no result that can be downloaded.`
    throw new AppError('result/unknown', sentence, { results: task.results })
  }
  const expected = { taskId, digest, callback }
  const files = await Storage.fetchFrom(network, cid, (bytes) =>
    opened(Archive.unzip(bytes), expected, privateKey),
  )
  return { ...known, cid, files }
}

/** Downloads at once; more would only make gateways wait. */
const TOGETHER = 6

/**
 * The results of several tasks, in the order asked for; fails as `download` does, at the first.
 *
 * @example
 * ```ts
 * const { tasks } = await deal.show(network, dealId)
 * const all = await result.downloadAll(network, tasks.map(({ taskId }) => taskId))
 * ```
 */
export async function downloadAll(
  network: Network,
  taskIds: readonly Hex[],
  keys: Keys = {},
): Promise<readonly Verified[]> {
  const results: Verified[] = []
  const waiting = taskIds.entries()
  const take = async () => {
    for (const [n, taskId] of waiting) results[n] = await download(network, taskId, keys)
  }
  await Promise.all(Array.from({ length: TOGETHER }, take))
  return results
}

/** What a result must be: the digest agreed on, in the way the deal asks for. */
export type Expected = Result.Target & Readonly<{ taskId: Hex; digest: Hex }>

/** An encrypted result is checked after it is opened: the digest is of what the app wrote. */
async function opened(files: Result.Files, expected: Expected, privateKey: string | undefined) {
  if (Encryption.isEncrypted(files) && privateKey === undefined) {
    const sentence = `The result of task ${expected.taskId} is encrypted for its beneficiary.`
    throw new AppError('result/encrypted', sentence, { taskId: expected.taskId })
  }
  const plain =
    privateKey !== undefined && Encryption.isEncrypted(files)
      ? await Encryption.openResult(files, privateKey)
      : files
  verify(plain, expected)
  return plain
}

/**
 * Throws `result/digest-mismatch` unless these files are what the workers agreed on.
 *
 * @example
 * ```ts
 * const { files, digest } = await result.download(network, taskId)
 * const { callback } = await deal.show(network, dealId)
 * result.verify(files, { taskId, digest, callback })
 * ```
 */
export function verify(files: Result.Files, { taskId, digest, callback }: Expected): void {
  const found = Result.digestOf(files, { callback })
  if (found !== digest) throw mismatch(taskId, found, digest)
}

async function completed(network: Network, taskId: Hex) {
  const task = await Tasks.find(network, taskId)
  const { status } = task
  if (status === 'completed') return task
  if (status === 'failed')
    throw new AppError('task/failed', `Task ${taskId} failed and was refunded.`, { taskId })
  throw new AppError('task/not-completed', `Task ${taskId} is ${status}.`, { taskId, status })
}

function cidOf(results: Hex): string | undefined {
  const link = Result.parseLink(results)
  return link && Result.cidOf(link)
}

function mismatch(taskId: Hex, found: Hex, expected: Hex): AppError {
  const sentence = `The result of task ${taskId} is not what its workers agreed on.`
  return new AppError('result/digest-mismatch', sentence, { found, expected })
}
