/** String lists: text such as "a, b c" taken as a list, which HTCondor adds to the language. */
import { ERROR } from '../expr.ts'
import { fold } from '../operators.ts'
import type { Value } from '../value.ts'
import { toInteger, toReal } from './convert.ts'
import { type Fn, strict, total } from './function.ts'
import { folds } from './numbers.ts'

/** The parts of a text between any of these characters. */
function parts(text: string, between: string): string[] {
  const found: string[] = []
  let part = ''
  for (const char of text)
    if (!between.includes(char)) part += char
    else {
      if (part !== '') found.push(part)
      part = ''
    }
  return part === '' ? found : [...found, part]
}

/** A function of one or two string lists, with their delimiters last. */
const ofLists = (count: 1 | 2, make: (lists: readonly string[][]) => Value): Fn =>
  strict([count, count + 1], (args) => {
    const texts = args.filter((arg) => typeof arg === 'string')
    if (texts.length < args.length) return ERROR
    const between = texts[count] ?? ' ,'
    return make(texts.slice(0, count).map((text) => parts(text, between)))
  })

const member = (key: (text: string) => string) =>
  strict([2, 3], ([one, list, between = ' ,']) =>
    typeof one === 'string' && typeof list === 'string' && typeof between === 'string'
      ? parts(list, between).map(key).includes(key(one))
      : ERROR,
  )

const subset = (key: (text: string) => string): Fn =>
  total([2, 3], (args) => {
    if (args.some((arg) => arg !== undefined && typeof arg !== 'string')) return ERROR
    const [inner, outer, between = ' ,'] = args as (string | undefined)[] // looked at just above
    if (inner === undefined) return outer === undefined ? undefined : true
    if (outer === undefined) return false
    const known = new Set(parts(outer, between).map(key))
    return parts(inner, between).every((each) => known.has(key(each)))
  })

/** The numbers that the parts are: whole ones where all are. */
function numbers(list: readonly string[]): readonly Value[] {
  const every = list.every((each) => /^\s*[-+]?\d+\s*$/.test(each))
  return list.map((each) => (every ? toInteger(each) : toReal(each)))
}

const same = (text: string) => text

const folded = (fold: (list: readonly Value[]) => Value) =>
  ofLists(1, ([list = []]) => {
    const values = numbers(list)
    return values.includes(ERROR) ? ERROR : fold(values)
  })

const intersect = (key: (text: string) => string) =>
  ofLists(2, ([one = [], other = []]) => {
    const known = new Set(other.map(key))
    return one.some((each) => known.has(key(each)))
  })

export const stringLists: Readonly<Record<string, Fn>> = {
  stringlistsize: ofLists(1, ([list = []]) => BigInt(list.length)),
  stringlistsum: folded(folds.sum),
  stringlistavg: folded(folds.avg),
  stringlistmin: folded(folds.min),
  stringlistmax: folded(folds.max),
  stringlistmember: member(same),
  stringlistimember: member(fold),
  stringlistsubsetmatch: subset(same),
  stringlistisubsetmatch: subset(fold),
  stringlistsintersect: intersect(same),
  stringlistintersect: intersect(same),
  split: strict([1, 2], ([text, between = ' \t\n\r\f\v']) =>
    typeof text === 'string' && typeof between === 'string' ? parts(text, between) : ERROR,
  ),
}
