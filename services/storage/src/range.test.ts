import { expect, test } from 'vitest'
import { rangeOf } from './range.ts'

test.each([
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=2-5', { start: 2, end: 6 }],
  ['bytes=2-', { start: 2, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-99', { start: 0, end: 10 }],
  ['bytes=8-99', { start: 8, end: 10 }],
])('reads %s', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range)
})

test.each([
  undefined,
  '',
  'bytes=',
  'bytes=-',
  'bytes=5-2',
  'bytes=0-1,3-4',
  'items=0-1',
  'bytes=a-b',
])('answers %j with the whole file', (header) => {
  expect(rangeOf(header, 10)).toBeUndefined()
})

test.each([
  ['bytes=10-', 10],
  ['bytes=-0', 10],
  ['bytes=0-', 0],
])('refuses %s of %i bytes', (header, size) => {
  expect(() => rangeOf(header, size)).toThrow(expect.objectContaining({ code: 'object/bad-range' }))
})
