import { Tag } from '@traboule/protocol'
import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import type { Address } from 'viem'
import { describe, expect, test } from 'vitest'
import { choose } from '../workers/choose.ts'
import type { Lease } from '../workers/lease.ts'
import { type Offer, openMatchmaker } from './matchmaker.ts'
import { total, weights } from './weigh.ts'

const resource = (n: number, price = 0n) => {
  return { pointer: anAddress(n), owner: anAddress(n + 1), price }
}
const [ann, bob, cid] = [anAddress(0xa1), anAddress(0xb1), anAddress(0xc1)]

const someTerms = (over: Partial<Offer['terms']> = {}): Offer['terms'] => ({
  dealId: someBytes32(1),
  workerpool: resource(0xb0, 100n),
  trust: 1n,
  category: 0n,
  tag: someBytes32(0),
  callback: anAddress(0),
  startTime: 0n,
  botFirst: 0n,
  botSize: 1n,
  workerStake: 0n,
  timeRef: 60n,
  appType: 'WASI',
  app: resource(0xa0),
  dataset: resource(0),
  requester: ann,
  params: '',
  ...over,
})

let count = 0
const anOffer = (terms: Offer['terms'], leases: readonly Lease[] = []): Offer => ({
  taskId: someBytes32(++count),
  terms,
  trust: terms.trust,
  appType: 'WASI',
  enclave: false,
  votes: [],
  ballots: [],
  belief: undefined,
  rejected: [],
  leases,
  contributionDeadline: 420n,
})

const said = (ad?: string) => ({ ad, appTypes: ['WASI'] })
const clock = { now: () => 0 }
const asking = (requirements: string) =>
  someTerms({ params: JSON.stringify({ traboule_requirements: requirements }) })

describe('who gets what', () => {
  const maker = openMatchmaker({ clock, policy: 'other.Cpus >= 2 || other.Cpus is undefined' })

  test('a task and a worker must want each other, and the pool both', () => {
    const big = maker.meet(
      ann,
      said('[Cpus = 4; MemoryMB = 64; Requirements = other.PayNano >= 50]'),
    )
    expect(big.accepts(asking('other.MemoryMB >= 64'))).toBe(true)
    expect(big.accepts(asking('other.MemoryMB >= 65'))).toBe(false)
    expect(big.accepts(someTerms({ workerpool: resource(0xb0, 49n) }))).toBe(false)
    expect(maker.meet(bob, said('[Cpus = 1; Requirements = true]')).accepts(someTerms())).toBe(
      false,
    )
    expect(maker.meet(cid, said()).accepts(someTerms())).toBe(true)
  })
  test('a task tagged gpu goes to workers with a device, and only if it is enough', () => {
    const tagged = (over = {}) => someTerms({ tag: Tag.encode(['gpu']), ...over })
    const params = JSON.stringify({ traboule_requirements: 'other.Gpus[0].MemoryMB >= 16000' })
    const one = '[Cpus = 4; GpuCount = 1; Gpus = {[MemoryMB = 8000]}; Requirements = true]'
    expect(maker.meet(ann, said(one)).accepts(tagged())).toBe(true)
    expect(maker.meet(ann, said(one)).accepts(tagged({ params }))).toBe(false)
    expect(maker.meet(bob, said('[Cpus = 4; Requirements = true]')).accepts(tagged())).toBe(false)
  })
  test('nobody runs a task whose Requirements cannot be read', () =>
    expect(maker.meet(cid, said()).accepts(asking('other.Cpus >='))).toBe(false))
  test('a worker cannot say that it has an enclave', () => {
    const view = maker.meet(ann, said('[Cpus = 4; Tee = true; Requirements = true]'))
    expect(view.accepts(asking('other.Tee'))).toBe(false)
  })
  test('an ad that cannot be read is refused by name', () =>
    expect(() => maker.meet(ann, said('[Cpus = '))).toThrow(
      expect.objectContaining({ code: 'ad/malformed' }),
    ))
})

test('says why workers do not suit', () => {
  const maker = openMatchmaker({ clock, policy: 'true' })
  for (let n = 0; n < 40; n++) {
    const refuses = n < 3 ? `other.App != "${resource(0xa0).pointer.toLowerCase()}"` : 'true'
    maker.meet(anAddress(n + 1), said(`[MemoryGB = ${n < 23 ? 16 : 8}; Requirements = ${refuses}]`))
  }
  expect(maker.explain(asking('other.MemoryGB >= 16'))).toMatchObject({
    workers: 40,
    able: 20,
    reasons: [
      { side: 'task', workers: 17, why: '17 of 40 workers lack MemoryGB >= 16' },
      {
        side: 'worker',
        workers: 3,
        why: expect.stringMatching(/^3 of 40 workers refuse this task/),
      },
    ],
  })
})

