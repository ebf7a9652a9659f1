import fc from 'fast-check'
import { numberToHex } from 'viem'
import { expect, test } from 'vitest'
import * as Explain from './explain.ts'
import * as Match from './match.ts'
import { kinds, noDataset, type Quartet } from './order.ts'
import { nullAddress } from './scalars.ts'
import * as Testing from './testing.ts'

const all = <T>(value: T) => ({ app: value, dataset: value, workerpool: value, request: value })
const fine: Match.Facts = {
  categoryExists: true,
  isMember: () => false,
  registered: all(true),
  signed: all(true),
  consumed: all(0n),
}
const orders: Quartet = {
  app: Testing.anAppOrder(),
  dataset: noDataset,
  workerpool: Testing.aWorkerpoolOrder(),
  request: Testing.aRequestOrder(),
}

test('orders that match need no explanation', () => {
  expect(Explain.reasons(orders, fine)).toEqual([])
})

test('every reason is told, with both values and the least change', () => {
  const workerpool = Testing.aWorkerpoolOrder({ workerpoolprice: 7n, category: 2n })
  const app = Testing.anAppOrder({ requesterrestrict: Testing.anAddress(0xbad) })
  expect(Explain.reasons({ ...orders, workerpool, app }, fine)).toMatchObject([
    { code: '0x00', change: { kind: 'request', field: 'category', value: 2n } },
    {
      code: '0x05',
      sides: [
        { kind: 'request', field: 'workerpoolmaxprice', value: 0n },
        { kind: 'workerpool', field: 'workerpoolprice', value: 7n },
      ],
      change: { kind: 'request', field: 'workerpoolmaxprice', value: 7n },
    },
    {
      code: '0x15',
      change: { kind: 'app', field: 'requesterrestrict', value: orders.request.requester },
    },
  ])
})

test('a requester gives up a tag before a workerpool must offer it', () => {
  const request = Testing.aRequestOrder({ tag: numberToHex(0x100, { size: 32 }) })
  const [reason] = Explain.reasons({ ...orders, request }, fine)
  expect(reason?.change).toEqual({
    kind: 'request',
    field: 'tag',
    value: numberToHex(0, { size: 32 }),
  })
  const app = Testing.anAppOrder({ tag: numberToHex(0x100, { size: 32 }) })
  const [other] = Explain.reasons({ ...orders, app }, fine)
  expect(other?.change).toMatchObject({
    kind: 'workerpool',
    value: numberToHex(0x100, { size: 32 }),
  })
})

test('what no order can mend is said to need something else', () => {
  const facts = {
    ...fine,
    categoryExists: false,
    registered: { ...all(true), app: false },
    signed: all(false),
  }
  expect(Explain.reasons(orders, facts).map(({ code, needs }) => [code, needs])).toEqual([
    ['0x01', 'category'],
    ['0x20', 'registration'],
    ['0x21', 'signature'],
    ['0x41', 'signature'],
    ['0x50', 'signature'],
  ])
})

const few = fc.integer({ min: 0, max: 3 }).map(BigInt)
const someone = fc.constantFrom(nullAddress, ...[0xa, 0xb, 0xc, 0xd].map(Testing.anAddress))
const someTag = fc.constantFrom(0, 1, 3, 9, 0x100, 0x109).map((n) => numberToHex(n, { size: 32 }))

/** Each field from a small world, so that orders often nearly match. */
const anyOrders: fc.Arbitrary<Quartet> = fc.record(
  Object.fromEntries(
    kinds.map((kind) => {
      const order = { ...orders[kind], ...(kind === 'dataset' && { volume: 1n }) }
      const fields = Object.entries(order).map(([name, value]) => {
        if (name === 'sign' || name === 'salt' || name === 'params')
          return [name, fc.constant(value)]
        if (name === 'tag') return [name, someTag]
        return [name, typeof value === 'bigint' ? few : someone]
      })
      return [kind, fc.record(Object.fromEntries(fields))]
    }),
  ),
) as never // records of the same fields

test('property: once the suggestions are followed, the orders match', () => {
  fc.assert(
    fc.property(anyOrders, fc.record(all(few)), (quartet, consumed) => {
      const facts = { ...fine, consumed: consumed as Match.Facts['consumed'] }
      const reasons = Explain.reasons(quartet, facts)
      const changed = reasons.reduce(
        (all, { change }) => (change ? Explain.apply(all, change) : all),
        quartet,
      )
      expect(Match.refusal(changed, facts)).toBeUndefined()
      expect(reasons.length === 0).toBe(Match.refusal(quartet, facts) === undefined)
    }),
    { numRuns: 5_000 },
  )
})
