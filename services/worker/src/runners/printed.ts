/** Printed: what a program says on its two streams, up to a bound that they share. */
import { AppError } from '@traboule/protocol'

export type Printed = Readonly<{
  take(stream: 'stdout' | 'stderr', bytes: Uint8Array): void
  stdout(): Uint8Array
  stderr(): Uint8Array
  /** Aborts with `app/output-too-large` when the program said more; nothing more is kept then. */
  overflow: AbortSignal
}>

/** What an image says of how far it is: a line of stderr such as `progress: 12 %`. */
const PROGRESS = /^progress:? +(\d{1,3}) ?%/
const MOST_LINE = 200

/** `tell` hears percentages, none past 100 and each once. */
export function openPrinted(
  mostBytes: number,
  tell: (percent: number) => void = () => {},
): Printed {
  const said = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const over = new AbortController()
  const heard = progressIn(tell)
  let size = 0
  return {
    take(stream, bytes) {
      size += bytes.length
      if (stream === 'stderr') heard(bytes)
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

/** Reads lines, however they are cut; long ones are about something else. */
function progressIn(tell: (percent: number) => void): (bytes: Uint8Array) => void {
  let line = ''
  let last = -1
  return (bytes) => {
    const lines = `${line}${Buffer.from(bytes).toString('latin1')}`.split('\n')
    line = (lines.pop() ?? '').slice(0, MOST_LINE)
    for (const each of lines) {
      const percent = Number(PROGRESS.exec(each)?.[1] ?? Number.NaN)
      if (!(percent <= 100) || percent === last) continue
      last = percent
      tell(percent)
    }
  }
}
