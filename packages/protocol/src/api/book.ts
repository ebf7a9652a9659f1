/**
 * Book: the calls of one order book. There are four, one a kind of order, and they are the same.
 *
 * Prices and volumes are JSON numbers on the wire and bigint on either side of it.
 */
import { z } from 'zod'
import type { Kind, Order } from '../order.ts'
import { schemaOf } from '../order.ts'
import { address, bytes32, uint256 } from '../scalars.ts'
import type { Api } from './define.ts'
import { date, onChain, paged, paging, yesOrNo } from './page.ts'

/** What an order in the book can be; only `open` ones are listed. */
export const statuses = ['open', 'filled', 'canceled', 'dead'] as const
export type Status = (typeof statuses)[number]

const addressOrAny = z.union([z.literal('any'), address])

const tagged = {
  minTag: bytes32.optional(),
  maxTag: bytes32.optional(),
  minVolume: uint256.optional(),
}

/** A restriction: absent, only orders open to anyone; an address, also those open to it alone. */
const restriction = addressOrAny.optional()
const strict = yesOrNo.optional()

const forApp = { app: restriction, isAppStrict: strict }
const forDataset = { dataset: restriction, isDatasetStrict: strict }
const forWorkerpool = { workerpool: restriction, isWorkerpoolStrict: strict }
const forRequester = { requester: restriction, isRequesterStrict: strict }

/** What each book can be asked for. */
const filters = {
  app: {
    app: addressOrAny.optional(),
    appOwner: address.optional(),
    ...forDataset,
    ...forWorkerpool,
    ...forRequester,
    ...tagged,
  },
  dataset: {
    dataset: addressOrAny.optional(),
    datasetOwner: address.optional(),
    ...forApp,
    ...forWorkerpool,
    ...forRequester,
    ...tagged,
    /** Only orders that a bulk may use: free and practically without end. */
    bulkOnly: yesOrNo.optional(),
  },
  workerpool: {
    category: uint256.optional(),
    workerpool: addressOrAny.optional(),
    workerpoolOwner: address.optional(),
    ...forApp,
    ...forDataset,
    ...forRequester,
    ...tagged,
    minTrust: uint256.optional(),
  },
  request: {
    category: uint256.optional(),
    requester: addressOrAny.optional(),
    beneficiary: addressOrAny.optional(),
    app: addressOrAny.optional(),
    dataset: addressOrAny.optional(),
    ...forWorkerpool,
    ...tagged,
    maxTrust: uint256.optional(),
  },
} as const

const findQuery = <K extends Kind>(kind: K) => z.object({ ...onChain, ...filters[kind], ...paging })

/** What the book of `kind` is asked for. */
export type Find<K extends Kind = Kind> = z.output<ReturnType<typeof findQuery<K>>>

/** The field of an order that names what it is about. */
export const subjectOf = {
  app: 'app',
  dataset: 'dataset',
  workerpool: 'workerpool',
  request: 'requester',
} as const satisfies Record<Kind, string>

const entry = <K extends Kind>(kind: K) =>
  z.object({
    orderHash: bytes32,
    chainId: z.number().int(),
    order: schemaOf(kind),
    /** Tasks that the order can still be matched for. */
    remaining: uint256,
    status: z.enum(statuses),
    publicationTimestamp: date,
    signer: address,
    /** Whether bulks may use it; dataset orders only. */
    bulk: z.boolean().optional(),
  })

/** An order as the book keeps it. */
export type Entry<K extends Kind = Kind> = z.output<ReturnType<typeof entry<K>>>

const unpublishing = (kind: Kind) =>
  z.union([
    z.object({ target: z.literal('unpublish_orderHash'), orderHash: bytes32 }),
    z
      .object({
        target: z.enum(['unpublish_last', 'unpublish_all']),
        app: address.optional(),
        dataset: address.optional(),
        workerpool: address.optional(),
        requester: address.optional(),
      })
      .refine((body) => body[subjectOf[kind]] !== undefined, `must name the ${subjectOf[kind]}`),
  ])

const publishing = <K extends Kind>() =>
  z.object({
    order: z.custom<Order<K>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be a signed order',
    ),
  })

/** The four calls of one book. */
export function bookApi<K extends Kind>(kind: K) {
  const path = `/${kind}orders`
  return {
    publish: {
      method: 'POST',
      path,
      auth: 'signed',
      query: z.object(onChain),
      body: publishing<K>(),
      returns: z.object({ published: entry(kind) }),
      fails: [
        'order/malformed',
        'order/bad-signature',
        'order/consumed',
        'order/closed',
        'order/already-published',
        'order/unknown-resource',
        'order/unaffordable',
        'order/too-many',
        'order/no-match',
      ],
      about: `Puts a signed ${kind} order in the book, once all that can be checked about it is.`,
    },
    unpublish: {
      method: 'PUT',
      path,
      auth: 'signed',
      query: z.object(onChain),
      body: unpublishing(kind),
      returns: z.object({ unpublished: z.array(bytes32) }),
      fails: ['order/unknown', 'request/forbidden'],
      about: `Takes ${kind} orders out of the book. The signature stays good: only a cancel on chain ends it.`,
    },
    find: {
      method: 'GET',
      path,
      query: findQuery(kind),
      returns: z.object({ orders: z.array(entry(kind)), ...paged }),
      about: `Open ${kind} orders, ${kind === 'request' ? 'best paying' : 'cheapest'} first.`,
    },
    show: {
      method: 'GET',
      path: `${path}/:orderHash`,
      params: z.object({ orderHash: bytes32 }),
      query: z.object(onChain),
      returns: entry(kind),
      fails: ['order/unknown'],
      about: `One published ${kind} order, whatever its status.`,
    },
  } as const satisfies Api
}
