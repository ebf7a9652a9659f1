/** Functions: every one that an expression may call, by its name in lower case. */
import { ERROR, type Expr } from '../expr.ts'
import { charge } from '../limits.ts'
import { isList, type Value } from '../value.ts'
import { contexts, eachContext } from './contexts.ts'
import { converting } from './convert.ts'
import type { Fn, Place } from './function.ts'
import { listing } from './lists.ts'
import { counting } from './numbers.ts'
import { patterns } from './patterns.ts'
import { stringLists } from './stringLists.ts'
import { writing } from './strings.ts'
import { times } from './times.ts'
import { versioning } from './versions.ts'

const table = (...rows: readonly Readonly<Record<string, Fn>>[]): ReadonlyMap<string, Fn> =>
  new Map(rows.flatMap(Object.entries<Fn>))

const core = table(contexts, converting, counting, listing, patterns, times, versioning, writing)
const added = table(eachContext, stringLists)

/** Whether this name, in lower case, is a function's. */
export const isFunction = (key: string): boolean => core.has(key) || added.has(key)

type Call = Extract<Expr, { kind: 'call' }>

/** The value of a call; unknown functions and wrong counts of arguments make an ERROR. */
export function invoke({ key, args }: Call, place: Place): Value {
  const { budget, options } = place.run
  const fn = core.get(key) ?? (options.functions === 'core' ? undefined : added.get(key))
  if (!fn || args.length < fn.least || args.length > fn.most) return ERROR
  const value = fn.call(args, place)
  if (typeof value === 'string' || isList(value)) charge(budget, Math.ceil(value.length / 16))
  return value
}
