/** Conditions: the parts of Requirements that an index can answer. */
import {
  type Ad,
  attribute,
  type Comparison,
  ERROR,
  type Expr,
  literal,
  type Scalar,
} from './expr.ts'
import { flatten } from './flatten.ts'
import { compare } from './operators.ts'
import { isList, toTruth, type Value } from './value.ts'

/** What the other ad's attribute must be: as `op` says, equal to any of several, or a list with it. */
export type Condition = Readonly<{ key: string }> &
  (
    | Readonly<{ op: Comparison; value: Scalar }>
    | Readonly<{ op: 'has'; value: Scalar }>
    | Readonly<{ op: 'any'; values: readonly Scalar[] }>
    | Readonly<{ op: 'true' }>
  )

/** Requirements in parts: true when all conditions hold and the rest is true. */
export type Wants = Readonly<{
  conditions: readonly Condition[]
  /** Parts that only evaluation can answer. */
  rest: readonly Expr[]
  /** The whole, for when the other side’s attributes are no constants. */
  all: readonly Expr[]
  /** Every part, those included that the ad settles alone. */
  parts: readonly Expr[]
  /** Whether nothing can ever do. */
  never: boolean
}>

/** How an ad calls the other. */
export const others = ['other', 'target']

/** What an ad's Requirements ask of the other side, by these names. */
export function wantsOf(
  ad: Ad,
  requirements = attribute(ad, 'Requirements'),
  names = others,
): Wants {
  if (!requirements)
    return { conditions: [], rest: [], all: [], parts: [literal(undefined)], never: true }
  const parts = conjuncts(flatten(requirements, ad))
  const open = parts.filter((part) => part.kind !== 'literal')
  const never = parts.some((part) => part.kind === 'literal' && toTruth(part.value) !== true)
  const read = open.map((part) => ({ part, condition: conditionOf(part, names) }))
  return {
    conditions: read.map(({ condition }) => condition).filter((each) => each !== undefined),
    all: open,
    parts,
    rest: read.filter(({ condition }) => !condition).map(({ part }) => part),
    never,
  }
}

/** `a && b && c` is true exactly when each of them is. */
function conjuncts(expr: Expr): readonly Expr[] {
  if (expr.kind !== 'binary' || expr.op !== '&&') return [expr]
  return [...conjuncts(expr.left), ...conjuncts(expr.right)]
}

const mirrored: Readonly<Partial<Record<string, Comparison>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
  '=?=': '=?=',
  '=!=': '=!=',
}

/** What a part asks of one attribute of the other side, if that is all it does. */
export function conditionOf(expr: Expr, names: readonly string[]): Condition | undefined {
  const key = keyOf(expr, names)
  if (key !== undefined) return { key, op: 'true' }
  if (expr.kind === 'call' && expr.key === 'member') return among(expr.args, names)
  if (expr.kind !== 'binary') return undefined
  if (expr.op === '||') return either(expr.left, expr.right, names)
  const op = mirrored[expr.op]
  const [left, right] = [keyOf(expr.left, names), keyOf(expr.right, names)]
  if (op && left !== undefined && expr.right.kind === 'literal')
    return { key: left, op: mirrored[op] ?? op, value: expr.right.value }
  if (op && right !== undefined && expr.left.kind === 'literal')
    return { key: right, op, value: expr.left.value }
  return undefined
}

/** The attribute of the other side that an expression is, if it is one. */
function keyOf(expr: Expr, names: readonly string[]): string | undefined {
  const other = expr.kind === 'select' && expr.of.kind === 'reference' && !expr.of.root
  return other && names.includes(expr.of.key) ? expr.key : undefined
}

function among([one, list]: readonly Expr[], names: readonly string[]): Condition | undefined {
  const listed = list && keyOf(list, names)
  if (listed !== undefined && one?.kind === 'literal' && one.value !== undefined)
    return { key: listed, op: 'has', value: one.value }
  const key = one && keyOf(one, names)
  if (key === undefined || list?.kind !== 'list') return undefined
  const values = list.items.map((item) => (item.kind === 'literal' ? item.value : ERROR))
  return list.items.every((item) => item.kind === 'literal')
    ? { key, op: 'any', values }
    : undefined
}

/** `x == 1 || x == 2`. An `x` of another type than the first is an ERROR there, and true of none. */
function either(left: Expr, right: Expr, names: readonly string[]): Condition | undefined {
  const [a, b] = [conditionOf(left, names), conditionOf(right, names)]
  if (!a || !b || a.key !== b.key) return undefined
  const [one, other] = [equals(a), equals(b)]
  if (!one || !other) return undefined
  const values = [...one, ...other]
  const alike = values.every((each) => typeof each === typeof values[0])
  return alike && typeof values[0] !== 'symbol' ? { key: a.key, op: 'any', values } : undefined
}

function equals(condition: Condition): readonly Scalar[] | undefined {
  if (condition.op === 'any') return condition.values
  return condition.op === '==' ? [condition.value] : undefined
}

/** Whether an attribute of this value does. */
export function holds(condition: Condition, value: Value): boolean {
  if (condition.op === 'has')
    return isList(value) && value.some((each) => compare('==', each, condition.value) === true)
  if (condition.op === 'true') return toTruth(value) === true
  if (condition.op === 'any')
    return condition.values.some((each) => compare('==', value, each) === true)
  return compare(condition.op, value, condition.value) === true
}

/** The value of an expression that has one wherever it stands. */
export function constantOf(expr: Expr | undefined): { value: Value } | undefined {
  if (!expr) return { value: undefined }
  if (expr.kind === 'literal') return expr
  if (expr.kind !== 'list') return undefined
  const items = expr.items.map(constantOf)
  const known = items.filter((item) => item !== undefined)
  return known.length === items.length ? { value: known.map(({ value }) => value) } : undefined
}
