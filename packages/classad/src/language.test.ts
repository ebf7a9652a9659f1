import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ads, exprs } from '../test/trees.ts'
import { evaluate, fromJson, parse, parseAd, readAd, toJson, unparse, type Value } from './index.ts'

const failing = (code: string) => expect.objectContaining({ code })
const shown = (value: Value) =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each))
const worth = (text: string, my = '[]') => evaluate(parse(text), { my: parseAd(my) })

describe('what is written is read again', () => {
  test('property: parse(unparse(x)) is x', () =>
    fc.assert(
      fc.property(exprs, (expr) => {
        expect(parse(unparse(expr), 1_000_000)).toEqual(expr)
      }),
      { numRuns: 2_000 },
    ))
  test('property: fromJson(toJson(x)) is x, through text too', () =>
    fc.assert(
      fc.property(ads, (ad) => {
        expect(fromJson(JSON.parse(JSON.stringify(toJson(ad))))).toEqual(ad)
      }),
      { numRuns: 500 },
    ))
  test('property: no text at all does more than fail by name, within its budget', () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), exprs, (noise, expr) => {
        for (const text of [noise, `${unparse(expr)}${noise}`.slice(0, 8_000)])
          try {
            evaluate(parse(text), {}, { steps: 1_000 })
          } catch (error) {
            expect((error as { code?: string }).code).toMatch(/^ad\//)
          }
      }),
      { numRuns: 500 },
    ))
  test('JSON says plainly what it can', () => {
    const ad = parseAd(
      '[Cpus = 4; Os = "linux"; Load = 0.5; Real = 2.0; Rank = other.x + 1; U = undefined]',
    )
    expect(toJson(ad)).toEqual({
      Cpus: 4,
      Os: 'linux',
      Load: 0.5,
      Real: '/Expr(2.000000000000000E+00)/',
      Rank: '/Expr(other.x + 1)/',
      U: null,
    })
  })
})

describe('names', () => {
  test('do not care for case, and the later of two counts', () =>
    expect(worth('MEMORY', '[memory = 1; Memory = 2]')).toBe(2n))
  test('are looked up in the ads around, unless scoped', () => {
    expect(worth('b.c', '[a = 1; b = [c = a]]')).toBe(1n)
    expect(worth('b.c', '[a = 1; b = [a = 2; c = parent.a]]')).toBe(1n)
    expect(worth('b.c', '[a = 1; b = [a = 2; c = .a]]')).toBe(1n)
    expect(worth('b.a', '[a = 1; b = []]')).toBe(undefined)
  })
  test('of each ad of a list make a list', () =>
    expect(worth('{[a = 1], [b = 2]}.a')).toEqual([1n, undefined]))
})

