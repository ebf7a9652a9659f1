import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksNeeded, doubtOf, type Policy } from './policy.ts'

const policy = (saboteurs: number, blacklisting = true): Policy => ({
  saboteurs,
  checking: 0.1,
  blacklisting,
})

test('doubts a stranger as much as there are saboteurs', () => {
  expect(doubtOf(0, policy(0.2))).toBe(0.2)
  expect(doubtOf(0, policy(0.2, false))).toBe(0.2)
})

test.each([
  [0.1, 1e-2, 5, 10, 1, 2],
  [0.1, 1e-3, 41, 100, 2, 4],
  [0.1, 1e-4, 409, 1_000, 5, 11],
  [0.2, 1e-2, 10, 20, 2, 3],
  [0.2, 1e-3, 92, 200, 3, 7],
  [0.2, 1e-4, 920, 2_000, 10, 21],
])(
  'at f = %f an error of %f takes %i checks (%i without blacklisting), or %i (%i) of two',
  (f, most, ...needed) => {
    const take = (members: number) => [
      checksNeeded(most, members, policy(f)),
      checksNeeded(most, members, policy(f, false)),
    ]
    expect([...take(1), ...take(2)]).toEqual(needed)
  },
)

const shares = fc.double({ min: 0.01, max: 0.9, noNaN: true })

test('property: more checks never mean more doubt, and blacklisting never less faith', () => {
  fc.assert(
    fc.property(shares, fc.nat(10_000), fc.boolean(), (f, checks, blacklisting) => {
      const [now, then] = [checks, checks + 1].map((n) => doubtOf(n, policy(f, blacklisting)))
      expect(then).toBeLessThanOrEqual(now ?? 0)
      expect(now).toBeLessThanOrEqual(f)
      expect(then).toBeGreaterThan(0)
    }),
  )
})

test('property: no rate of lying beats the doubt', () => {
  fc.assert(
    fc.property(shares, fc.integer({ min: 1, max: 2_000 }), shares, (f, checks, s) => {
      const uncaught = f * (1 - s) ** checks
      const wrong = (s * uncaught) / (1 - f + uncaught)
      expect(wrong).toBeLessThanOrEqual(doubtOf(checks, policy(f)) * (1 + 1e-12))
    }),
  )
})
