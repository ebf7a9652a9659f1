import { hubAbi } from '@traboule/protocol/abi'
import { expect, test } from 'vitest'
import { sentenceOf } from './refusals.ts'

const samples: Readonly<Record<string, unknown>> = {
  address: '0x0000000000000000000000000000000000000abc',
  bytes: '0x',
  bytes4: '0x12345678',
  bytes32: `0x${'12'.repeat(32)}`,
  string: 'a reason',
  uint8: 2,
  uint256: 7n,
}
const errors = hubAbi.filter((item) => item.type === 'error')

test.each(errors)('$name has a sentence, with its values in it', ({ name, inputs }) => {
  const sentence = sentenceOf(
    name,
    inputs.map(({ type }) => samples[type]),
  )
  expect(sentence).toMatch(/^[A-Z0-9].*\.$/)
  expect(sentence).not.toMatch(/undefined|NaN|null/)
})

test('a deadline is told as a date, and money as money', () => {
  expect(sentenceOf('DeadlineReached', [1_700_000_000n])).toContain('2023-11-14T22:13:20')
  const args = [samples.address, 1_500_000_000n, 2_000_000_000n]
  expect(sentenceOf('InsufficientBalance', args)).toContain('1.5 RLC free, this needs 2 RLC')
})

test('the status of a task says what it waits for', () => {
  const said = [0, 1, 2, 3, 4].map((status) => sentenceOf('WrongStatus', [status]))
  expect(new Set(said).size).toBe(5)
  expect(said[0]).toBe('Nobody initialized this task.')
})

test('a reason that nobody knows has no sentence', () => {
  expect(sentenceOf('no-such-reason')).toBeUndefined()
})
