/** Fetch: from a deal to a job: the program, its inputs, arguments and environment. */
import { AppError, type Deal, Enclave, Params, Scalar, Tag } from '@traboule/protocol'
import { bytesToHex, stringToBytes } from 'viem'
import { readDeal, readTask } from '../chain.ts'
import { fetchContent } from '../content/checked.ts'
import { sha256 } from '../content/library.ts'
import type { Parts } from '../parts.ts'
import type { Job, Runner, Waiting } from '../runners/runner.ts'
import type { Held } from '../tasks/held.ts'
import { fetchApp } from './app.ts'
import { fetchBulk } from './bulk.ts'
import { type File, fetchDataset } from './dataset.ts'
import { environmentOf } from './environment.ts'
import { limitsOf } from './limits.ts'

/** What a task's computation starts from. */
export type Fetched = Readonly<{
  job: Job
  /** Which has the app ready. */
  runner: Runner
  deal: Deal.Deal
  /** The public key (PEM) that the result is encrypted with, if the requester asked for it. */
  resultKey: string | undefined
}>

/**
 * Throws `task/unsupported`, `input/not-content-addressed`, `app/checksum-mismatch`, and what the
 * library, the app's runner and `fetchBulk` throw. None of these is contributed as a result: what one
 * worker cannot fetch another may have, and an honest vote must never depend on that.
 */
export async function fetch(held: Held, parts: Parts, waiting: Waiting): Promise<Fetched> {
  const { signal } = waiting
  const { taskId, dealId, index } = held.lease
  const [deal, task] = await Promise.all([readDeal(parts, dealId), readTask(parts, taskId)])
  const params = Params.parse(deal.params)
  checkSupported(deal, params, parts)
  const { pointer } = deal.dataset
  const [{ app, runner }, dataset, bulk, inputs, resultKey] = await Promise.all([
    fetchApp(deal, parts, waiting),
    pointer === Scalar.nullAddress ? [] : fetchDataset(pointer, parts, signal).then((one) => [one]),
    params.bulk_cid === undefined
      ? undefined
      : fetchBulk(params.bulk_cid, { ...held, deal }, parts, signal),
    fetchInputs(params.iexec_input_files ?? [], parts, signal),
    fetchResultKey(deal, params, parts, signal),
  ])
  const job: Job = {
    taskId,
    app,
    args: Params.splitArgs(params.iexec_args ?? ''),
    env: environmentOf({
      ...{ deal, taskId, index },
      inputs: inputs.map(([name]) => name),
      bulk: bulk?.map((place) => place?.[0] ?? ''),
    }),
    inputs: new Map([
      ...dataset,
      ...(bulk ?? []).filter((place) => place !== undefined),
      ...inputs,
    ]),
    clock: deal.startTime,
    seed: taskId,
    limits: limitsOf(task, parts.config),
  }
  return { job, runner, deal, resultKey }
}

function checkSupported(deal: Deal.Deal, params: Params.Params, parts: Parts): void {
  const { tag, callback } = deal
  const rest = parts.gpus.all.length > 0 ? Tag.without(tag, 'gpu') : tag
  const tags = Enclave.serves(parts.config.TEE, rest) ? [] : Tag.decode(rest)
  // Only what an enclave ran is encrypted, and never what a contract must read.
  const seals = Enclave.required(tag) && callback === Scalar.nullAddress && parts.sms
  const asked = [
    ...tags.map((name) => `the tag ${name}`),
    params.iexec_result_encryption && !seals && 'iexec_result_encryption',
    Object.keys(params.iexec_secrets ?? {}).length > 0 && 'iexec_secrets',
  ].filter((each) => typeof each === 'string')
  if (asked.length === 0) return
  throw new AppError('task/unsupported', `This worker does not offer ${asked.join(', ')}.`, {
    asked,
  })
}

/** Without the key nothing is run: its result could be read by whoever finds it. */
async function fetchResultKey(
  { beneficiary }: Deal.Deal,
  { iexec_result_encryption: wanted }: Params.Params,
  { sms }: Parts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!wanted || !sms) return undefined
  const kept = await sms.resultKey({ params: { account: beneficiary } }, signal)
  return Buffer.from(kept, 'base64').toString()
}

async function fetchInputs(
  locations: readonly string[],
  parts: Parts,
  signal: AbortSignal,
): Promise<File[]> {
  return Promise.all(
    locations.map(
      async (location) =>
        [inputName(location), await fetchContent(location, parts, signal)] as const,
    ),
  )
}

/** The name under which an app finds an input: the hash of where it came from. */
export function inputName(location: string): string {
  return bytesToHex(sha256(stringToBytes(location)))
}
