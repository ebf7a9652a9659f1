import { Salt } from '@traboule/protocol'
import {
  anAddress,
  anAppOrder,
  aRequestOrder,
  aWorkerpoolOrder,
  someBytes32,
} from '@traboule/protocol/testing'
import { describe, expect, test } from 'vitest'
import { type Facts, judge } from './judge.ts'
import type { Fields } from './kinds.ts'

const signer = anAddress(0x51)
const facts: Facts = {
  consumed: 0n,
  closed: false,
  owner: signer,
  lapsed: false,
  epoch: 0n,
  balance: 1_000n,
  cheapest: { app: 5n, dataset: undefined },
  now: 100n,
}
const app = { kind: 'app' as const, order: anAppOrder({ volume: 10n }) as Fields, signer }

test('an order in order is open for what is left of it', () => {
  expect(judge(app, { ...facts, consumed: 4n })).toEqual({ status: 'open', remaining: 6n })
})

test('a closed order is canceled, a used up one filled, whatever else is wrong', () => {
  const poor = { ...facts, owner: undefined }
  expect(judge(app, { ...poor, closed: true })).toMatchObject({ status: 'canceled', remaining: 0n })
  expect(judge(app, { ...poor, consumed: 10n })).toMatchObject({ status: 'filled', remaining: 0n })
})

test('an order whose signature the chain takes no more is dead', () => {
  expect(judge(app, { ...facts, lapsed: true })).toMatchObject({
    status: 'dead',
    because: { code: 'order/bad-signature' },
  })
})

test('an order of an earlier epoch is canceled', () => {
  expect(judge(app, { ...facts, epoch: 1n }).status).toBe('canceled')
  const salt = Salt.write({ epoch: 1n, unique: Uint8Array.of(1, 2, 3) })
  const later = { ...app, order: { ...app.order, salt } }
  expect(judge(later, { ...facts, epoch: 1n }).status).toBe('open')
})

test('an order with an expiry is dead from that second on', () => {
  const salt = Salt.write({ expiry: 101n, unique: Uint8Array.of(1, 2, 3) })
  const timed = { ...app, order: { ...app.order, salt } }
  expect(judge(timed, facts).status).toBe('open')
  expect(judge(timed, { ...facts, now: 101n })).toMatchObject({
    status: 'dead',
    because: { code: 'order/expired' },
  })
})

test('only the owner of an asset can sell it', () => {
  const codeOf = (owner: Facts['owner']) => judge(app, { ...facts, owner }).because?.code
  expect(codeOf(undefined)).toBe('order/unknown-resource')
  expect(codeOf(anAddress(9))).toBe('request/forbidden')
})

test('a workerpool must stake 30 % of what is left of its order, rounded down per task', () => {
  const order = aWorkerpoolOrder({ workerpoolprice: 103n, volume: 20n }) as Fields
  const pool = { kind: 'workerpool' as const, order, signer }
  expect(judge(pool, { ...facts, balance: 599n }).because?.code).toBe('order/unaffordable')
  expect(judge(pool, { ...facts, balance: 600n }).status).toBe('open')
  expect(judge(pool, { ...facts, consumed: 10n, balance: 300n }).status).toBe('open')
})

describe('a request', () => {
  const wish = (over = {}) => ({
    kind: 'request' as const,
    order: aRequestOrder({
      requester: signer,
      appmaxprice: 5n,
      workerpoolmaxprice: 5n,
      volume: 10n,
      ...over,
    }) as Fields,
    signer,
  })

  test('must be paid for in the worst case', () => {
    expect(judge(wish(), { ...facts, balance: 100n }).status).toBe('open')
    expect(judge(wish(), { ...facts, balance: 99n }).because).toMatchObject({
      code: 'order/unaffordable',
      details: { required: 100n, available: 99n },
    })
  })

  test('needs an app order that it can pay', () => {
    const of = (app: bigint | undefined) =>
      judge(wish(), { ...facts, cheapest: { app, dataset: undefined } })
    expect(of(5n).status).toBe('open')
    expect(of(6n).because?.sentence).toContain('appmaxprice for app')
    expect(of(undefined).because?.sentence).toBe(
      `No apporder published for app ${wish().order.app}`,
    )
  })

  test('that needs an enclave is told so', () => {
    const tee = wish({ tag: someBytes32(9) })
    const alone = { ...facts, cheapest: { app: undefined, dataset: undefined } }
    expect(judge(tee, alone).because?.sentence).toContain('No tee enabled apporder published')
  })

  test('for a dataset needs an order of it too', () => {
    const both = wish({ dataset: anAddress(0xd) })
    expect(judge(both, facts).because?.sentence).toContain('No datasetorder published')
  })
})
