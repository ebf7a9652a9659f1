/** Printed: what a program says on its two streams, up to a bound that they share. */
import { AppError } from '@traboule/protocol'

export type Printed = Readonly<{
  take(stream: 'stdout' | 'stderr', bytes: Uint8Array): void
  stdout(): Uint8Array
  stderr(): Uint8Array
  /** Aborts with `app/output-too-large` when the program said more; nothing more is kept then. */
  overflow: AbortSignal
}>

export function openPrinted(mostBytes: number): Printed {
  const said = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const over = new AbortController()
  let size = 0
  return {
    take(stream, bytes) {
      size += bytes.length
      if (size <= mostBytes) said[stream].push(Uint8Array.from(bytes))
      else if (!over.signal.aborted) over.abort(tooMuch(mostBytes))
    },
    stdout: () => new Uint8Array(Buffer.concat(said.stdout)),
    stderr: () => new Uint8Array(Buffer.concat(said.stderr)),
    overflow: over.signal,
  }
}

function tooMuch(limit: number): AppError {
  const sentence = `The app printed more than ${limit} bytes.`
  return new AppError('app/output-too-large', sentence, { what: 'stdout and stderr', limit })
}
