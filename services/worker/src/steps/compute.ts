/** Compute: fetch, run and seal, up to a result that survives a crash. */
import { Archive, type Deal, Enclave, Encryption, Tag } from '@traboule/protocol'
import type { Phase } from '@traboule/protocol/api'
import type { Hex } from 'viem'
import { falsify } from '../lies.ts'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'
import { tell } from '../tasks/logs.ts'
import { fetch } from './fetch.ts'
import { type Output, run } from './run.ts'
import { seal } from './seal.ts'

/** Resolves with the task as it is then on disk: with the digest of its result. */
export async function compute(
  held: Held,
  parts: Parts,
  enter: (phase: Phase, percent?: number) => void,
  signal: AbortSignal,
): Promise<Held> {
  const { config, shelf, clock, log } = parts
  const { taskId } = held.lease
  const start = clock.now()
  enter('fetching')
  const waiting = { tell: (percent: number) => enter('fetching', percent), signal }
  const { job, runner, deal, resultKey } = await fetch(held, parts, waiting)
  using lent = await borrowGpu(deal, parts, signal)
  const loan = lent && { gpu: lent.gpu }
  enter('running')
  const fetched = clock.now()
  log.info('task.running', { taskId })
  const honest = labelled(
    await run(
      runner,
      { ...job, ...loan, tell: (percent) => enter('running', percent) },
      deal,
      signal,
    ),
    deal.tag,
  )
  const ran = clock.now()
  await tell(held, honest, parts)
  const output =
    config.LIES === undefined ? honest : { ...honest, files: falsify(honest.files, config.LIES) }
  const { digest, zip: plain } = seal(output, deal)
  const zip = await sealedFor(resultKey, plain)
  const sealed = await shelf.saveResult(held, digest, zip)
  enter('contributing')
  const timing = { fetchMs: fetched - start, runMs: ran - fetched, sealMs: clock.now() - ran }
  log.info('task.computed', { taskId, digest, bytes: zip.length, ...timing })
  return sealed
}

/** What waits for a device is not running yet. */
async function borrowGpu({ tag }: Deal.Deal, { gpus }: Parts, signal: AbortSignal) {
  return Tag.includes(tag, Tag.encode(['gpu'])) ? gpus.borrow(signal) : undefined
}

/** The digest stays that of what the app wrote: only its reader can check it then. */
async function sealedFor(key: string | undefined, zip: Uint8Array): Promise<Uint8Array> {
  return key === undefined ? zip : Archive.zip(await Encryption.sealArchive(zip, key))
}

/** Whoever opens the result of an enclave's task reads what the enclave was worth. */
function labelled(output: Output, tag: Hex): Output {
  if (!Enclave.required(tag)) return output
  const label = new TextEncoder().encode(`${Enclave.SIMULATED}\n`)
  return { ...output, printed: new Map([...output.printed, ['enclave.txt', label]]) }
}
