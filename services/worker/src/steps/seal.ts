/** Seal: from an output to the digest that is voted on and the archive that will be uploaded. */
import { AppError, Archive, type Deal, Result, Scalar } from '@traboule/protocol'
import type { Hex } from 'viem'
import type { Output } from './run.ts'

export type Sealed = Readonly<{ digest: Hex; zip: Uint8Array }>

/**
 * What the app printed goes along only where it does not count: an app may declare its whole
 * output folder as its result, and then the folder must stay as the app left it.
 * Throws `result/malformed` when a failed task has a callback, which must never get made-up data.
 */
export function seal({ files, printed }: Output, deal: Pick<Deal.Deal, 'callback'>): Sealed {
  const digest = digestOf(files, deal)
  const all = new Map([...printed, ...files])
  const alongside = digestOf(all, deal) === digest
  return { digest, zip: Archive.zip(alongside ? all : files) }
}

function digestOf(files: Result.Files, deal: Pick<Deal.Deal, 'callback'>): Hex {
  try {
    return Result.digestOf(files, deal)
  } catch (cause) {
    if (deal.callback === Scalar.nullAddress) throw cause
    const code = new TextDecoder().decode(files.get('error.txt')).split('\n')[0]
    const sentence = `The app gave nothing to call back with: ${code || 'no callback-data'}.`
    throw new AppError('result/malformed', sentence, { code, callback: deal.callback }, cause)
  }
}
