import { expect, test } from 'vitest'
import { withLife } from './course.ts'
import { required, serves } from './enclave.ts'
import { encode } from './tag.ts'

test('the tee switch alone says whether an enclave is needed', () => {
  expect(required(encode([]))).toBe(false)
  expect(required(encode(['gpu']))).toBe(false)
  expect(required(encode(['tee', 'tdx']))).toBe(true)
})

test('a simulated enclave serves tdx, and nothing that takes other hardware', () => {
  expect(serves('simulated', encode(['tee', 'tdx']))).toBe(true)
  expect(serves('simulated', encode([]))).toBe(true)
  for (const name of ['scone', 'gramine', 'gpu'])
    expect(serves('simulated', encode(['tee', name]))).toBe(false)
})

test('who has no enclave serves no tag', () => {
  expect(serves('none', encode([]))).toBe(true)
  expect(serves('none', encode(['tee', 'tdx']))).toBe(false)
  expect(serves('none', withLife(encode(['contestable']), 9))).toBe(true)
})
