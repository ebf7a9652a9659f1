/**
 * The market's API beside its order books: deals, categories, and what clients must know.
 *
 * Routes, envelopes and texts are those of the PoCo market gateway, so that clients written for it
 * work here.
 */
import { z } from 'zod'
import * as Order from '../order.ts'
import { address, bytes32, uint256 } from '../scalars.ts'
import type { Api } from './define.ts'
import { date, onChain, paged, paging, whole } from './page.ts'

/** Orders that one request may publish. */
const MOST_TOGETHER = 500

const resource = z.object({ pointer: address, owner: address, price: uint256 })

const deal = z.object({
  dealid: bytes32,
  chainId: z.number().int(),
  app: resource,
  dataset: resource,
  workerpool: resource,
  requester: address,
  beneficiary: address,
  callback: address,
  appHash: bytes32,
  datasetHash: bytes32,
  workerpoolHash: bytes32,
  requestHash: bytes32,
  params: z.string(),
  volume: uint256,
  category: uint256,
  tag: bytes32,
  trust: uint256,
  startTime: uint256,
  botFirst: uint256,
  botSize: uint256,
  workerStake: uint256,
  schedulerRewardRatio: uint256,
  sponsor: address,
  blockNumber: z.number().int(),
  blockTimestamp: date,
  transactionHash: bytes32,
})
/** A deal as the market tells it. */
export type MarketDeal = z.output<typeof deal>

const category = z.object({
  catid: z.number().int(),
  chainId: z.number().int(),
  name: z.string(),
  description: z.string(),
  /** Seconds. */
  workClockTimeRef: uint256,
  transactionHash: bytes32,
  blockNumber: z.number().int(),
  blockTimestamp: date,
})

const candle = z.object({
  time: date,
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  /** Tasks. */
  volume: z.number(),
  deals: z.number().int(),
})

const jsonOrder = z.record(z.string(), z.unknown())
const side = z.object({ kind: z.enum(Order.kinds), field: z.string(), value: z.string() })

const dealFilters = {
  category: uint256.optional(),
  requester: address.optional(),
  beneficiary: address.optional(),
  app: address.optional(),
  dataset: address.optional(),
  workerpool: address.optional(),
  appOwner: address.optional(),
  datasetOwner: address.optional(),
  workerpoolOwner: address.optional(),
  apporderHash: bytes32.optional(),
  datasetorderHash: bytes32.optional(),
  workerpoolorderHash: bytes32.optional(),
  requestorderHash: bytes32.optional(),
}

export const marketApi = {
  version: {
    method: 'GET',
    path: '/version',
    returns: z.object({ version: z.string(), chainId: z.number().int(), hub: address }),
    about: 'Which release answers, for which chain and hub.',
  },
  broker: {
    method: 'GET',
    path: '/broker',
    returns: z.object({ address: address.optional(), fee: uint256 }),
    about:
      'Who matches requests without being asked, and the nRLC that a requester pays it a deal, by a transfer in the hub beforehand; no address when nobody does.',
  },
  challenge: {
    method: 'GET',
    path: '/challenge',
    query: z.object({ ...onChain, address }),
    returns: z.object({
      data: z.object({
        types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
        domain: z.object({ name: z.string(), version: z.string(), chainId: z.number().int() }),
        primaryType: z.literal('Challenge'),
        message: z.object({ challenge: z.string() }),
      }),
    }),
    about:
      'A text to sign for one write, as `authorization: <hash>_<signature>_<address>`; good once, for five minutes.',
  },
  publishMany: {
    method: 'POST',
    path: '/orders',
    auth: 'signed',
    query: z.object(onChain),
    body: z.object({
      orders: z
        .array(z.object({ kind: z.enum(Order.kinds), order: z.record(z.string(), z.unknown()) }))
        .min(1)
        .max(MOST_TOGETHER),
    }),
    returns: z.object({
      results: z.array(
        z.object({
          orderHash: bytes32.optional(),
          error: z.string().optional(),
          code: z.string().optional(),
        }),
      ),
    }),
    about:
      'Publishes up to 500 orders of one signer with one signature; each succeeds or fails alone.',
  },
  changes: {
    method: 'GET',
    path: '/changes',
    query: z.object({ ...onChain, after: whole.optional() }),
    returns: z.object({
      changes: z.array(
        z.object({
          sequence: z.number().int(),
          topic: z.enum(['orders', 'deals']),
          event: z.string(),
          payload: z.unknown(),
        }),
      ),
      /** The newest number: read it before a snapshot, then ask for what came after it. */
      sequence: z.number().int(),
    }),
    about:
      'What happened to book and deals after a number, 500 at most; the feed over socket.io at /ws tells the same.',
  },
  categories: {
    method: 'GET',
    path: '/categories',
    query: z.object({
      ...onChain,
      minWorkClockTimeRef: uint256.optional(),
      maxWorkClockTimeRef: uint256.optional(),
      ...paging,
    }),
    returns: z.object({ categories: z.array(category), ...paged }),
    about: 'How long tasks may take: the categories of the chain.',
  },
  category: {
    method: 'GET',
    path: '/categories/:catid',
    params: z.object({ catid: whole }),
    query: z.object(onChain),
    returns: category,
    fails: ['category/unknown'],
    about: 'One category.',
  },
  deals: {
    method: 'GET',
    path: '/deals',
    query: z.object({ ...onChain, ...dealFilters, ...paging }),
    returns: z.object({ deals: z.array(deal), ...paged }),
    about: 'Deals, newest first.',
  },
  deal: {
    method: 'GET',
    path: '/deals/:dealid',
    params: z.object({ dealid: bytes32 }),
    query: z.object(onChain),
    returns: deal,
    fails: ['deal/unknown'],
    about: 'One deal.',
  },
  ohlc: {
    method: 'GET',
    path: '/ohlc',
    query: z.object({
      ...onChain,
      category: uint256,
      /** Seconds of a candle, from a minute to a year. */
      interval: whole
        .refine((n) => n >= 60 && n <= 31_536_000, 'must be between 60 and 31536000')
        .optional(),
    }),
    returns: z.object({
      /** Time, price of the workerpool in nRLC and tasks of the last 100 deals, oldest first. */
      ohlc: z.array(z.tuple([date, z.number(), z.number()])),
      candles: z.array(candle),
    }),
    about:
      'What workerpools were paid in a category: the last deals, and the last 100 candles that are not empty.',
  },
  explain: {
    method: 'POST',
    path: '/explain',
    query: z.object(onChain),
    body: z.object({
      app: jsonOrder,
      dataset: jsonOrder.optional(),
      workerpool: jsonOrder,
      request: jsonOrder,
    }),
    returns: z.object({
      matches: z.boolean(),
      reasons: z.array(
        z.object({
          code: z.string(),
          why: z.string(),
          sides: z.array(side),
          change: side.optional(),
          needs: z.enum(['category', 'registration', 'signature']).optional(),
        }),
      ),
    }),
    fails: ['order/malformed'],
    about:
      'Whether signed orders make a deal; if not, everything in the way and the least change that helps.',
  },
} as const satisfies Api
