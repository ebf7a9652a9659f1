/** What HTCondor's own library was seen to answer. */
import { describe, expect, test } from 'vitest'
import { toText } from './functions/convert.ts'
import { evaluate, match, type Options, parse, parseAd, type Value } from './index.ts'
import { budget } from './limits.ts'

const worth = (text: string, options?: Options) => evaluate(parse(text), {}, options)
const shown = (value: Value) =>
  typeof value === 'string' ? JSON.stringify(value) : toText(value, budget())

const truths = ['true', 'false', 'undefined', 'error', '1', '0', '"s"'] as const
const letter = { true: 'T', false: 'F', undefined: 'U', error: 'E' } as Record<string, string>
const rowsOf = (op: string) =>
  Object.fromEntries(
    truths.map((left) => [
      left,
      truths.map((right) => letter[shown(worth(`${left} ${op} ${right}`))] ?? '?').join(' '),
    ]),
  )

describe('three-valued logic', () => {
  test('and', () => {
    expect(rowsOf('&&')).toEqual({
      true: 'T F U E T F E',
      false: 'F F F F F F F',
      undefined: 'U F U E U F E',
      error: 'E E E E E E E',
      '1': 'T F U E T F E',
      '0': 'F F F F F F F',
      '"s"': 'E E E E E E E',
    })
  })
  test('or', () => {
    expect(rowsOf('||')).toEqual({
      true: 'T T T T T T T',
      false: 'T F U E T F E',
      undefined: 'T U U E T U E',
      error: 'E E E E E E E',
      '1': 'T T T T T T T',
      '0': 'T F U E T F E',
      '"s"': 'E E E E E E E',
    })
  })
})

const vectors: readonly (readonly [string, string])[] = [
  ['!undefined', 'undefined'],
  ['!error', 'error'],
  ['!1', 'false'],
  ['!"a"', 'error'],
  ['undefined ? 1 : 2', 'undefined'],
  ['error ? 1 : 2', 'error'],
  ['5 ? 1 : 2', '1'],
  ['"a" ? 1 : 2', 'error'],
  ['undefined ?: 5', '5'],
  ['error ?: 5', 'error'],
  ['3 ?: 5', '3'],
  ['10 == "ABC"', 'error'],
  ['"ABC" == "abc"', 'true'],
  ['"ABC" =?= "abc"', 'false'],
  ['"a" < "B"', 'true'],
  ['undefined == undefined', 'undefined'],
  ['undefined =?= undefined', 'true'],
  ['1 =!= undefined', 'true'],
  ['10 =?= 10.0', 'false'],
  ['10 == 10.0', 'true'],
  ['true == 1', 'true'],
  ['true =?= 1', 'false'],
  ['true + 1', '2'],
  ['1 / 0', 'error'],
  ['1.0 / 0', 'error'],
  ['1 % 0', 'error'],
  ['1 + undefined', 'undefined'],
  ['undefined + error', 'error'],
  ['"a" + 1', 'error'],
  ['7 / 2', '3'],
  ['-7 / 2', '-3'],
  ['-7 % 3', '-1'],
  ['7 / 2.0', '3.500000000000000E+00'],
  ['1 < 2 == true', 'true'],
  ['1 < "a"', 'error'],
  ['6 & 3', '2'],
  ['6 | 1', '7'],
  ['6 ^ 3', '5'],
  ['~0', '-1'],
  ['1 << 4', '16'],
  ['-16 >> 2', '-4'],
  ['-16 >>> 60', '15'],
  ['017', '17'],
  ['{1, 2}[0]', '1'],
  ['{1, 2}[5]', 'error'],
  ['[a = 1; b = a + 1].b', '2'],
  ['[a = 1]["a"]', '1'],
  ['[a = 1].zz', 'undefined'],
  ['[a = b; b = a].a', 'undefined'],
  ['member("A", {"a"})', 'true'],
  ['identicalMember("A", {"a"})', 'false'],
  ['strcat("a", 1, true)', '"a1true"'],
  ['string(3.0)', '"3.000000000000000E+00"'],
  ['int("3")', '3'],
  ['int(3.9)', '3'],
  ['int("x")', 'error'],
  ['round(2.5)', '2'],
  ['round(-2.5)', '-2'],
  ['floor(-2.5)', '-3'],
  ['quantize(7, 5)', '10'],
  ['quantize(7, {4, 8, 16})', '8'],
  ['min({})', 'undefined'],
  ['sum({1, 2.5})', '3.500000000000000E+00'],
  ['avg({1, 2})', '1.500000000000000E+00'],
  ['substr("abcdef", -2)', '"ef"'],
  ['strcmp("a", "b")', '-1'],
  ['stricmp("A", "a")', '0'],
  ['versioncmp("8.10", "8.9")', '1'],
  ['version_in_range("8.5", "8.0", "9.0")', 'true'],
  ['anyCompare("<", {1, 5}, 3)', 'true'],
  ['allCompare("<", {1, 5}, 3)', 'false'],
  ['ifThenElse(undefined, 1, 2)', 'undefined'],
  ['ifThenElse(error, 1, 2)', 'error'],
  ['join(",", {"a", "b"})', '"a,b"'],
  ['{1} == {1}', 'error'],
  ['{1} =?= {1}', 'error'],
  ['[a = 1] == [a = 1]', 'error'],
  ['[a = 1] =?= [a = 1]', 'error'],
]

