/** Evaluate: what an expression is worth, beside its own ad and perhaps another's. */
import type { Ad, Expr, Reference } from './expr.ts'
import { ERROR } from './expr.ts'
import { invoke } from './functions/index.ts'
import { charge, NESTING, tooDeep } from './limits.ts'
import { and, binary, or, unary } from './operators.ts'
import { type Options, type Session, session } from './session.ts'
import {
  type Frame,
  facing,
  frameOf,
  isFrame,
  isList,
  toTruth,
  UNDER_WAY,
  type Value,
} from './value.ts'

const nothing: Ad = { kind: 'ad', attributes: new Map() }

/**
 * What `expr` is worth among the attributes of `my`, with `target` as the other side.
 * Throws `ad/too-costly` and `ad/too-deep`.
 */
export function evaluate(
  expr: Expr,
  { my = nothing, target }: Readonly<{ my?: Ad; target?: Ad }> = {},
  options?: Options,
): Value {
  const frame = target ? facing(my, target)[0] : frameOf(my)
  return inFrame(expr, frame, session(options))
}

/** What an attribute is worth where it stands. One that needs itself is UNDEFINED. */
export function attributeOf(frame: Frame, key: string, run: Session): Value {
  const expr = frame.ad.attributes.get(key)?.expr
  if (!expr) return undefined
  if (expr.kind === 'literal') return expr.value
  frame.known ??= new Map()
  const known = frame.known.get(key)
  if (known === UNDER_WAY) return undefined
  if (known !== undefined || frame.known.has(key)) return known
  frame.known.set(key, UNDER_WAY)
  const value = inFrame(expr, frame, run)
  frame.known.set(key, value)
  return value
}

/** Evaluates among the names of a frame. */
export function inFrame(expr: Expr, frame: Frame, run: Session): Value {
  if (expr.kind === 'literal') return expr.value
  charge(run.budget, 1)
  if (++run.budget.depth > NESTING) throw tooDeep(NESTING)
  const value = compound(expr, frame, run)
  run.budget.depth--
  return value
}

function compound(expr: Expr, frame: Frame, run: Session): Value {
  const of = (part: Expr) => inFrame(part, frame, run)
  switch (expr.kind) {
    case 'literal':
      return expr.value
    case 'reference':
      return resolve(expr, frame, run)
    case 'select':
      return selected(of(expr.of), expr.key, run)
    case 'subscript':
      return subscript(of(expr.of), of(expr.at), run)
    case 'unary':
      return unary(expr.op, of(expr.of))
    case 'binary':
      if (expr.op === '&&') return and(of(expr.left), () => of(expr.right))
      if (expr.op === '||') return or(of(expr.left), () => of(expr.right))
      return binary(expr.op, of(expr.left), of(expr.right))
    case 'conditional': {
      const test = toTruth(of(expr.test))
      return typeof test === 'boolean' ? of(test ? expr.yes : expr.no) : test
    }
    case 'elvis': {
      const left = of(expr.left)
      return left === undefined ? of(expr.right) : left
    }
    case 'call':
      return invoke(expr, { frame, run, evaluate: (part, at = frame) => inFrame(part, at, run) })
    case 'list':
      return expr.items.map(of)
    case 'ad':
      return frameOf(expr, frame)
  }
}

function outermost(frame: Frame): Frame {
  let at = frame
  while (at.parent) at = at.parent
  return at
}

function resolve({ key, root }: Reference, frame: Frame, run: Session): Value {
  if (root) return attributeOf(outermost(frame), key, run)
  if (key === 'my') return outermost(frame)
  if (key === 'target' || key === 'other') return outermost(frame).other
  if (key === 'parent') return frame.parent
  for (let at: Frame | undefined = frame; at; at = at.parent)
    if (at.ad.attributes.has(key)) return attributeOf(at, key, run)
  const other = run.options.bareNames === 'either' ? outermost(frame).other : undefined
  return other && attributeOf(other, key, run)
}

/** The attribute of an ad, or of each ad of a list. */
function selected(from: Value, key: string, run: Session): Value {
  charge(run.budget, 1)
  if (from === undefined) return undefined
  if (isFrame(from)) return attributeOf(from, key, run)
  return isList(from) ? from.map((each) => selected(each, key, run)) : ERROR
}

function subscript(of: Value, at: Value, run: Session): Value {
  if (of === ERROR || at === ERROR) return ERROR
  if (of === undefined || at === undefined) return undefined
  if (isList(of) && typeof at === 'bigint')
    return at >= 0n && at < of.length ? of[Number(at)] : ERROR
  return isFrame(of) && typeof at === 'string' ? attributeOf(of, at.toLowerCase(), run) : ERROR
}
