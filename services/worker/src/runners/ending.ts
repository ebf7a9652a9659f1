/** Ending: from how a process ended to what its run gave. */
import { AppError } from '@traboule/protocol'
import { collect } from './output.ts'
import type { Place } from './places.ts'
import type { Printed } from './printed.ts'
import type { Limits, Outcome } from './runner.ts'

export type End = Readonly<{
  exitCode: number
  /** Whether the kernel ended it for the memory it took. */
  outOfMemory: boolean
  printed: Printed
  place: Place
  limits: Limits
  runMs: number
}>

/** Most paths told of what was left out. */
const MOST_TOLD = 20

/** What the run gave. Throws the `app/…` error of the limit that was passed. */
export async function outcomeOf(end: End): Promise<Outcome> {
  const { exitCode, outOfMemory, printed, place, limits, runMs } = end
  if (printed.overflow.aborted) throw printed.overflow.reason
  if (outOfMemory)
    throw new AppError('app/out-of-memory', `The app took more than ${limits.memoryBytes} bytes.`, {
      limit: limits.memoryBytes,
    })
  const { files, left } = await collect(place.out, limits)
  const stderr = left.length === 0 ? printed.stderr() : withNote(printed.stderr(), left)
  return { exitCode, files, stdout: printed.stdout(), stderr, runMs }
}

/** A link or a device is no result; whoever looks for it should read why it is missing. */
function withNote(stderr: Uint8Array, left: readonly string[]): Uint8Array {
  const told = left.slice(0, MOST_TOLD).map((path) => JSON.stringify(path).slice(0, 200))
  const more = left.length > told.length ? ` and ${left.length - told.length} more` : ''
  const note = `Left out of the result, being neither files nor folders: ${told.join(', ')}${more}\n`
  return new Uint8Array(Buffer.concat([stderr, Buffer.from(note)]))
}