test.each(vectors)('%s is %s', (text, expected) => expect(shown(worth(text))).toBe(expected))

test.each([
  'split("a b")',
  'stringListSize("a b")',
  'countMatches(true, {[]})',
  'evalInEachContext(1, {[]})',
  'userHome("a")',
])('%s is an error to the language alone', (text) =>
  expect(shown(worth(text, { functions: 'core' }))).toBe('error'),
)

test.each(['1K', '0x10', '1 +', '[a = 1', '"open', '/* open', '9223372036854775808', '1e999', '#'])(
  '%s cannot be read',
  (text) => expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ad/malformed' })),
)

describe('matching', () => {
  const matching = (left: string, right: string, options?: Options) =>
    match(parseAd(left), parseAd(right), options)

  test('both sides must want it, and each ranks the other', () => {
    const left = `[Memory = 128; Rank = other.Prio;
      Requirements = other.Owner == "bob" && other.ImageSize <= Memory]`
    const right = `[Owner = "bob"; ImageSize = 100; Prio = 7;
      Requirements = other.Memory >= 64; Rank = other.Memory]`
    expect(matching(left, right)).toMatchObject({ matches: true, rank: { left: 7, right: 128 } })
  })
  test('a bare name is the own ad’s, unless asked otherwise', () => {
    const sides = [
      '[Requirements = Owner == "bob"]',
      '[Owner = "bob"; Requirements = true]',
    ] as const
    expect(matching(...sides)).toMatchObject({ matches: false, requirements: { left: undefined } })
    expect(matching(...sides, { bareNames: 'either' }).matches).toBe(true)
  })
  test.each([
    ['[]', false],
    ['[Requirements = target.X =?= undefined]', true],
    ['[Requirements = 1]', true],
    ['[Requirements = my.Requirements]', false],
    ['[Requirements = "yes"]', false],
    ['[Requirements = 1 / 0]', false],
  ])('%s: %s', (ad, matches) => {
    expect(matching(ad, '[Requirements = true]').matches).toBe(matches)
    expect(matching('[Requirements = true]', ad).matches).toBe(matches)
  })
  test.each([
    ['"high"', 0],
    ['undefined', 0],
    ['true', 1],
    ['2.5', 2.5],
  ])('a Rank of %s counts %d', (rank, counted) =>
    expect(matching(`[Rank = ${rank}]`, '[]').rank.left).toBe(counted),
  )
})
