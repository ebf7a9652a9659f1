import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Deal } from './deal.ts'
import {
  claim,
  contributeAndFinalize,
  finalize,
  fromKitty,
  KITTY,
  logWeight,
  NO_CAP,
  type Policy,
  penalized,
  poolStake,
  type Settlement,
  untouched,
  type Vote,
} from './payment.ts'
import { aDeal, anAddress } from './testing.ts'

const RLC = 1_000_000_000n
const original: Policy = { kitty: 0n, kittyCapPercent: NO_CAP, scoreMinPrice: 0n }
const APP = anAddress(1)
const DATASET = anAddress(2)
const POOL = anAddress(3)
const PAYER = anAddress(4)
const worker = (n: number) => anAddress(0x100 + n)

const dealOf = (over: Partial<Deal> = {}): Deal =>
  aDeal({
    app: { pointer: anAddress(0xa), owner: APP, price: RLC / 10n },
    dataset: { pointer: anAddress(0xd), owner: DATASET, price: RLC / 5n },
    workerpool: { pointer: anAddress(0xb), owner: POOL, price: RLC },
    workerStake: (RLC * 30n) / 100n,
    sponsor: PAYER,
    ...over,
  })

function balance({ moves }: Settlement, account: string): [free: bigint, locked: bigint] {
  const own = moves.filter((move) => move.account === account)
  const sum = (side: 'free' | 'locked') => own.reduce((total, move) => total + move[side], 0n)
  return [sum('free'), sum('locked')]
}

const vote = (n: number, stands: Vote['stands'], weight = 2n): Vote => ({
  worker: worker(n),
  weight,
  stands,
})

test('pays owners, workers and pool, and gives the stakes back', () => {
  const end = finalize(dealOf(), [vote(1, 'proved'), vote(2, 'proved')], original)
  expect(balance(end, APP)).toEqual([RLC / 10n, 0n])
  expect(balance(end, DATASET)).toEqual([RLC / 5n, 0n])
  expect(balance(end, PAYER)).toEqual([0n, (-RLC * 13n) / 10n])
  const stake = (RLC * 30n) / 100n
  expect(balance(end, worker(1))).toEqual([stake + (RLC * 99n) / 200n, -stake])
  expect(balance(end, POOL)).toEqual([stake + RLC / 100n, -stake])
  expect(end.credited).toEqual([worker(1), worker(2)])
})

test('those who were right share the stakes of those who were not', () => {
  const end = finalize(dealOf(), [vote(1, 'proved'), vote(2, 'wrong')], original)
  const stake = (RLC * 30n) / 100n
  expect(balance(end, worker(2))).toEqual([0n, -stake])
  expect(balance(end, worker(1))[0]).toBe(stake + ((RLC + stake) * 99n) / 100n)
  expect(end.punished).toEqual([worker(2)])
})

test('heavier workers earn by the logarithm of their weight, and the pool keeps the dust', () => {
  const deal = dealOf({
    workerpool: { pointer: POOL, owner: POOL, price: 100n },
    workerStake: 0n,
    schedulerRewardRatio: 0n,
  })
  const end = finalize(deal, [vote(1, 'proved', 99n), vote(2, 'proved', 2n)], original)
  expect(balance(end, worker(1))[0]).toBe(85n)
  expect(balance(end, worker(2))[0]).toBe(14n)
  expect(balance(end, POOL)[0]).toBe(30n + 1n)
})

test('agreeing with oneself, or for less than the floor price, earns no score', () => {
  expect(finalize(dealOf(), [vote(1, 'proved')], original).credited).toEqual([])
  const policy = { ...original, scoreMinPrice: RLC + 1n }
  expect(finalize(dealOf(), [vote(1, 'proved'), vote(2, 'proved')], policy).credited).toEqual([])
})

test('the single worker who finalizes at once risks nothing and earns no score', () => {
  const end = contributeAndFinalize(dealOf(), worker(1), original)
  expect(balance(end, worker(1))).toEqual([(RLC * 99n) / 100n, 0n])
  expect([end.credited, end.punished]).toEqual([[], []])
})

test('a claimed task refunds the payer; who agreed and hid loses the stake to the kitty', () => {
  const votes = [vote(1, 'silent'), vote(2, 'proved'), vote(3, 'wrong'), vote(4, 'rejected')]
  const end = claim(dealOf(), votes)
  const stake = (RLC * 30n) / 100n
  expect(balance(end, PAYER)).toEqual([(RLC * 13n) / 10n, (-RLC * 13n) / 10n])
  expect(balance(end, POOL)).toEqual([0n, -stake])
  expect(balance(end, KITTY)).toEqual([0n, stake * 3n])
  expect(balance(end, worker(3))).toEqual([stake, -stake])
  expect(end.punished).toEqual([worker(1), worker(4)])
})