test.each([
  ['quantize(3, 8)', 8],
  ['quantize(3, 2)', 4],
  ['quantize(0, 4)', 0],
  ['quantize(6.8, 1.2)', 7.199999999999999],
  ['quantize(2, {1, 2, "A"})', 2],
  ['quantize(2.7, {1, 2, 0.5})', 3],
  ['isError(quantize(3, {1, 2, "A"}))', true],
  ['pow(2, 10)', 1024],
  ['pow(2, -1)', 0.5],
  ['isError(pow(10, 40))', true],
  ['ceiling(2.1)', 3],
  ['interval(67)', '1:07'],
  ['interval(1472523)', '17+1:02:03'],
  ['formatTime(0, "%Y-%m-%d %H:%M:%S %a %j")', '1970-01-01 00:00:00 Thu 001'],
  ['isError(time())', true],
  ['join(", ", "a", "b", "c")', 'a, b, c'],
  ['join(split("a b c"))', 'abc'],
  ['join(";", split("a b c"))', 'a;b;c'],
  ['substr("abcdef", 1, -2)', 'bcd'],
  ['substr("abc", 7)', ''],
  ['stringListSum("1, 2, 3.5")', 6.5],
  ['isError(stringListSum("1, x"))', true],
  ['stringListMember("b", "a, b")', true],
  ['stringListIMember("B", "a, b")', true],
  ['stringListSubsetMatch("a,b", "b c a")', true],
  ['stringListsIntersect("a,b", "c,d")', false],
  ['regexp("^a+$", "aaa")', true],
  ['regexp("^A", "abc", "i")', true],
  ['isError(regexp("(", "a"))', true],
  ['isError(regexp("(a)\\\\1", "aa"))', true],
  ['regexps("(b)(c)", "abcd", "\\\\2\\\\1")', 'cb'],
  ['replace("b", "abcb", "x")', 'axcb'],
  ['replaceAll("b", "abcb", "x")', 'axcx'],
  ['regexpMember("b", {"a", "b"})', true],
  ['eval(strcat("slot", 10 + 5))', 7],
  ['unparse(x)', 'slot15 + 3'],
  ['countMatches(p > 2, {[p = 3], [p = 1], undefined})', 1],
  ['evalInEachContext(p > 2, {[p = 3], [p = 1]})', [true, false]],
  ['bool("FALSE")', false],
  ['max({1, 2.0})', 2],
  ['size([a = 1; b = 2])', 2],
  ['versionLT("7.9", "7.10") && versionLT("010", "09") && versionLT("000", "00")', true],
])('%s is %j', (text, expected) =>
  expect(shown(worth(text, '[slot15 = 7; x = slot15 + 3]'))).toBe(shown(expected as Value)),
)

describe('an ad from a stranger', () => {
  test.each([
    ['ad/too-large', `[a = "${'x'.repeat(9_000)}"]`],
    ['ad/too-deep', `[a = ${'('.repeat(300)}1${')'.repeat(300)}]`],
    ['ad/too-deep', `[a = ${'!'.repeat(4_000)}x]`],
    ['ad/too-deep', `[a = ${Array(400).fill('x').join(' + ')}]`],
    ['ad/too-deep', `[a = x${'[0]'.repeat(400)}]`],
    ['ad/unknown-function', '[a = {1, [b = launch("x")]}]'],
    ['ad/malformed', '[a = "\\000"]'],
    ['ad/malformed', '{1, 2}'],
  ])('%s', (code, text) => expect(() => readAd(text)).toThrow(failing(code)))

  const doubling = (make: (name: string) => string) =>
    `[${Array.from({ length: 60 }, (_, n) => `a${n} = ${make(`a${n + 1}`)}`).join('; ')}; a60 = "x"]`
  test.each([
    ['strings that double', 'a0', doubling((next) => `strcat(${next}, ${next})`)],
    ['lists that double', 'size(a0)', doubling((next) => `{${next}, ${next}}`)],
    ['lists within lists', 'string(a0)', doubling((next) => `{${next}, ${next}}`)],
    ['endless evaluation', 'a', '[a = eval("a" + 1) ; b = eval("eval(\\"b\\")")]'],
    ['a loop through eval', 'f', '[f = evalInEachContext(f, {[x = f], [x = f]})]'],
    [
      'replacing with replacements',
      'replaceAll("", a0, a0)',
      doubling((n) => `replaceAll("", ${n}, ${n})`),
    ],
    [
      'a pattern with many states',
      'replaceAll("(a{500}){2}", a0, "")',
      doubling((n) => `strcat(${n}, ${n})`),
    ],
  ])('%s end soon', (_, text, my) => {
    const before = performance.now()
    try {
      worth(text, my)
    } catch (error) {
      expect(error).toEqual(failing('ad/too-costly'))
    }
    expect(performance.now() - before).toBeLessThan(1_000)
  })
  test('a chain of names longer than the stack', () => {
    const chain = Array.from({ length: 700 }, (_, n) => `a${n}=a${n + 1}`).join(';')
    expect(() => worth('a0', `[${chain}]`)).toThrow(failing('ad/too-deep'))
  })
})
