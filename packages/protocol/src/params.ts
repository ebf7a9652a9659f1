/**
 * Params: what a request asks of the app, as JSON inside the order.
 *
 * Source: PoCo convention (`iexec_args`, `iexec_input_files`, …). Text that is not such JSON is
 * taken whole as the arguments, as the Java middleware does.
 */
import { z } from 'zod'
import { AppError } from './errors.ts'

const schema = z.strictObject({
  iexec_args: z.string().optional(),
  iexec_input_files: z.array(z.string().min(1).max(2_048)).max(100).optional(),
  iexec_result_encryption: z.boolean().optional(),
  iexec_result_storage_provider: z.string().optional(),
  iexec_result_storage_proxy: z.string().optional(),
  iexec_secrets: z.record(z.string(), z.string()).optional(),
  bulk_cid: z.string().optional(),
  /** Which workers the tasks want, and how much: expressions of ads (docs/concepts/classads.md). */
  traboule_requirements: z.string().optional(),
  traboule_rank: z.string().optional(),
})

export type Params = z.infer<typeof schema>

/** The params of a deal, whatever its requester wrote. */
export function parse(text: string): Params {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // Not JSON: by convention the text itself is the argument line.
  }
  return text === '' ? {} : { iexec_args: text }
}

/** The text to sign. Keys appear in the convention's order. */
export function stringify(params: Params): string {
  return JSON.stringify(schema.parse(params))
}

/**
 * Splits an argument line as a POSIX shell would: blanks separate, quotes and backslashes keep
 * together. Throws `request/invalid` when a quote is not closed.
 */
export function splitArgs(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (quote !== "'" && char === '\\' && at + 1 < line.length) word = (word ?? '') + line[++at]
    else if (quote !== '') {
      if (char === quote) quote = ''
      else word = (word ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== '')
    throw new AppError('request/invalid', `The arguments have an unclosed ${quote}.`, { line })
  return word === undefined ? words : [...words, word]
}
