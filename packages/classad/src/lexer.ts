/** Lexer: text to words. */
import { AppError } from '@traboule/protocol'

export type Token = Readonly<
  { at: number } & (
    | { kind: 'integer'; value: bigint }
    | { kind: 'real'; value: number }
    | { kind: 'string'; value: string }
    /** A word; a quoted one is always a name. */
    | { kind: 'name'; value: string; quoted: boolean }
    | { kind: 'symbol'; value: string }
    | { kind: 'end' }
  )
>

const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const word = /[A-Za-z_]\w*/y
const quotation = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])+'/y
const symbol = /=\?=|=!=|>>>|<<|>>|<=|>=|==|!=|&&|\|\||[-+!~*/%<>&^|?:=.,;()[\]{}]/y

/** Every word of a text, and the end. Throws `ad/malformed`. */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const taken = pattern.exec(text)?.[0]
    at += taken?.length ?? 0
    return taken
  }
  for (;;) {
    take(blank)
    const start = at
    if (at >= text.length) return [...found, { kind: 'end', at }]
    const token = next(take, start)
    if (!token)
      throw malformed(start, text.startsWith('/*', at) ? 'an open comment' : here(text, at))
    found.push(token)
  }
}

/** What stands there, as a reader would name it. */
const here = (text: string, at: number) =>
  /["']/.test(text.charAt(at)) ? 'a string without an end' : JSON.stringify(text.charAt(at))

function next(take: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const name = take(word)
  if (name !== undefined) return { kind: 'name', value: name, quoted: false, at }
  const digits = take(number)
  if (digits !== undefined) {
    const stuck = take(word) // `1K`, `0x10`
    if (stuck !== undefined) throw malformed(at, `${digits}${stuck}`)
    return numeral(digits, at)
  }
  const quoted = take(quotation)
  if (quoted !== undefined) {
    const value = unescaped(quoted.slice(1, -1), at)
    if (quoted.startsWith('"')) return { kind: 'string', value, at }
    return { kind: 'name', value, quoted: true, at }
  }
  const value = take(symbol)
  return value === undefined ? undefined : { kind: 'symbol', value, at }
}

/** One more than the largest: only behind a minus, which the parser sees to. */
const MOST = 2n ** 63n

function numeral(digits: string, at: number): Token {
  if (/^\d+$/.test(digits)) {
    const value = BigInt(digits)
    if (value > MOST) throw malformed(at, `${digits}, which does not fit into 64 bits`)
    return { kind: 'integer', value, at }
  }
  const value = Number(digits)
  if (!Number.isFinite(value)) throw malformed(at, `${digits}, which is too large`)
  return { kind: 'real', value, at }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
}

/** No NUL and no halves of characters: databases refuse both. */
function unescaped(text: string, at: number): string {
  const value = text.replace(/\\([0-3]?[0-7]{1,2}|[\s\S])/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  )
  if (value.includes('\0') || !value.isWellFormed()) throw malformed(at, 'text that is not Unicode')
  return value
}

export const malformed = (at: number, found: string) =>
  new AppError('ad/malformed', `The ad cannot be read at character ${at}: ${found}.`, { at, found })
