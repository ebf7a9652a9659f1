/**
 * JSON: an ad as JSON, for databases and wires.
 *
 * What JSON can say is said plainly; everything else is text between `/Expr(` and `)/`, as
 * HTCondor writes it. Real numbers without a fraction are such text, since JSON has only one zero.
 */
import { type Ad, ad, ERROR, type Expr, literal } from './expr.ts'
import { malformed } from './lexer.ts'
import { refuseDeep } from './limits.ts'
import { parse } from './parser.ts'
import { unparse } from './unparse.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

const wrapped = /^\/Expr\(([\s\S]*)\)\/$/

export function toJson(expr: Expr): Json {
  if (expr.kind === 'ad')
    return Object.fromEntries(
      [...expr.attributes.values()].map(({ name, expr }) => [name, toJson(expr)]),
    )
  if (expr.kind === 'list') return expr.items.map(toJson)
  if (expr.kind !== 'literal') return wrap(expr)
  const { value } = expr
  switch (typeof value) {
    case 'undefined':
      return null
    case 'boolean':
      return value
    case 'string':
      return wrapped.test(value) ? wrap(expr) : value
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : wrap(expr)
    case 'number':
      return Number.isInteger(value) ? wrap(expr) : value
    default:
      return wrap(literal(ERROR))
  }
}

const wrap = (expr: Expr) => `/Expr(${unparse(expr)})/`

/** The ad that JSON tells of. Throws `ad/malformed`, `ad/too-large`, `ad/too-deep`. */
export function fromJson(json: Json): Ad {
  const expr = exprOf(json)
  if (expr.kind !== 'ad') throw malformed(0, 'an ad is a JSON object')
  refuseDeep(expr)
  return expr
}

function exprOf(json: Json): Expr {
  if (json === null) return literal(undefined)
  if (typeof json === 'boolean') return literal(json)
  if (typeof json === 'number') return literal(Number.isSafeInteger(json) ? BigInt(json) : json)
  if (typeof json === 'string') {
    const inner = wrapped.exec(json)?.[1]
    return inner === undefined ? text(json) : parse(inner)
  }
  if (Array.isArray(json)) return { kind: 'list', items: json.map(exprOf) }
  return ad(Object.entries(json).map(([name, each]) => [name, exprOf(each)] as const))
}

function text(value: string): Expr {
  if (value.includes('\0') || !value.isWellFormed()) throw malformed(0, 'text that is not Unicode')
  return literal(value)
}
