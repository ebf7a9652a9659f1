/** Lists: what is in them, and how their members compare. */
import { type Comparison, ERROR } from '../expr.ts'
import { charge } from '../limits.ts'
import { compare } from '../operators.ts'
import type { Session } from '../session.ts'
import { isFrame, isList, type List, type Value } from '../value.ts'
import { type Fn, total } from './function.ts'

const spelt: ReadonlyMap<string, Comparison> = new Map([
  ...(['<', '<=', '>', '>=', '==', '!=', '=?=', '=!='] as const).map((op) => [op, op] as const),
  ['is', '=?='],
  ['isnt', '=!='],
])

/** Whether, for a list's members and one value, a comparison holds as often as asked. */
function checked(op: Comparison | undefined, list: Value, one: Value, run: Session): List | Value {
  if (!op || list === ERROR || one === ERROR) return ERROR
  if (list === undefined) return undefined
  if (!isList(list) || isList(one) || isFrame(one)) return ERROR
  charge(run.budget, list.length)
  return list.map((each) => compare(op, each, one))
}

const any = (truths: Value): Value => (isList(truths) ? truths.includes(true) : truths)
const all = (truths: Value): Value =>
  isList(truths) ? truths.every((each) => each === true) : truths

const member = (op: Comparison, defined: boolean) =>
  total(2, ([one, list], run) =>
    defined && one === undefined ? undefined : any(checked(op, list, one, run)),
  )

const comparing = (judge: (truths: Value) => Value) =>
  total(3, ([op, list, one], run) =>
    judge(checked(typeof op === 'string' ? spelt.get(op) : undefined, list, one, run)),
  )

export const listing: Readonly<Record<string, Fn>> = {
  member: member('==', true),
  identicalmember: member('=?=', false),
  anycompare: comparing(any),
  allcompare: comparing(all),
}
