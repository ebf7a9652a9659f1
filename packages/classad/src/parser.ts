/** Parser: words to trees, by binding power. */
import { type Cursor, openCursor } from './cursor.ts'
import {
  type Ad,
  ad,
  type Binary,
  call,
  ERROR,
  type Expr,
  literal,
  reference,
  type Scalar,
  select,
  type Unary,
} from './expr.ts'
import { malformed, type Token, tokens } from './lexer.ts'
import { refuseDeep, refuseLong } from './limits.ts'

/** How tightly a binary operator binds; `?:` binds at 0, a sign at 11. */
export const power: Readonly<Record<Binary, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '=?=': 6,
  '=!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '>>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
}

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['undefined', undefined],
  ['error', ERROR],
])
/** One more than the largest whole number: it can only stand behind a minus. */
const BEYOND = 2n ** 63n
const spelt: Readonly<Record<string, Binary>> = { is: '=?=', isnt: '=!=' }

/** Whether a name must be quoted to be one. */
export const reserved = (name: string) =>
  words.has(name.toLowerCase()) || name.toLowerCase() in spelt

/** An expression. Throws `ad/malformed`, `ad/too-large`, `ad/too-deep`. */
export function parse(text: string, most?: number): Expr {
  refuseLong(text, most)
  const cursor = openCursor(tokens(text))
  const expr = expression(cursor)
  const rest = cursor.peek()
  if (rest.kind !== 'end') throw cursor.unexpected(rest)
  refuseDeep(expr)
  return expr
}

/** An ad: `[ Name = expression; … ]`. Throws as `parse` does. */
export function parseAd(text: string, most?: number): Ad {
  const expr = parse(text, most)
  if (expr.kind !== 'ad') throw malformed(0, 'an ad is [ Name = expression; … ]')
  return expr
}

const expression = (cursor: Cursor): Expr =>
  cursor.deeper(() => {
    const test = binary(cursor, 1)
    return cursor.accept('?') ? choice(cursor, test) : test
  })

function choice(cursor: Cursor, test: Expr): Expr {
  if (cursor.accept(':')) return { kind: 'elvis', left: test, right: expression(cursor) }
  const yes = expression(cursor)
  cursor.expect(':')
  return { kind: 'conditional', test, yes, no: expression(cursor) }
}

function operator(token: Token): Binary | undefined {
  if (token.kind === 'symbol' && token.value in power) return token.value as Binary // just looked
  return token.kind === 'name' && !token.quoted ? spelt[token.value.toLowerCase()] : undefined
}

function binary(cursor: Cursor, least: number): Expr {
  let left = unary(cursor)
  for (;;) {
    const op = operator(cursor.peek())
    if (!op || power[op] < least) return left
    cursor.next()
    left = { kind: 'binary', op, left, right: binary(cursor, power[op] + 1) }
  }
}

function unary(cursor: Cursor): Expr {
  const token = cursor.peek()
  if (token.kind !== 'symbol' || !/^[-+!~]$/.test(token.value)) return postfix(cursor)
  cursor.next()
  const operand = cursor.peek()
  if (token.value === '-' && operand.kind === 'integer' && operand.value === BEYOND) {
    cursor.next()
    return literal(-BEYOND)
  }
  return signed(
    token.value as Unary, // the pattern above
    cursor.deeper(() => unary(cursor)),
  )
}

function postfix(cursor: Cursor): Expr {
  let of = primary(cursor)
  for (;;) {
    if (cursor.accept('.')) of = select(of, cursor.name())
    else if (cursor.accept('[')) {
      of = { kind: 'subscript', of, at: expression(cursor) }
      cursor.expect(']')
    } else return of
  }
}

function primary(cursor: Cursor): Expr {
  const token = cursor.next()
  switch (token.kind) {
    case 'integer':
      if (token.value === BEYOND) throw malformed(token.at, 'a number beyond 64 bits')
      return literal(token.value)
    case 'real':
    case 'string':
      return literal(token.value)
    case 'name':
      return token.quoted ? reference(token.value) : named(cursor, token.value)
    case 'symbol':
      return bracketed(cursor, token)
    default:
      throw cursor.unexpected(token)
  }
}

function named(cursor: Cursor, name: string): Expr {
  if (cursor.accept('(')) return call(name, items(cursor, ')'))
  const key = name.toLowerCase()
  return words.has(key) ? literal(words.get(key)) : reference(name)
}

function bracketed(cursor: Cursor, token: Token & { kind: 'symbol' }): Expr {
  switch (token.value) {
    case '(': {
      const inner = expression(cursor)
      cursor.expect(')')
      return inner
    }
    case '{':
      return { kind: 'list', items: items(cursor, '}') }
    case '[':
      return attributes(cursor)
    case '.':
      return reference(cursor.name(), true)
    default:
      throw cursor.unexpected(token)
  }
}

function items(cursor: Cursor, close: string): Expr[] {
  const found: Expr[] = []
  cursor.until(close, ',', () => found.push(expression(cursor)))
  return found
}

function attributes(cursor: Cursor): Ad {
  const found: [string, Expr][] = []
  cursor.until(']', ';', () => {
    const name = cursor.name()
    cursor.expect('=')
    found.push([name, expression(cursor)])
  })
  return ad(found)
}

/** `-5` is a number, so that what a tree is does not depend on how it came to be. */
function signed(op: Unary, of: Expr): Expr {
  if (op === '-' && of.kind === 'literal') {
    const { value } = of
    if (typeof value === 'bigint' && value >= 0n) return literal(-value)
    if (typeof value === 'number' && value >= 0 && !Object.is(value, -0)) return literal(-value)
  }
  return { kind: 'unary', op, of }
}
