/**
 * Log: one JSON object a line. `event` is a stable dotted name, the rest are fields.
 *
 * error: a person must act · warn: we recovered, look · info: a state changed · debug: the rest.
 * Never a secret, and fields named like one are hidden; never bytes from the network above debug.
 */
export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]
export type Fields = Readonly<Record<string, unknown>>

export type Log = { readonly [L in Level]: (event: string, fields?: Fields) => void } & {
  /** A log that adds these fields to every line. */
  child(fields: Fields): Log
}

export type LogOptions = Readonly<{
  level?: Level | 'silent'
  write?: (line: string) => void
  now?: () => Date
}>

/** A log that writes lines of at least `level`, each with `base`. */
export function createLog(base: Fields = {}, options: LogOptions = {}): Log {
  const { level = 'info', write = toStdout, now = () => new Date() } = options
  const least = level === 'silent' ? levels.length : levels.indexOf(level)
  const at =
    (each: Level) =>
    (event: string, fields: Fields = {}) => {
      if (levels.indexOf(each) < least) return
      const head = { time: now().toISOString(), level: each, event }
      write(written({ ...head, ...base, ...fields, ...head }))
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createLog({ ...base, ...fields }, options),
  }
}

const toStdout = (line: string) => void process.stdout.write(`${line}\n`)

/** Saying something never fails: what cannot be written is left out, and says so. */
function written(line: Fields): string {
  try {
    return JSON.stringify(line, plain)
  } catch (error) {
    const { time, level, event } = line
    return JSON.stringify({ time, level, event, unwritable: String(error) })
  }
}

const SECRETS = /^(password|privateKey|private_key|mnemonic|secret|authorization)$/i

/** bigint as decimal text; errors with their code, message, cause and stack. */
function plain(name: string, value: unknown): unknown {
  if (SECRETS.test(name) && value !== undefined) return '(hidden)'
  if (typeof value === 'bigint') return value.toString()
  if (!(value instanceof Error)) return value
  const { name: kind, message, stack, cause } = value
  return { name: kind, message, ...('code' in value && { code: value.code }), stack, cause }
}
