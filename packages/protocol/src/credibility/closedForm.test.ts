import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkedError, votesNeeded, votingError, worstCheckedError } from './closedForm.ts'

/** Every outcome of 2m − 1 answers, by its chance. */
function counted(phi: number, m: number): number {
  const n = 2 * m - 1
  let wrong = 0
  for (let world = 0; world < 2 ** n; world++) {
    const lies = world.toString(2).replaceAll('0', '').length
    if (lies >= m) wrong += phi ** lies * (1 - phi) ** (n - lies)
  }
  return wrong
}

test('property: the error of voting is what counting every outcome gives', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      fc.integer({ min: 1, max: 6 }),
      (phi, m) => {
        const expected = counted(phi, m)
        expect(Math.abs(votingError(phi, m) / expected - 1)).toBeLessThan(1e-12)
      },
    ),
  )
})

test('takes as many votes as the literature prints at f = 0.35', () => {
  expect([0.05, 0.01, 0.001, 1e-6].map((most) => votesNeeded(0.35, most))).toEqual([
    15, 29, 51, 121,
  ])
})

test('property: the worst rate of lying is the worst, and within its bound', () => {
  const checked = { saboteurs: 0.2, checking: 0.1, results: 100 }
  const { error, bound } = worstCheckedError(checked)
  expect(error).toBeLessThan(bound)
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (s) => {
      expect(checkedError(s, checked)).toBeLessThanOrEqual(error * (1 + 1e-9))
    }),
  )
})
