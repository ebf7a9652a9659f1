import { expect, test } from 'vitest'
import { ladder, stairs } from './curve.ts'

test('adds up what is to be had at each price', () => {
  const orders = [
    { price: 1n, tasks: 5n },
    { price: 1n, tasks: 2n },
    { price: 3n, tasks: 1n },
  ]
  expect(ladder(orders)).toEqual([
    { price: 1n, tasks: 7n },
    { price: 3n, tasks: 8n },
  ])
  expect(ladder([])).toEqual([])
})

test('counts an order without end as a million tasks, so that others stay visible', () => {
  expect(ladder([{ price: 1n, tasks: 2n ** 60n }])).toEqual([{ price: 1n, tasks: 1_000_000n }])
})

test('draws offers to the right and requests to the left, within the box', () => {
  const box = { width: 100, height: 50, dearest: 8n, deepest: 10n }
  const steps = [
    { price: 4n, tasks: 5n },
    { price: 8n, tasks: 10n },
  ]
  expect(stairs(steps, box, 'rising')).toBe('M40 50H40V27H80V4H100V50Z')
  expect(stairs(steps.toReversed(), box, 'falling')).toMatch(/H0V50Z$/)
  expect(stairs([], box, 'rising')).toBe('')
})
