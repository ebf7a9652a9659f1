/** Cursor: a place among the words of a text. */
import { malformed, type Token } from './lexer.ts'
import { DEPTH, tooDeep } from './limits.ts'

export type Cursor = Readonly<{
  peek(): Token
  next(): Token
  /** Whether this symbol stands here; steps over it. */
  accept(symbol: string): boolean
  /** Throws `ad/malformed` unless this symbol stands here. */
  expect(symbol: string): void
  name(): string
  /** Items until `close`, with `between` after each but perhaps the last. */
  until(close: string, between: string, item: () => void): void
  /** Counts a level of brackets or signs. Throws `ad/too-deep`. */
  deeper<T>(read: () => T): T
  unexpected(token: Token): Error
}>

export function openCursor(words: readonly Token[]): Cursor {
  let at = 0
  let depth = 0
  const peek = (): Token => words[at] ?? { kind: 'end', at: 0 }
  const next = (): Token => {
    const token = peek()
    at++
    return token
  }
  const unexpected = (token: Token) =>
    malformed(token.at, token.kind === 'end' ? 'the end' : `${String(token.value)} is not expected`)
  const accept = (symbol: string): boolean => {
    const token = peek()
    const here = token.kind === 'symbol' && token.value === symbol
    if (here) at++
    return here
  }
  const expect = (symbol: string): void => {
    if (!accept(symbol)) throw unexpected(peek())
  }
  return {
    peek,
    next,
    accept,
    expect,
    unexpected,
    name() {
      const token = next()
      if (token.kind !== 'name') throw unexpected(token)
      return token.value
    },
    until(close, between, item) {
      while (!accept(close)) {
        item()
        if (accept(between)) continue
        expect(close)
        return
      }
    },
    deeper(read) {
      if (++depth > DEPTH) throw tooDeep()
      const value = read()
      depth--
      return value
    },
  }
}
