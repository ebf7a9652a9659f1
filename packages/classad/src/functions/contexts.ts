/** Contexts: functions that decide where, and whether, an expression is evaluated. */
import { AppError } from '@traboule/protocol'
import { ERROR, type Expr } from '../expr.ts'
import { charge } from '../limits.ts'
import { parse } from '../parser.ts'
import { unparse } from '../unparse.ts'
import { isFrame, isList, toTruth, type Value } from '../value.ts'
import { type Fn, lazy, type Place, total } from './function.ts'

function evalText([text]: readonly Expr[], { evaluate, run }: Place): Value {
  const value = text && evaluate(text)
  if (typeof value !== 'string') return value
  charge(run.budget, value.length)
  try {
    return evaluate(parse(value))
  } catch (error) {
    if (error instanceof AppError && error.code === 'ad/malformed') return ERROR
    throw error
  }
}

function inEach([expr, contexts]: readonly Expr[], { evaluate }: Place): Value {
  const list = contexts && evaluate(contexts)
  if (!expr || !isList(list) || !list.every(isFrame)) return ERROR
  return list.map((frame) => evaluate(expr, frame))
}

function count([expr, contexts]: readonly Expr[], { evaluate }: Place): Value {
  const list = contexts && evaluate(contexts)
  if (!expr || list === ERROR) return ERROR
  if (!isList(list)) return 0n
  return BigInt(list.filter((each) => isFrame(each) && evaluate(expr, each) === true).length)
}

/** The text of what an attribute says, without evaluating it. */
function textOf([expr]: readonly Expr[], { frame }: Place): Value {
  if (expr?.kind !== 'reference') return ERROR
  const said = frame.ad.attributes.get(expr.key)?.expr
  return said ? unparse(said) : ''
}

function choose([test, then, otherwise]: readonly Expr[], { evaluate }: Place): Value {
  const truth = test && toTruth(evaluate(test))
  if (typeof truth !== 'boolean') return truth
  const chosen = truth ? then : otherwise
  return chosen && evaluate(chosen)
}

export const contexts: Readonly<Record<string, Fn>> = {
  ifthenelse: lazy(3, choose),
  eval: lazy(1, evalText),
  unparse: lazy(1, textOf),
  debug: total(1, ([value]) => value),
}

/** HTCondor's own. */
export const eachContext: Readonly<Record<string, Fn>> = {
  evalineachcontext: lazy(2, inEach),
  countmatches: lazy(2, count),
}
