import { AppError, codes, type ErrorCode } from '@traboule/protocol'
import { expect, test } from 'vitest'
import { statuses, statusOf } from './exit.ts'

test.each<[ErrorCode, number]>([
  ['command/invalid', 2],
  ['file/malformed', 2],
  ['deal/unknown', 3],
  ['wallet/wrong-password', 4],
  ['order/too-dear', 5],
  ['chain/reverted', 5],
  ['chain/unreachable', 6],
  ['task/failed', 7],
  ['task/late', 8],
])('%s ends with %i', (code, status) => {
  expect(statusOf(new AppError(code, 'No.'))).toBe(status)
})

test('every error ends with a status that is documented, and only bugs with 1', () => {
  const found = codes.map((code) => statusOf(new AppError(code, 'No.')))
  for (const status of found) expect(Object.keys(statuses)).toContain(String(status))
  expect(found).not.toContain(1)
  expect(statusOf(new TypeError('oops'))).toBe(1)
})
