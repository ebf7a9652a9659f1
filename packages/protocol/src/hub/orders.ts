/** Orders: matched, signed on chain, closed and revoked. */
import type { Address, Hex } from 'viem'
import * as Course from '../course.ts'
import * as Deal from '../deal.ts'
import * as Match from '../match.ts'
import type { Kind, Order } from '../order.ts'
import * as Payment from '../payment.ts'
import * as Salt from '../salt.ts'
import { nullAddress } from '../scalars.ts'
import { lock, unlock } from './money.ts'
import type { Refused } from './refusal.ts'
import { type Asset, account, type Hub } from './state.ts'

/** An order as it comes to the hub; `signed`: its signature is the owner's. */
export type Offer<K extends Kind = Kind> = Readonly<{
  hash: Hex
  order: Order<K>
  signed: boolean
}>
export type Offers = { readonly [K in Kind]: Offer<K> }

export type OrderAction =
  | Readonly<{ do: 'match'; by: Address; offers: Offers; sponsored: boolean }>
  | Readonly<{ do: 'sign' | 'close'; by: Address; kind: Kind; offer: Offer }>
  | Readonly<{ do: 'revoke'; by: Address }>

type Matching = Extract<OrderAction, { do: 'match' }>

export function order(hub: Hub, action: OrderAction, now: bigint): Refused {
  switch (action.do) {
    case 'match':
      return match(hub, action, now)
    case 'revoke':
      account(hub, action.by).epoch += 1n
      return undefined
    default: {
      const { kind, offer, by } = action
      if (ownerOf(hub, kind, offer.order) !== by) return 'invalid-sender-or-signature'
      if (action.do === 'sign') hub.presigned.set(offer.hash, by)
      else hub.consumed.set(offer.hash, offer.order.volume)
      return undefined
    }
  }
}

function match(hub: Hub, { by, offers, sponsored }: Matching, now: bigint): Refused {
  const { app, dataset, workerpool, request } = offers
  const orders = {
    app: app.order,
    dataset: dataset.order,
    workerpool: workerpool.order,
    request: request.order,
  }
  const categoryExists = request.order.category < BigInt(hub.settings.clocks.length)
  const isMember = () => false // nobody keeps a group
  const code = Match.disagreement(orders, { categoryExists, isMember })
  if (code) return `iExecV5-matchOrders-${code}`
  for (const kind of kindsIn(offers)) {
    const refused = standing(hub, { by, kind, offer: offers[kind], now })
    if (refused) return refused
  }
  const before = (kind: Kind) => hub.consumed.get(offers[kind].hash) ?? 0n
  const consumed = {
    app: before('app'),
    dataset: before('dataset'),
    workerpool: before('workerpool'),
    request: before('request'),
  }
  const volume = Match.volume(orders, consumed)
  if (volume === 0n) return 'iExecV5-matchOrders-0x60'
  const deal = dealOf(hub, offers, {
    dealId: Deal.id(request.hash, consumed.request),
    botFirst: consumed.request,
    botSize: volume,
    startTime: now,
    sponsor: sponsored ? by : request.order.requester,
  })
  const refused = commit(hub, deal)
  if (refused) return refused
  for (const kind of kindsIn(offers)) hub.consumed.set(offers[kind].hash, consumed[kind] + volume)
  return undefined
}

/** Locks what the deal costs the payer and the pool, and keeps it. */
function commit(hub: Hub, deal: Deal.Deal): Refused {
  const price = Payment.price(deal) * deal.botSize
  const stake = Payment.poolStake(deal.workerpool.price) * deal.botSize
  const refused = lock(hub, deal.sponsor, price)
  if (refused) return refused
  const tooPoor = lock(hub, deal.workerpool.owner, stake)
  if (tooPoor) {
    unlock(hub, deal.sponsor, price)
    return tooPoor
  }
  hub.deals.set(deal.dealId, {
    deal,
    clock: hub.settings.clocks[Number(deal.category)] ?? 0n,
    untouched: deal.botSize,
    closed: false,
    slices: [],
    frontEnded: false,
  })
  return undefined
}

type Met = Pick<Deal.Deal, 'dealId' | 'botFirst' | 'botSize' | 'startTime' | 'sponsor'>

function dealOf(hub: Hub, offers: Offers, met: Met): Deal.Deal {
  const [app, dataset, pool, request] = [
    offers.app.order,
    offers.dataset.order,
    offers.workerpool.order,
    offers.request.order,
  ]
  const resource = (pointer: Address, price: bigint) => ({
    pointer,
    owner: assetAt(hub, pointer)?.owner ?? nullAddress,
    price: pointer === nullAddress ? 0n : price,
  })
  const tag = Match.tag({ app, dataset, workerpool: pool, request })
  const { workerStakePercent = 0n, schedulerPercent = 0n } = assetAt(hub, pool.workerpool) ?? {}
  return {
    ...met,
    app: resource(app.app, app.appprice),
    dataset: resource(dataset.dataset, dataset.datasetprice),
    workerpool: resource(pool.workerpool, pool.workerpoolprice),
    trust: request.trust === 0n ? 1n : request.trust,
    category: request.category,
    tag,
    requester: request.requester,
    beneficiary: request.beneficiary,
    callback: request.callback,
    params: request.params,
    workerStake: (pool.workerpoolprice * Course.stakePercent(tag, workerStakePercent)) / 100n,
    schedulerRewardRatio: schedulerPercent,
  }
}

const codes = {
  app: { unregistered: '0x20', unsigned: '0x21' },
  dataset: { unregistered: '0x30', unsigned: '0x31' },
  workerpool: { unregistered: '0x40', unsigned: '0x41' },
  request: { unregistered: '0x50', unsigned: '0x50' },
} as const

type Question = Readonly<{ by: Address; kind: Kind; offer: Offer; now: bigint }>

/** What speaks against one order, whatever the others say. */
function standing(hub: Hub, { by, kind, offer, now }: Question): Refused {
  const owner = ownerOf(hub, kind, offer.order)
  if (!owner) return `iExecV5-matchOrders-${codes[kind].unregistered}`
  if (!offer.signed && hub.presigned.get(offer.hash) !== owner)
    return `iExecV5-matchOrders-${codes[kind].unsigned}`
  return mayBeMatched(hub, { by, owner, offer, now })
}

type Asked = Readonly<{ by: Address; owner: Address; offer: Offer; now: bigint }>

/** What the order's salt says against it. */
export function mayBeMatched(hub: Hub, { by, owner, offer, now }: Asked): Refused {
  const { epoch, expiry, matcher } = Salt.read(offer.order.salt)
  if (epoch !== account(hub, owner).epoch) return 'OrderRevoked'
  if (expiry !== undefined && now >= expiry) return 'OrderExpired'
  if (matcher !== undefined && !by.endsWith(matcher.slice(2))) return 'OrderReserved'
  return undefined
}

/** In the order in which the hub looks at them. */
function kindsIn({ dataset }: Offers): readonly Kind[] {
  const isWithout = dataset.order.dataset === nullAddress
  return isWithout ? ['app', 'workerpool', 'request'] : ['app', 'dataset', 'workerpool', 'request']
}

/** Whose signature the order needs. */
export function ownerOf(hub: Hub, kind: Kind, order: Offer['order']): Address | undefined {
  const fields = order as Partial<Record<Kind | 'requester', Address>> // one of the four
  if (kind === 'request') return fields.requester
  return assetAt(hub, fields[kind] ?? nullAddress)?.owner
}

function assetAt({ settings }: Hub, address: Address): Asset | undefined {
  return settings.assets.get(address)
}
