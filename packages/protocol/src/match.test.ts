import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  codeIn,
  disagreement,
  explain,
  type Facts,
  MAX_VOLUME,
  refusal,
  tag,
  volume,
} from './match.ts'
import { noDataset, type Quartet } from './order.ts'
import {
  aDatasetOrder,
  anAddress,
  anAppOrder,
  aRequestOrder,
  aWorkerpoolOrder,
  someBytes32,
} from './testing.ts'

const none = { app: 0n, dataset: 0n, workerpool: 0n, request: 0n }
const fine: Facts = {
  categoryExists: true,
  isMember: () => false,
  registered: { app: true, dataset: true, workerpool: true },
  signed: { app: true, dataset: true, workerpool: true, request: true },
  consumed: none,
}

const plain: Quartet = {
  app: anAppOrder(),
  dataset: noDataset,
  workerpool: aWorkerpoolOrder(),
  request: aRequestOrder(),
}
const withDataset: Quartet = {
  ...plain,
  dataset: aDatasetOrder(),
  request: aRequestOrder({ dataset: anAddress(0xd) }),
}
type Change = { [K in keyof Quartet]?: Partial<Quartet[K]> }
const changed = (base: Quartet, over: Change): Quartet => ({
  app: { ...base.app, ...over.app },
  dataset: { ...base.dataset, ...over.dataset },
  workerpool: { ...base.workerpool, ...over.workerpool },
  request: { ...base.request, ...over.request },
})
const stranger = anAddress(0xbad)
const volumes = [1n, 2n ** 53n - 1n, 2n ** 256n - 1n]

test('lets orders through that go together, with and without a dataset', () => {
  expect(refusal(plain, fine)).toBeUndefined()
  expect(refusal(withDataset, fine)).toBeUndefined()
})

test.each<[string, Change]>([
  ['0x00', { request: { category: 1n } }],
  ['0x02', { request: { trust: 1n } }],
  ['0x03', { app: { appprice: 1n } }],
  ['0x04', { dataset: { datasetprice: 1n } }],
  ['0x05', { workerpool: { workerpoolprice: 1n } }],
  ['0x06', { app: { tag: someBytes32(0x100) } }],
  ['0x06', { dataset: { tag: someBytes32(0x100) } }],
  ['0x07', { request: { tag: someBytes32(1) }, workerpool: { tag: someBytes32(1) } }],
  ['0x10', { request: { app: stranger } }],
  ['0x11', { request: { dataset: stranger } }],
  ['0x12', { request: { workerpool: stranger } }],
  ['0x13', { app: { datasetrestrict: stranger } }],
  ['0x14', { app: { workerpoolrestrict: stranger } }],
  ['0x15', { app: { requesterrestrict: stranger } }],
  ['0x16', { dataset: { apprestrict: stranger } }],
  ['0x17', { dataset: { workerpoolrestrict: stranger } }],
  ['0x18', { dataset: { requesterrestrict: stranger } }],
  ['0x19', { workerpool: { apprestrict: stranger } }],
  ['0x1a', { workerpool: { datasetrestrict: stranger } }],
  ['0x1b', { workerpool: { requesterrestrict: stranger } }],
  ['0x60', { app: { volume: 0n } }],
  ['0x60', { dataset: { volume: 0n } }],
])('refuses with %s when %o', (code, over) => {
  expect(refusal(changed(withDataset, over), fine)).toBe(code)
})

test.each<[string, Partial<Facts>]>([
  ['0x01', { categoryExists: false }],
  ['0x20', { registered: { ...fine.registered, app: false } }],
  ['0x21', { signed: { ...fine.signed, app: false } }],
  ['0x30', { registered: { ...fine.registered, dataset: false } }],
  ['0x31', { signed: { ...fine.signed, dataset: false } }],
  ['0x40', { registered: { ...fine.registered, workerpool: false } }],
  ['0x41', { signed: { ...fine.signed, workerpool: false } }],
  ['0x50', { signed: { ...fine.signed, request: false } }],
  ['0x60', { consumed: { ...none, request: 1n } }],
])('refuses with %s when the facts are %o', (code, over) => {
  expect(refusal(withDataset, { ...fine, ...over })).toBe(code)
})

test('reports the reason the chain would meet first', () => {
  const bad = changed(plain, { request: { trust: 9n, app: stranger }, app: { appprice: 1n } })
  expect(refusal(bad, { ...fine, categoryExists: false })).toBe('0x01')
})

test('lets the members of a group through a restriction', () => {
  const group = anAddress(0x6e0)
  const orders = changed(plain, { app: { requesterrestrict: group } })
  const isMember = (restriction: string, account: string) =>
    restriction === group && account === orders.request.requester
  expect(disagreement(orders, { categoryExists: true, isMember })).toBeUndefined()
})

test('takes addresses in any case for the same', () => {
  const upper = `0x${anAddress(0xa).slice(2).toUpperCase()}` as const
  expect(refusal(changed(plain, { request: { app: upper } }), fine)).toBeUndefined()
})

test('an app that insists on a dataset refuses a deal without one', () => {
  expect(refusal(changed(plain, { app: { datasetrestrict: anAddress(0xd) } }), fine)).toBe('0x13')
})

test('the framework a dataset was published for does not bind the workerpool', () => {
  const orders = changed(withDataset, { dataset: { tag: someBytes32(0x0e) } })
  expect(refusal(orders, fine)).toBeUndefined()
  expect(tag(orders)).toBe(someBytes32(0))
})

test('a code has a sentence, and is found in the words of the chain', () => {
  expect(explain('0x05')).toMatch(/workerpool costs more/)
  expect(codeIn('execution reverted: iExecV5-matchOrders-0x1a')).toBe('0x1a')
  expect(codeIn('iExecV5-matchOrders-0x99')).toBeUndefined()
  expect(codeIn('Transfer amount exceeds balance')).toBeUndefined()
})

test('property: without a dataset, nothing else in the dataset order matters', () => {
  const any = fc.record({
    datasetprice: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    volume: fc.bigInt({ min: 0n, max: 5n }),
    tag: fc.integer({ min: 0, max: 2 ** 31 }).map(someBytes32),
    apprestrict: fc.constantFrom(anAddress(1), stranger),
    requesterrestrict: fc.constantFrom(anAddress(1), stranger),
  })
  fc.assert(
    fc.property(any, (dataset) => {
      const orders = changed(plain, { dataset })
      const registered = { ...fine.registered, dataset: false }
      expect(refusal(orders, { ...fine, registered })).toBeUndefined()
      expect([volume(orders, none), tag(orders)]).toEqual([1n, someBytes32(0)])
    }),
  )
})

test('property: a deal never takes more than any order has left, nor than a deal may hold', () => {
  const left = fc.constantFrom(...volumes)
  fc.assert(
    fc.property(left, left, left, left, (app, dataset, workerpool, request) => {
      const orders = changed(withDataset, {
        app: { volume: app },
        dataset: { volume: dataset },
        workerpool: { volume: workerpool },
        request: { volume: request },
      })
      const taken = volume(orders, none)
      for (const each of [app, dataset, workerpool, request, MAX_VOLUME])
        expect(taken <= each).toBe(true)
      expect([app, dataset, workerpool, request, MAX_VOLUME]).toContain(taken)
    }),
  )
})
