/** Offers: the orders that a history may match, as they come from people who do not always agree. */
import { Course, Match, Order, Salt } from '@traboule/protocol'
import type { Offer, Offers } from '@traboule/protocol/hub'
import {
  type Address,
  type Hex,
  numberToHex,
  type TypedDataDomain,
  zeroAddress,
  zeroHash,
} from 'viem'
import type { Dice } from './dice.ts'
import type { Stage } from './replay.ts'

/** Orders of each kind; a dataset's first is none. */
export type Book = { readonly [K in Order.Kind]: readonly Offer<K>[] }

/** When every history begins, in Unix seconds. */
export const START = 1_800_000_000n
/** T of the categories of the stage. */
export const CLOCKS = [300n, 2_100n] as const
/** What a signer of the stage accepts. */
export const SIGNED: Hex = '0x01'
export const UNSIGNED: Hex = '0x02'

const ANYTHING = 2n ** 256n - 1n
const TEE = 1n
const BOUND_RESULTS = 1n << 32n

/** Chain and hub that orders are for. */
export const domainOf = ({ hub }: Stage): TypedDataDomain => Order.domain(31_337, hub)

export function makeBook(dice: Dice, stage: Stage, domain: TypedDataDomain): Book {
  const offer = <K extends Order.Kind>(kind: K, order: Order.Unsigned<K>): Offer<K> => {
    const signed = dice.percent(96)
    const hash = Order.hash(kind, order, domain)
    return { hash, order: { ...order, sign: signed ? SIGNED : UNSIGNED }, signed }
  }
  const many = <T>(count: number, make: () => T) => Array.from({ length: count }, make)
  const none = { hash: zeroHash, order: Order.noDataset, signed: true }
  return {
    app: stage.apps.map((app) => offer('app', appOrder(dice, stage, app))),
    dataset: [
      none,
      ...stage.datasets.map((each) => offer('dataset', datasetOrder(dice, stage, each))),
    ],
    workerpool: many(3, () => offer('workerpool', workerpoolOrder(dice, stage))),
    request: many(4, () => offer('request', requestOrder(dice, stage))),
  }
}

/** Four orders, most often such that go together. */
export function choose(dice: Dice, book: Book): Offers {
  for (let tries = 0; ; tries++) {
    const request = dice.pick(book.request)
    const fits = dice.percent(98)
    const app = book.app.find(({ order }) => fits && order.app === request.order.app)
    const dataset = book.dataset.find(
      ({ order }) => fits && order.dataset === request.order.dataset,
    )
    const offers = {
      app: app ?? dice.pick(book.app),
      dataset: dataset ?? dice.pick(book.dataset),
      workerpool: dice.pick(book.workerpool),
      request,
    }
    if (tries === 4 || agree(offers)) return offers
  }
}

function agree({ app, dataset, workerpool, request }: Offers): boolean {
  const orders = {
    app: app.order,
    dataset: dataset.order,
    workerpool: workerpool.order,
    request: request.order,
  }
  const categoryExists = request.order.category < BigInt(CLOCKS.length)
  return !Match.disagreement(orders, { categoryExists, isMember: () => false })
}

function price(dice: Dice): bigint {
  return dice.pick([0n, 1n, 7n, 100_000_000n, 1_000_000_000n, 1_234_567_891n, 3_333_333_333n])
}

/** 0 is anyone. */
function limit(dice: Dice, usual: readonly Address[]): Address {
  return dice.percent(98) ? zeroAddress : dice.pick(usual)
}

function tag(dice: Dice, bits: readonly (readonly [weight: number, bigint])[]): Hex {
  return numberToHex(dice.weighed(bits), { size: 32 })
}

const volume = (dice: Dice) => BigInt(1 + dice.below(7))

/** Unlike all others, and sometimes with terms. */
function salt(dice: Dice, { people }: Stage): Hex {
  const unique = Uint8Array.from({ length: 3 }, () => dice.below(256))
  if (dice.percent(93)) return numberToHex(BigInt(dice.below(2 ** 32)), { size: 32 })
  return Salt.write({
    unique,
    epoch: dice.percent(70) ? 0n : 1n,
    ...(dice.percent(50) && { expiry: START + dice.pick([0n, BigInt(dice.below(3_000))]) }),
    ...(dice.percent(30) && { matcher: dice.pick(people) }),
  })
}

function appOrder(dice: Dice, stage: Stage, app: Address): Order.Unsigned<'app'> {
  return {
    app,
    appprice: price(dice),
    volume: 3n * volume(dice),
    tag: tag(dice, [
      [90, 0n],
      [8, TEE],
      [2, 4n << 40n],
    ]),
    datasetrestrict: limit(dice, stage.datasets),
    workerpoolrestrict: limit(dice, stage.pools),
    requesterrestrict: limit(dice, stage.people),
    salt: salt(dice, stage),
  }
}

function datasetOrder(dice: Dice, stage: Stage, dataset: Address): Order.Unsigned<'dataset'> {
  return {
    dataset,
    datasetprice: price(dice),
    volume: 3n * volume(dice),
    tag: tag(dice, [
      [90, 0n],
      [7, 2n],
      [3, 256n],
    ]),
    apprestrict: limit(dice, stage.apps),
    workerpoolrestrict: limit(dice, stage.pools),
    requesterrestrict: limit(dice, stage.people),
    salt: salt(dice, stage),
  }
}

function workerpoolOrder(dice: Dice, stage: Stage): Order.Unsigned<'workerpool'> {
  return {
    workerpool: dice.pick(stage.pools),
    workerpoolprice: price(dice),
    volume: 3n * volume(dice),
    tag: tag(dice, [
      [92, ANYTHING],
      [8, BOUND_RESULTS],
    ]),
    category: dice.percent(96) ? 0n : 1n,
    trust: dice.percent(95) ? 20n : 1n,
    apprestrict: limit(dice, stage.apps),
    datasetrestrict: limit(dice, stage.datasets),
    requesterrestrict: limit(dice, stage.people),
    salt: salt(dice, stage),
  }
}

function requestOrder(dice: Dice, stage: Stage): Order.Unsigned<'request'> {
  const requester = dice.pick(stage.people)
  const most = () => (dice.percent(98) ? ANYTHING : 0n)
  return {
    app: dice.pick(stage.apps),
    appmaxprice: most(),
    dataset: dice.percent(50) ? zeroAddress : dice.pick(stage.datasets),
    datasetmaxprice: most(),
    workerpool: limit(dice, stage.pools),
    workerpoolmaxprice: most(),
    requester,
    volume: volume(dice),
    tag: tag(dice, [
      [62, 0n],
      [16, BOUND_RESULTS],
      [12, Course.CONTESTABLE],
      [6, 2n << 40n],
      [2, Course.CONTESTABLE | (1n << 40n)],
      [2, TEE],
      [2, 1n << 255n],
    ]),
    category: dice.weighed([
      [95, 0n],
      [3, 1n],
      [2, 2n],
    ]),
    trust: dice.percent(35) ? BigInt(dice.below(2)) : BigInt(dice.below(21)),
    beneficiary: requester,
    callback: dice.percent(85) ? zeroAddress : dice.pick(stage.people),
    params: '',
    salt: salt(dice, stage),
  }
}
