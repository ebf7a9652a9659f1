import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ads, exprs } from '../test/trees.ts'
import { flatten } from './flatten.ts'
import { toText } from './functions/convert.ts'
import { evaluate, explain, match, openPool, parse, parseAd, unparse } from './index.ts'
import { budget } from './limits.ts'

const flat = (text: string, my: string) => unparse(flatten(parse(text), parseAd(my)))

describe('flattening', () => {
  test('puts in place what the own ad settles', () => {
    expect(flat('other.Memory >= Need * 2 && Ready', '[Need = 64; Ready = true]')).toBe(
      'other.Memory >= 128 && true',
    )
    expect(flat('Ready && other.x == my.y', '[Ready = true; y = other.z]')).toBe(
      'other.x == other.z',
    )
    expect(flat('false && other.x', '[]')).toBe('false')
    expect(flat('missing', '[]')).toBe('undefined')
  })
  test('leaves what asks for itself as it is', () => expect(flat('a', '[a = b; b = a]')).toBe('a'))
  test('property: is worth the same', () =>
    fc.assert(
      fc.property(exprs, ads, ads, (expr, my, target) => {
        const shown = (one: typeof expr) => {
          try {
            return toText(evaluate(one, { my, target }), budget(1_000_000))
          } catch (error) {
            return (error as { code?: string }).code
          }
        }
        expect(shown(flatten(expr, my))).toBe(shown(expr))
      }),
      { numRuns: 2_000 },
    ))
})

/** Ads of a small world, so that some match. */
const worldly = fc
  .record({
    x: fc.constantFrom(
      '1',
      '2',
      '3.0',
      'true',
      '"a"',
      'undefined',
      'other.y + 1',
      '9007199254740993',
    ),
    y: fc.constantFrom('1', '2', '"A"', 'x', 'error'),
    Rank: fc.constantFrom('other.x', 'other.x * 2', '3', '"s"', 'my.x'),
    l: fc.constantFrom('{1, "a"}', '{}', '{x, 2}', '1'),
    parts: fc.array(
      fc.constantFrom(
        'other.x > 1',
        '2 >= other.x',
        'other.x == x',
        'other.y =?= 1',
        'other.y != 2',
        'other.x',
        'member(other.y, {"a", "b"})',
        'member(other.x, {1, 2, 3})',
        'other.y == 1 || other.y == 2',
        'other.y == "a" || other.y == 2',
        'other.x <= 9007199254740992',
        'isUndefined(other.z)',
        'member("A", other.l)',
        'member(1, other.l)',
        'y == 1',
        'true',
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ x, y, l, Rank, parts }) =>
    parseAd(
      `[x = ${x}; y = ${y}; l = ${l}; Rank = ${Rank}; Requirements = ${['true', ...parts].join(' && ')}]`,
    ),
  )

test('property: a pool finds whom trying everybody finds, in the same order', () =>
  fc.assert(
    fc.property(fc.array(worldly, { maxLength: 20 }), worldly, (offers, asker) => {
      const tried = offers
        .map((offer, place) => ({ place, ...match(asker, offer) }))
        .filter(({ matches }) => matches)
        .map(({ place, rank }) => ({ place, rank: rank.left, liking: rank.right }))
        .sort((a, b) => b.rank - a.rank || b.liking - a.liking || a.place - b.place)
      expect(openPool(offers).partners(asker)).toEqual(tried)
    }),
    { numRuns: 1_000 },
  ))

test('says which parts of whose Requirements keep how many away', () => {
  const task = parseAd('[App = "a"; Requirements = other.MemoryGB >= 16 && other.Cpus >= 2]')
  const workers = [
    '[MemoryGB = 32; Cpus = 4; Requirements = true]',
    '[MemoryGB = 8; Cpus = 4; Requirements = true]',
    '[Cpus = 1; Requirements = true]',
    '[MemoryGB = 32; Cpus = 4; Requirements = other.App != "a"]',
  ].map((text) => parseAd(text))
  const memory = { key: 'memorygb', op: '>=', value: 16n }
  expect(explain(task, workers)).toMatchObject({
    total: 4,
    matches: 1,
    obstacles: [
      { side: 'asker', part: 'other.MemoryGB >= 16', condition: memory, fails: 2, unknown: 1 },
      { side: 'asker', part: 'other.Cpus >= 2', fails: 1, unknown: 0 },
      { side: 'partner', part: 'other.App != "a"', fails: 1, unknown: 0 },
    ],
  })
})
