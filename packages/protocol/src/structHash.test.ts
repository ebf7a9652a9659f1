import fc from 'fast-check'
import { hashTypedData, numberToHex } from 'viem'
import { expect, test } from 'vitest'
import * as Order from './order.ts'
import * as Builders from './testing.ts'

const anyAddress = fc.bigInt(0n, 2n ** 160n - 1n).map((n) => numberToHex(n, { size: 20 }))
const anyOf = {
  address: anyAddress,
  bytes32: fc.bigInt(0n, 2n ** 256n - 1n).map((n) => numberToHex(n, { size: 32 })),
  uint256: fc.bigInt(0n, 2n ** 256n - 1n),
  string: fc.string({ unit: 'grapheme' }),
} as const

test.each(Order.kinds)('property: a %s order hashes as the general encoder does', (kind) => {
  const { primaryType, types } = Order.typedData[kind]
  const fields = types[primaryType] ?? []
  const anyOrder = fc.record(
    Object.fromEntries(fields.map(({ name, type }) => [name, anyOf[type]])),
  )
  fc.assert(
    fc.property(anyOrder, fc.integer({ min: 1 }), anyAddress, (order, chainId, hub) => {
      const on = Order.domain(chainId, hub)
      const general = hashTypedData(Order.toSign(kind, order as never, on) as never)
      expect(Order.hash(kind, order as never, on)).toBe(general)
    }),
    { numRuns: 50 },
  )
})

test('an order’s signature is not part of its identity', () => {
  const on = Order.domain(1, Builders.anAddress(1))
  const order = Builders.anAppOrder()
  expect(Order.hash('app', { ...order, sign: '0x1234' } as never, on)).toBe(
    Order.hash('app', order, on),
  )
})