test('the untouched rest of a bag is refunded at once', () => {
  const end = untouched(dealOf(), 7n)
  expect(balance(end, PAYER)).toEqual([(RLC * 91n) / 10n, (-RLC * 91n) / 10n])
  expect(balance(end, KITTY)).toEqual([0n, 7n * poolStake(RLC)])
})

test.each([
  [0n, 0n],
  [RLC / 2n, RLC / 2n],
  [5n * RLC, RLC],
  [100n * RLC, 10n * RLC],
])('a kitty of %i pays %i when nothing caps it', (kitty, drawn) => {
  expect(fromKitty(RLC, { ...original, kitty })).toBe(drawn)
})

test('a capped kitty pays a part of the price, so a free task draws nothing', () => {
  const policy = { ...original, kitty: 100n * RLC, kittyCapPercent: 10n }
  expect([fromKitty(RLC, policy), fromKitty(0n, policy)]).toEqual([RLC / 10n, 0n])
})

test('an error costs a third of the score', () => {
  expect([0n, 1n, 2n, 3n, 300n].map(penalized)).toEqual([0n, 0n, 1n, 2n, 200n])
})

test('logWeight is the floor of the binary logarithm', () => {
  expect([1n, 2n, 3n, 4n, 7n, 8n, 99n].map(logWeight)).toEqual([0n, 1n, 1n, 2n, 2n, 3n, 6n])
})

const amount = fc.bigInt({ min: 0n, max: 2n ** 96n })
const deals = fc
  .record({ app: amount, dataset: amount, pool: amount, ratio: fc.bigInt(0n, 100n), stake: amount })
  .map(({ app, dataset, pool, ratio, stake }) =>
    dealOf({
      app: { pointer: APP, owner: APP, price: app },
      dataset: { pointer: DATASET, owner: DATASET, price: dataset },
      workerpool: { pointer: POOL, owner: POOL, price: pool },
      schedulerRewardRatio: ratio,
      workerStake: stake,
    }),
  )
const policies = fc.record({
  kitty: amount,
  kittyCapPercent: fc.constantFrom(0n, 10n, 250n, NO_CAP),
  scoreMinPrice: fc.constantFrom(0n, 1n),
})
const stands = fc.constantFrom<Vote['stands']>('proved', 'silent', 'wrong', 'rejected')
const ballots = fc
  .array(fc.tuple(stands, fc.bigInt(2n, 99n)), { minLength: 1, maxLength: 32 })
  .map((each) => each.map(([how, weight], n) => vote(n, how, weight)))

const total = ({ moves }: Settlement) =>
  moves.reduce((sum, { free, locked }) => sum + free + locked, 0n)

test('property: no settlement creates or loses money', () => {
  fc.assert(
    fc.property(deals, ballots, policies, (deal, votes, policy) => {
      expect(total(finalize(deal, [vote(99, 'proved'), ...votes], policy))).toBe(0n)
      expect(total(contributeAndFinalize(deal, worker(1), policy))).toBe(0n)
      expect(total(claim(deal, votes))).toBe(0n)
      expect(total(untouched(deal, BigInt(votes.length)))).toBe(0n)
    }),
  )
})

test('property: nobody is paid a negative amount, and locked money only ever leaves', () => {
  fc.assert(
    fc.property(deals, ballots, policies, (deal, votes, policy) => {
      const { moves } = finalize(deal, [vote(99, 'proved'), ...votes], policy)
      for (const { free, locked } of moves) expect([free >= 0n, locked <= 0n]).toEqual([true, true])
    }),
  )
})

test('property: who proved the result always gets at least the stake back', () => {
  fc.assert(
    fc.property(deals, ballots, policies, (deal, votes, policy) => {
      const end = finalize(deal, [vote(99, 'proved'), ...votes], policy)
      expect(balance(end, worker(99))[0] >= deal.workerStake).toBe(true)
    }),
  )
})

test('property: the kitty never gives more than it has', () => {
  fc.assert(
    fc.property(amount, policies, (price, policy) => {
      expect(fromKitty(price, policy) <= policy.kitty).toBe(true)
    }),
  )
})
