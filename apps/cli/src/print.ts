/** Print: answers on stdout, everything about them on stderr. */
import { AppError } from '@traboule/protocol'
import type { Surroundings } from './surroundings.ts'

/** What a command answers: the same thing for programs and for people. */
export type Answer = Readonly<{ json: object; text: string | readonly string[] }>

export type Form = 'json' | 'text'

export function answer(to: Surroundings, form: Form, { json, text }: Answer): void {
  const lines = typeof text === 'string' ? [text] : text
  to.stdout.write(form === 'json' ? `${JSON.stringify(json, plain)}\n` : `${lines.join('\n')}\n`)
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
