import { expect, test } from 'vitest'
import { limitsOf } from './limits.ts'

const MEMORY_BYTES = 1_000

test('the category bounds the time of a task', () => {
  expect(limitsOf({ timeRef: 300n }, { MEMORY_BYTES, WALL_MS: undefined }).wallMs).toBe(300_000)
})

test('a pool may allow less, and not more', () => {
  expect(limitsOf({ timeRef: 300n }, { MEMORY_BYTES, WALL_MS: 2_000 }).wallMs).toBe(2_000)
  expect(limitsOf({ timeRef: 1n }, { MEMORY_BYTES, WALL_MS: 2_000 }).wallMs).toBe(1_000)
})
