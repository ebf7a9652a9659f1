/** Expr: what an ad says, as a tree. Two trees that mean the same text are deeply equal. */

/** Stands for a value that makes no sense, as 1/0 does. */
export const ERROR: unique symbol = Symbol('error')

/** Whole numbers are `bigint`, reals `number`, and UNDEFINED is JavaScript's `undefined`. */
export type Scalar = bigint | number | string | boolean | undefined | typeof ERROR

export type Unary = '-' | '+' | '!' | '~'
export type Arithmetic = '+' | '-' | '*' | '/' | '%'
export type Bitwise = '&' | '|' | '^' | '<<' | '>>' | '>>>'
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=' | '=?=' | '=!='
export type Binary = Arithmetic | Bitwise | Comparison | '&&' | '||'

export type Literal = Readonly<{ kind: 'literal'; value: Scalar }>
/** `key` is the name as it is looked up: case does not matter. */
export type Reference = Readonly<{ kind: 'reference'; name: string; key: string; root: boolean }>
export type Select = Readonly<{ kind: 'select'; of: Expr; name: string; key: string }>
export type Ad = Readonly<{ kind: 'ad'; attributes: ReadonlyMap<string, Attribute> }>
export type Attribute = Readonly<{ name: string; expr: Expr }>

export type Expr =
  | Literal
  | Reference
  | Select
  | Readonly<{ kind: 'subscript'; of: Expr; at: Expr }>
  | Readonly<{ kind: 'unary'; op: Unary; of: Expr }>
  | Readonly<{ kind: 'binary'; op: Binary; left: Expr; right: Expr }>
  | Readonly<{ kind: 'conditional'; test: Expr; yes: Expr; no: Expr }>
  /** `left` unless it is undefined. */
  | Readonly<{ kind: 'elvis'; left: Expr; right: Expr }>
  | Readonly<{ kind: 'call'; name: string; key: string; args: readonly Expr[] }>
  | Readonly<{ kind: 'list'; items: readonly Expr[] }>
  | Ad

export const literal = (value: Scalar): Literal => ({ kind: 'literal', value })

export const reference = (name: string, root = false): Reference => {
  return { kind: 'reference', name, key: name.toLowerCase(), root }
}

export const select = (of: Expr, name: string): Select => {
  return { kind: 'select', of, name, key: name.toLowerCase() }
}

export const call = (name: string, args: readonly Expr[]): Expr => {
  return { kind: 'call', name, key: name.toLowerCase(), args }
}

/** An ad of these attributes; of two with the same name the later one counts. */
export function ad(attributes: Iterable<readonly [string, Expr]>): Ad {
  const entries = [...attributes].map(
    ([name, expr]) => [name.toLowerCase(), { name, expr }] as const,
  )
  return { kind: 'ad', attributes: new Map(entries) }
}

/** An attribute's expression, whatever the case of its name. */
export const attribute = ({ attributes }: Ad, name: string): Expr | undefined =>
  attributes.get(name.toLowerCase())?.expr

/** The parts of a tree, left to right. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'reference':
      return []
    case 'select':
    case 'unary':
      return [expr.of]
    case 'subscript':
      return [expr.of, expr.at]
    case 'binary':
    case 'elvis':
      return [expr.left, expr.right]
    case 'conditional':
      return [expr.test, expr.yes, expr.no]
    case 'call':
      return expr.args
    case 'list':
      return expr.items
    case 'ad':
      return [...expr.attributes.values()].map((each) => each.expr)
  }
}
