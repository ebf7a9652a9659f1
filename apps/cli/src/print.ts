/** Print: answers on stdout, everything about them on stderr. */
import { AppError } from '@traboule/protocol'
import type { Surroundings } from './surroundings.ts'

/** What a command answers: the same thing for programs and for people. */
export type Answer = Readonly<{ json: object; text: string | readonly string[] }>

/** `field` is a path such as `tasks.0.taskId`, into what `json` would show. */
export type Form = 'json' | 'text' | Readonly<{ field: string }>

export function answer(to: Surroundings, form: Form, { json, text }: Answer): void {
  if (typeof form === 'object') return void to.stdout.write(`${fieldOf(json, form.field)}\n`)
  const lines = typeof text === 'string' ? [text] : text
  to.stdout.write(form === 'json' ? `${JSON.stringify(json, plain)}\n` : `${lines.join('\n')}\n`)
}

/** One value of an answer, bare: text without quotes, the rest as JSON. */
function fieldOf(json: object, path: string): string {
  let value: unknown = JSON.parse(JSON.stringify(json, plain))
  for (const name of path.split('.')) {
    const inside = typeof value === 'object' && value !== null ? value : {}
    if (!Object.hasOwn(inside, name)) {
      const known = Object.keys(inside)
      const sentence = `The answer has no field ${path}; known here: ${known.join(', ') || 'none'}.`
      throw new AppError('command/invalid', sentence, { path, known })
    }
    value = (inside as Record<string, unknown>)[name] // it has it
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A remark for people; programs do not see it. */
export function remark(to: Surroundings, form: Form, text: string): void {
  if (form === 'text') to.stderr.write(`${text}\n`)
}

/** What went wrong: a sentence, what to do, and the code to look it up by. */
export function failure(to: Surroundings, form: Form, error: unknown): void {
  if (!(error instanceof AppError)) {
    to.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return
  }
  const { code, message, hint, details } = error
  if (form === 'json') {
    to.stderr.write(`${JSON.stringify({ error: message, hint, code, details }, plain)}\n`)
    return
  }
  const fields = Array.isArray(details.fields) ? details.fields.map((field) => `  ${field}\n`) : []
  to.stderr.write(`${message}\n${fields.join('')}${hint} [${code}]\n`)
}

/** Rows under headings, as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows]
  const widths = headings.map((_, n) => Math.max(...all.map((row) => (row[n] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Names and values, one a line. */
export function facts(pairs: Readonly<Record<string, unknown>>): string[] {
  const known = Object.entries(pairs).filter(([, value]) => value !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}
