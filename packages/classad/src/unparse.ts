/** Unparse: trees to text that parses to the same tree. */
import { type Ad, ERROR, type Expr, type Scalar } from './expr.ts'
import { power, reserved } from './parser.ts'

const CHOICE = 0
const SIGN = 11
const POSTFIX = 12

/** How tightly the outermost part of a tree binds. */
function powerOf(expr: Expr): number {
  switch (expr.kind) {
    case 'conditional':
    case 'elvis':
      return CHOICE
    case 'binary':
      return power[expr.op]
    case 'unary':
      return SIGN
    case 'literal':
      // `5.a` would read as the real 5. and a name.
      return typeof expr.value === 'bigint' || typeof expr.value === 'number' ? SIGN : POSTFIX
    default:
      return POSTFIX
  }
}

const negative = (value: Scalar) =>
  (typeof value === 'bigint' && value < 0n) ||
  (typeof value === 'number' && (value < 0 || Object.is(value, -0)))

/** The text of a tree, with as few brackets as keep its meaning. */
export function unparse(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return scalar(expr.value)
    case 'reference':
      return `${expr.root ? '.' : ''}${nameOf(expr.name)}`
    case 'select':
      return `${within(expr.of, POSTFIX)}.${nameOf(expr.name)}`
    case 'subscript':
      return `${within(expr.of, POSTFIX)}[${unparse(expr.at)}]`
    case 'unary':
      // A sign before a sign would read as one number.
      return `${expr.op}${within(expr.of, isSigned(expr.of) ? POSTFIX : SIGN)}`
    case 'binary': {
      const own = power[expr.op]
      return `${within(expr.left, own)} ${expr.op} ${within(expr.right, own + 1)}`
    }
    case 'conditional': {
      const { test, yes, no } = expr
      return `${within(test, CHOICE + 1)} ? ${unparse(yes)} : ${unparse(no)}`
    }
    case 'elvis':
      return `${within(expr.left, CHOICE + 1)} ?: ${unparse(expr.right)}`
    case 'call':
      return `${expr.name}(${expr.args.map(unparse).join(', ')})`
    case 'list':
      return `{${expr.items.map(unparse).join(', ')}}`
    case 'ad':
      return unparseAd(expr)
  }
}

const isSigned = (expr: Expr) => expr.kind === 'literal' && negative(expr.value)

function within(expr: Expr, least: number): string {
  const text = unparse(expr)
  return powerOf(expr) < least ? `(${text})` : text
}

function unparseAd({ attributes }: Ad): string {
  const entries = [...attributes.values()]
  return `[${entries.map(({ name, expr }) => `${nameOf(name)} = ${unparse(expr)}`).join('; ')}]`
}

/** The text of a value that is neither a list nor an ad. */
export function scalar(value: Scalar): string {
  if (value === ERROR) return 'error'
  if (typeof value === 'string') return `"${escaped(value, '"')}"`
  return typeof value === 'number' ? real(value) : String(value)
}

/** A real as C's `%1.15E` writes it, with one digit more where that would lose some. */
function real(value: number): string {
  const short = value.toExponential(15)
  const text = Number(short) === value ? short : value.toExponential(16)
  const sign = Object.is(value, -0) ? '-' : ''
  return sign + text.replace(/e([+-])(\d)$/, 'e$10$2').toUpperCase()
}

const nameOf = (name: string) =>
  /^[A-Za-z_]\w*$/.test(name) && !reserved(name) ? name : `'${escaped(name, "'")}'`

const letters: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }

function escaped(text: string, quote: string): string {
  return text.replace(/[\\"'\p{Cc}]/gu, (char) => {
    if (char === '\\' || char === quote) return `\\${char}`
    if (char === '"' || char === "'" || char > '\x7f') return char
    return letters[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
}
