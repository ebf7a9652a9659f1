import { expect, test } from 'vitest'
import * as Bulk from './bulk.ts'
import { toJson } from './order.ts'
import { MAX_SAFE } from './scalars.ts'
import { aDatasetOrder } from './testing.ts'

const [ONE, TWO] = ['1', '2'].map((n) => `Qm${n.repeat(44)}`)
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

test('reads the slices of a bulk, and the orders of a slice in their places', () => {
  expect(Bulk.slicesOf(bytes([ONE, TWO]))).toEqual([ONE, TWO])
  const order = aDatasetOrder()
  expect(Bulk.ordersOf(bytes([toJson(order), { dataset: 'none' }, null]))).toEqual([
    order,
    undefined,
    undefined,
  ])
})

test.each([
  ['text', new TextEncoder().encode('no JSON')],
  ['an object', bytes({ 0: ONE })],
  ['no slice', bytes([])],
  ['numbers', bytes([1, 2])],
  ['paths', bytes(['../../etc/passwd'])],
])('refuses a bulk that is %s', (_, input) => {
  expect(() => Bulk.slicesOf(input)).toThrow(expect.objectContaining({ code: 'bulk/malformed' }))
})

test('refuses a slice of more orders than a task can use', () => {
  const slice = Array.from({ length: Bulk.MOST_DATASETS + 1 }, () => ({}))
  expect(() => Bulk.ordersOf(bytes(slice))).toThrow(/at most|Too big|<=100/)
})

test.each([
  [{ datasetprice: 0n, volume: MAX_SAFE }, true],
  [{ datasetprice: 0n, volume: MAX_SAFE - 1n }, true],
  [{ datasetprice: 0n, volume: MAX_SAFE - 2n }, false],
  [{ datasetprice: 1n, volume: MAX_SAFE }, false],
])('%o is endless: %s', (over, is) => {
  expect(Bulk.isEndless(aDatasetOrder(over))).toBe(is)
})
