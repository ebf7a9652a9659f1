import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { doubts, oddsOf } from './group.ts'
import { accepted, judge, lesson, type Vote, wouldSuffice } from './judge.ts'

const vote = (worker: string, result: string, doubt = 0.2): Vote => ({ worker, result, doubt })

/**
 * Every way in which the workers may be right or wrong, by its chance. What was seen can only be if
 * members of a group are right or wrong together, and at most one group is right.
 */
function enumerated(groups: readonly (readonly number[])[]): number[] {
  const members = groups.flatMap((group, at) => group.map((doubt) => ({ at, doubt })))
  const right = groups.map(() => 0)
  let all = 0
  for (let world = 0; world < 2 ** members.length; world++) {
    const isRight = (n: number) => ((world >> n) & 1) === 1
    const chance = members.reduce((p, { doubt }, n) => p * (isRight(n) ? 1 - doubt : doubt), 1)
    const states = groups.map(
      (_, at) => new Set(members.flatMap((m, n) => (m.at === at ? [isRight(n)] : []))),
    )
    const trueGroups = states.flatMap((state, at) => (state.has(true) ? [at] : []))
    if (states.some(({ size }) => size > 1) || trueGroups.length > 1) continue
    all += chance
    const [only] = trueGroups
    if (only !== undefined) right[only] = (right[only] ?? 0) + chance
  }
  return right.map((chance) => 1 - chance / all)
}

const anyGroups = fc.array(
  fc.array(fc.double({ min: 0.001, max: 0.7, noNaN: true }), { minLength: 1, maxLength: 4 }),
  { minLength: 1, maxLength: 3 },
)

test('property: the doubt in groups is what counting every possible world gives', () => {
  fc.assert(
    fc.property(anyGroups, (groups) => {
      const counted = enumerated(groups)
      for (const [at, doubt] of doubts(groups).entries())
        expect(doubt).toBeCloseTo(counted[at] ?? -1, 9)
    }),
  )
})

test('a group alone is doubted as its only member is', () => {
  expect(doubts([[0.25]])).toEqual([0.25])
  expect(oddsOf([0.25, 0.5])).toBe(3)
})

describe('what the votes say', () => {
  test('nothing without votes', () => {
    expect(judge([])).toBeUndefined()
    expect(accepted([], 1)).toBeUndefined()
  })
  test('two who agree are believed more than either', () => {
    expect(judge([vote('a', 'x'), vote('b', 'x')])).toMatchObject({ result: 'x', voters: 2 })
    expect(accepted([vote('a', 'x'), vote('b', 'x')], 0.06)).toBe('x')
    expect(accepted([vote('a', 'x'), vote('b', 'y')], 0.06)).toBeUndefined()
  })
  test('one of good name outweighs two strangers', () => {
    expect(accepted([vote('a', 'x', 0.001), vote('b', 'y'), vote('c', 'y')], 0.05)).toBe('x')
  })
})

describe('what an accepted result tells of its voters', () => {
  test('who voted otherwise failed', () => {
    const votes = [vote('a', 'x', 0.001), vote('b', 'x', 0.001), vote('c', 'y')]
    expect(lesson(votes, 0.01)).toEqual({ passed: ['a', 'b'], failed: ['c'] })
  })
  test('who was needed for it passed nothing', () => {
    const votes = [vote('a', 'x', 0.001), vote('b', 'x')]
    expect(lesson(votes, 0.01)).toEqual({ passed: ['b'], failed: [] })
    expect(lesson(votes, 0.0001)).toEqual({ passed: [], failed: [] })
  })
  test('nobody learns from a task that is open', () => {
    expect(lesson([vote('a', 'x'), vote('b', 'y')], 0.01)).toEqual({ passed: [], failed: [] })
  })
})

const anyVotes = fc.array(
  fc.record({
    worker: fc.uuid(),
    result: fc.constantFrom('x', 'y', 'z'),
    doubt: fc.double({ min: 0.0001, max: 0.4, noNaN: true }),
  }),
  { maxLength: 8 },
)
const anyMost = fc.double({ min: 1e-6, max: 0.49, noNaN: true })

test('property: at most one result is accepted, in whatever order the votes came', () => {
  fc.assert(
    fc.property(anyVotes, anyMost, (votes, most) => {
      expect(accepted(votes.toReversed(), most)).toBe(accepted(votes, most))
    }),
  )
})

test('property: another vote for an accepted result never unsettles it', () => {
  fc.assert(
    fc.property(anyVotes, anyMost, (votes, most) => {
      const result = accepted(votes, most)
      fc.pre(result !== undefined)
      expect(accepted([...votes, vote('late', result ?? '', 0.4)], most)).toBe(result)
      expect(wouldSuffice(votes, 0.4, most)).toBe(true)
    }),
  )
})

test('property: workers who need each other never vouch for each other', () => {
  fc.assert(
    fc.property(anyVotes, anyMost, (votes, most) => {
      const { passed } = lesson(votes, most)
      for (const worker of passed) {
        const others = votes.filter((each) => each.worker !== worker)
        expect(accepted(others, most)).toBe(accepted(votes, most))
      }
    }),
  )
})
