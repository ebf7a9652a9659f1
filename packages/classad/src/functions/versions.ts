/** Versions: text ordered as releases are, with numbers in it by their value. */
import { ERROR } from '../expr.ts'
import { order } from '../operators.ts'
import type { Value } from '../value.ts'
import { type Fn, strict } from './function.ts'

const digit = /^\d$/

/** Below, at or above zero as one version comes before, with or after the other. */
function versions(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  let start = at
  while (start > 0 && digit.test(a.charAt(start - 1))) start--
  const [one, other] = [a, b].map((text) => /^\d*/.exec(text.slice(start))?.[0] ?? '')
  if (!one || !other) return order(a.slice(at), b.slice(at))
  return numerals(one, other) || order(a.slice(at), b.slice(at))
}

/** More leading zeroes come first, as in a fraction: 000, 00, 01, 010, 09, 0, 1, 9, 10. */
function numerals(a: string, b: string): number {
  const [one, other] = [leadingZeroes(a), leadingZeroes(b)]
  if (one !== other) return order(other, one)
  return one > 0 ? order(a, b) : order(BigInt(a), BigInt(b))
}

const leadingZeroes = (text: string) => /^0*(?=\d)/.exec(text)?.[0].length ?? 0

const judged = (count: number, judge: (texts: readonly string[]) => Value): Fn =>
  strict(count, (args) => {
    const texts = args.filter((arg) => typeof arg === 'string')
    return texts.length < count ? ERROR : judge(texts)
  })

const by = (holds: (order: number) => boolean) =>
  judged(2, ([a = '', b = '']) => holds(versions(a, b)))

export const versioning: Readonly<Record<string, Fn>> = {
  versioncmp: judged(2, ([a = '', b = '']) => BigInt(versions(a, b))),
  versiongt: by((order) => order > 0),
  versionge: by((order) => order >= 0),
  versionlt: by((order) => order < 0),
  versionle: by((order) => order <= 0),
  versioneq: by((order) => order === 0),
  version_in_range: judged(
    3,
    ([version = '', least = '', most = '']) =>
      versions(least, version) <= 0 && versions(version, most) <= 0,
  ),
}
