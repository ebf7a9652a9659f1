import { expect, test } from 'vitest'
import { anAddress, someBytes32 } from '../testing.ts'
import { commitment, isChecked, ticket } from './draw.ts'

const seed = someBytes32(99)
const workers = Array.from({ length: 20 }, (_, n) => anAddress(n + 1))
const tasks = Array.from({ length: 2_000 }, (_, n) => someBytes32(n))

test('gives everybody the same chances', () => {
  const low = (worker: `0x${string}`) =>
    tasks.filter((taskId) => ticket(seed, taskId, worker) < 0.15).length
  // 2,000 draws at 0.15: 300 each, standard deviation 16.
  for (const worker of workers) expect(Math.abs(low(worker) - 300)).toBeLessThan(5 * 16)
})

test('checks the share of tasks that it should', () => {
  const checked = tasks.filter((taskId) => isChecked(seed, taskId, 0.1)).length
  expect(Math.abs(checked - 200)).toBeLessThan(5 * 13.4)
  expect(tasks.some((taskId) => isChecked(seed, taskId, 0))).toBe(false)
})

test('is bound by a commitment that another seed does not fit', () => {
  expect(commitment(seed)).not.toBe(commitment(someBytes32(98)))
})

test('gives another number for another seed, task or worker', () => {
  const [one, other] = workers as [`0x${string}`, `0x${string}`]
  const all = [
    ticket(seed, someBytes32(1), one),
    ticket(seed, someBytes32(1), other),
    ticket(seed, someBytes32(2), one),
    ticket(someBytes32(98), someBytes32(1), one),
  ]
  expect(new Set(all).size).toBe(4)
  for (const each of all) expect(each >= 0 && each < 1).toBe(true)
})
