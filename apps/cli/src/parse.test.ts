import { expect, test } from 'vitest'
import * as Parse from './parse.ts'

test('reads amounts, counts and probabilities as people write them', () => {
  expect(Parse.amount('1.5')).toBe(1_500_000_000n)
  expect(Parse.amount('100 nRLC')).toBe(100n)
  expect(Parse.count('12')).toBe(12)
  expect(Parse.probability('99%')).toBeCloseTo(0.99)
  expect(Parse.probability('.5')).toBe(0.5)
})

test('reads times to come, percentages and gas money', () => {
  const now = Date.parse('2026-01-01')
  expect(Parse.moment('30d', now)).toBe(BigInt(now / 1000) + 2_592_000n)
  expect(Parse.moment('2026-01-02', now)).toBe(BigInt(now / 1000) + 86_400n)
  expect(() => Parse.moment('2025-12-31', now)).toThrow('not a time to come')
  expect(() => Parse.moment('soon', now)).toThrow('not a time to come')
  expect(Parse.percent('35%')).toBe(35n)
  expect(Parse.wei('0.05')).toBe(50_000_000_000_000_000n)
})

test.each([
  [Parse.percent, '101'],
  [Parse.wei, '1e18'],
  [Parse.amount, '1e5'],
  [Parse.amount, '-1'],
  [Parse.count, '0'],
  [Parse.count, '1.5'],
  [Parse.probability, '1'],
  [Parse.probability, '100%'],
  [Parse.probability, 'sure'],
  [Parse.kind, 'bread'],
  [Parse.address, '0x12'],
  [Parse.bytes32, '0x'],
  [Parse.whole, '01'],
])('%o refuses %s and repeats it', (parse, text) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: 'command/invalid', message: expect.stringContaining(text) }),
  )
})
