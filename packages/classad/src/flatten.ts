/**
 * Flatten: what is known of an expression before the other side is, worked out once.
 *
 * Evaluated beside its own ad, the result is worth what the expression was.
 */

import { evaluate } from './evaluate.ts'
import { type Ad, children, ERROR, type Expr, literal, type Scalar } from './expr.ts'
import { isFunction } from './functions/index.ts'
import { and, or } from './operators.ts'
import { toTruth, type Value } from './value.ts'

/** Nodes of a named expression that may stand in place of its name. */
const SHORT = 64
/** Functions whose value depends on more than their arguments' values. */
const moody = new Set(['time', 'random', 'formattime', 'eval', 'unparse'])

type Known = Map<string, Expr | 'underWay' | 'looping'>

/** The expression with everything that `my` settles put in its place. */
export const flatten = (expr: Expr, my: Ad): Expr => within(expr, { my, known: new Map() })

type Place = Readonly<{ my: Ad; known: Known }>

function within(expr: Expr, place: Place): Expr {
  const of = (part: Expr) => within(part, place)
  switch (expr.kind) {
    case 'reference':
      return named(expr.key, expr, place)
    case 'select':
      if (expr.of.kind === 'reference' && expr.of.key === 'my' && !expr.of.root)
        return named(expr.key, expr, place)
      return folded({ ...expr, of: of(expr.of) })
    case 'unary':
      return folded({ ...expr, of: of(expr.of) })
    case 'subscript':
      return folded({ ...expr, of: of(expr.of), at: of(expr.at) })
    case 'binary':
      if (expr.op === '&&' || expr.op === '||')
        return logical(expr.op, of(expr.left), of(expr.right))
      return folded({ ...expr, left: of(expr.left), right: of(expr.right) })
    case 'elvis': {
      const left = of(expr.left)
      if (left.kind !== 'literal') return { ...expr, left, right: of(expr.right) }
      return left.value === undefined ? of(expr.right) : left
    }
    case 'conditional': {
      const test = of(expr.test)
      if (test.kind !== 'literal') return { ...expr, test, yes: of(expr.yes), no: of(expr.no) }
      const truth = toTruth(test.value)
      return typeof truth === 'boolean' ? of(truth ? expr.yes : expr.no) : literal(truth)
    }
    case 'call':
      // Which place its arguments mean, and whether they are evaluated, is the function's business.
      if (!isFunction(expr.key) || /^(?:eval|unparse|countmatches|ifthenelse)/.test(expr.key))
        return expr
      return folded({ ...expr, args: expr.args.map(of) })
    case 'list':
      return { ...expr, items: expr.items.map(of) }
    default:
      return expr // names in an ad mean what they mean there
  }
}

/** A name of the own ad: its literal, or its expression if that is short and asks not for itself. */
function named(key: string, name: Expr, { my, known }: Place): Expr {
  const bare = name.kind === 'reference' && !name.root
  if (bare && ['my', 'target', 'other', 'parent'].includes(key)) return name
  const said = my.attributes.get(key)?.expr
  if (!said) return literal(undefined)
  const before = known.get(key)
  if (before === 'underWay' || before === 'looping') {
    for (const [each, state] of known) if (state === 'underWay') known.set(each, 'looping')
    return name
  }
  if (before) return before
  known.set(key, 'underWay')
  const flat = within(said, { my, known })
  const keep = known.get(key) === 'underWay' && (flat.kind === 'literal' || short(flat))
  const answer = keep ? flat : name
  known.set(key, known.get(key) === 'looping' ? 'looping' : answer)
  return answer
}

/** Whether a tree is small; ads in it would lie in other ads than before. */
function short(root: Expr): boolean {
  const unseen: Expr[] = [root]
  for (let count = 0; count <= SHORT; count++) {
    const expr = unseen.pop()
    if (!expr) return true
    if (expr.kind === 'ad') return false
    unseen.push(...children(expr))
  }
  return false
}

/** A constant if all its parts are. */
function folded(expr: Expr): Expr {
  if (!children(expr).every(({ kind }) => kind === 'literal')) return expr
  if (expr.kind === 'call' && moody.has(expr.key)) return expr
  const value = evaluate(expr)
  return isScalar(value) ? literal(value) : expr
}

const isScalar = (value: Value): value is Scalar => typeof value !== 'object'

/** Only the left side can settle it alone, since an ERROR on the left outweighs the right. */
function logical(op: '&&' | '||', left: Expr, right: Expr): Expr {
  if (left.kind !== 'literal') return { kind: 'binary', op, left, right }
  const decide = op === '&&' ? and : or
  const truth = toTruth(left.value)
  if (truth === ERROR || truth === (op === '||')) return literal(truth)
  if (right.kind === 'literal') return literal(decide(left.value, () => right.value))
  return truth === (op === '&&') && isTruth(right) ? right : { kind: 'binary', op, left, right }
}

/** Whether a tree can only be true, false, undefined or error. */
const isTruth = (expr: Expr) =>
  expr.kind === 'binary' && /^(?:&&|\|\||[<>]=?|==|!=|=\?=|=!=)$/.test(expr.op)
