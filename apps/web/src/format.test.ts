import { expect, test } from 'vitest'
import { distance, percent, rlc, short, size, span } from './format.ts'

test('writes amounts in RLC with thousands apart and no digit lost', () => {
  expect(rlc(0n)).toBe('0 RLC')
  expect(rlc(1_234_500_000_001n)).toBe('1,234.500000001 RLC')
  expect(rlc(-1_500_000_000n)).toBe('−1.5 RLC')
  expect(rlc(1_000_000_000_000_000n)).toBe('1,000,000 RLC')
})

test('shortens what is long and leaves what is not', () => {
  expect(short('0x')).toBe('0x')
  expect(short(`0x${'12'.repeat(20)}`)).toBe('0x1212…1212')
})

test('tells times from afar by one figure', () => {
  expect(distance(0, 1_000)).toBe('now')
  expect(distance(0, 59_000)).toBe('59 s ago')
  expect(distance(0, 3_599_000)).toBe('59 min ago')
  expect(distance(7_200_000, 0)).toBe('in 2 h')
  expect(span(200_000)).toBe('2 d')
})

test('never rounds a share up to certainty', () => {
  expect(percent(9_999n, 10_000n)).toBe('99.9 %')
  expect(percent(1n, 2n)).toBe('50 %')
  expect(percent(1n, 0n)).toBe('0 %')
})

test('writes sizes in bytes, kilobytes and megabytes', () => {
  expect([size(999), size(1_000), size(2_500_000)]).toEqual(['999 B', '1.0 kB', '2.5 MB'])
})
