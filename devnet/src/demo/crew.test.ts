import { expect, test } from 'vitest'
import { crewFor } from './crew.ts'

test('five workers, one of them lying, reach a trust of 5', () => {
  expect(crewFor(5n, 1)).toBe(5)
})

test('honest newcomers alone reach 2^n', () => {
  expect([1n, 2n, 4n, 8n, 16n, 17n].map((trust) => crewFor(trust, 0))).toEqual([1, 1, 2, 3, 4, 5])
})

test('a higher trust takes more of them', () => {
  expect(crewFor(9n, 1)).toBe(6)
})
