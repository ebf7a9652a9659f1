/**
 * Kinds: the four kinds of orders as the book sees them, in one table. What differs between them
 * is here; publishing, judging and finding are the same for all.
 */
import { type Order, Scalar } from '@traboule/protocol'
import { Book } from '@traboule/protocol/api'
import type { Address } from 'viem'

/** An order of any kind, its fields by name. */
export type Fields = Readonly<Record<string, string | bigint>>

/** The addresses an order speaks of; zero means anyone or none. */
export type Parties = Readonly<{
  app: Address
  dataset: Address
  workerpool: Address
  requester: Address
}>

export type KindRow = Readonly<{
  /** The table of the asset that the order sells; none for requests, whose signer is a field. */
  sells?: 'apps' | 'datasets' | 'workerpools'
  parties(order: Fields): Parties
  /** nRLC per task that the book sorts by, lowest first. */
  rank(order: Fields): bigint
  /** nRLC that the signer must have staked for `remaining` tasks, and how a lack of it is told. */
  stake?(order: Fields, remaining: bigint): Readonly<{ atLeast: bigint; otherwise: string }>
}>

const at = (order: Fields, name: string): Address => {
  const value = order[name]
  return typeof value === 'string' ? (value as Address) : Scalar.nullAddress // parsed by the order's schema
}
const amount = (order: Fields, name: string): bigint => BigInt(order[name] ?? 0n)

/** Percent of the workerpool price that its owner stakes on each task. Source: PoCo v6. */
const POOL_STAKE_PERCENT = 30n

export const kinds: Readonly<Record<Order.Kind, KindRow>> = {
  app: {
    sells: 'apps',
    parties: (order) => ({
      app: at(order, 'app'),
      dataset: at(order, 'datasetrestrict'),
      workerpool: at(order, 'workerpoolrestrict'),
      requester: at(order, 'requesterrestrict'),
    }),
    rank: (order) => amount(order, 'appprice'),
  },
  dataset: {
    sells: 'datasets',
    parties: (order) => ({
      app: at(order, 'apprestrict'),
      dataset: at(order, 'dataset'),
      workerpool: at(order, 'workerpoolrestrict'),
      requester: at(order, 'requesterrestrict'),
    }),
    rank: (order) => amount(order, 'datasetprice'),
  },
  workerpool: {
    sells: 'workerpools',
    parties: (order) => ({
      app: at(order, 'apprestrict'),
      dataset: at(order, 'datasetrestrict'),
      workerpool: at(order, 'workerpool'),
      requester: at(order, 'requesterrestrict'),
    }),
    rank: (order) => amount(order, 'workerpoolprice'),
    stake: (order, remaining) => ({
      atLeast: ((amount(order, 'workerpoolprice') * POOL_STAKE_PERCENT) / 100n) * remaining,
      otherwise: "workerpool owner's stake is too low to cover required workerpool lock",
    }),
  },
  request: {
    parties: (order) => ({
      app: at(order, 'app'),
      dataset: at(order, 'dataset'),
      workerpool: at(order, 'workerpool'),
      requester: at(order, 'requester'),
    }),
    rank: (order) => -amount(order, 'workerpoolmaxprice'), // who pays most comes first
    stake: (order, remaining) => {
      const prices = ['appmaxprice', 'datasetmaxprice', 'workerpoolmaxprice']
      const atLeast = prices.reduce((sum, name) => sum + amount(order, name), 0n) * remaining
      const minimum = `minimum stake required is ${atLeast} nRLC`
      const otherwise = `requester stake is too low to cover requestorder payment, ${minimum}`
      return { atLeast, otherwise }
    },
  },
}

/** The address that an order of `kind` is about: its asset, or who requests. */
export const subject = (kind: Order.Kind, order: Fields): Address => at(order, Book.subjectOf[kind])

/** Bulks may use dataset orders that are free and practically without end. */
export const isBulk = (kind: Order.Kind, rank: bigint, volume: bigint): boolean =>
  kind === 'dataset' && rank === 0n && volume >= Scalar.MAX_SAFE - 1n