describe('what a task is worth to a worker', () => {
  const maker = openMatchmaker({ clock, policy: 'true' })
  const plain = anOffer(someTerms())
  const better = (terms: Offer['terms'], ad?: string) => {
    const [a = 0, b = 0] = maker.meet(ann, said(ad)).worth([plain, anOffer(terms)])
    return b - a
  }
  const holding = `[Requirements = true; Holds = {"${resource(0xd0).pointer}"}]`
  test.each([
    ['better paid', someTerms({ workerpool: resource(0xb0, 200n) }), undefined],
    [
      'liked by the worker',
      someTerms({ category: 3n }),
      '[Requirements = true; Rank = other.Category]',
    ],
    [
      'liking the worker',
      someTerms({ params: '{"traboule_rank":"other.Cpus"}' }),
      '[Requirements = true; Cpus = 8]',
    ],
    ['with its app at hand', someTerms({ app: resource(0xd0) }), holding],
    ['with its dataset at hand', someTerms({ dataset: resource(0xd0) }), holding],
    ['more urgent', someTerms({ startTime: -400n }), undefined],
  ])('more if %s', (_, terms, ad) => expect(better(terms, ad)).toBeGreaterThan(0))
  test('at most the sum of the weights', () => {
    const all = Object.values(weights).reduce((sum, each) => sum + each, 0)
    const one = { fairness: 1, urgency: 1, wanted: 1, liked: 1, locality: 1, price: 1 }
    expect(total(one)).toBe(all)
  })
})

/** Workers that always ask, tasks that all take as long: who worked, and for whom, after `rounds`. */
function simulate(
  requesters: readonly Address[],
  workers: number,
  tasks: number,
  due?: ReadonlyMap<Address, number>,
) {
  let nowMs = 0
  const maker = openMatchmaker({ clock: { now: () => nowMs }, policy: 'true', ...(due && { due }) })
  const queue = requesters.flatMap((requester) => {
    const terms = someTerms({ requester })
    return Array.from({ length: tasks }, () => anOffer(terms))
  })
  const done: { worker: Address; requester: Address | undefined }[] = []
  while (done.length < tasks) {
    for (let n = 1; n <= workers && done.length < tasks; n++) {
      const worker = anAddress(n)
      const { worth, accepts } = maker.meet(worker, said())
      const candidate = {
        worker,
        appTypes: ['WASI'],
        accepts: (each: Offer) => accepts(each.terms),
      }
      const [best] = choose(candidate, queue, nowMs, worth)
      if (!best) throw new Error('the queue is never empty')
      queue.splice(queue.indexOf(best), 1)
      maker.given(best.terms)
      done.push({ worker, requester: best.terms.requester })
    }
    nowMs += 1_000
  }
  return done
}

const tally = <T>(all: readonly T[]) =>
  [...Map.groupBy(all, (each) => each).values()].map((each) => each.length)
const jain = (all: readonly number[]) => {
  const sum = all.reduce((a, b) => a + b, 0)
  return sum ** 2 / (all.length * all.reduce((a, b) => a + b ** 2, 0))
}

test('200 equal tasks are spread evenly over equal workers and requesters', () => {
  const done = simulate([ann, bob, cid, anAddress(0xd1)], 10, 200)
  const [byWorker, byRequester] = [
    done.map(({ worker }) => worker),
    done.map(({ requester }) => requester),
  ]
  expect(tally(byWorker)).toHaveLength(10)
  expect(jain(tally(byWorker))).toBeGreaterThanOrEqual(0.95)
  expect(jain(tally(byRequester))).toBeGreaterThanOrEqual(0.95)
})

test('three requesters due 2, 1 and 1 get that within 5 % under saturation', () => {
  const done = simulate([ann, bob, cid], 7, 400, new Map([[ann, 2]]))
  const share = (who: Address) =>
    done.filter(({ requester }) => requester === who).length / done.length
  for (const [who, part] of [
    [ann, 0.5],
    [bob, 0.25],
    [cid, 0.25],
  ] as const)
    expect(Math.abs(share(who) / part - 1)).toBeLessThan(0.05)
})
