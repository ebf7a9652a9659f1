/** Routes: the wire on one side, book and index on the other. They translate and decide nothing. */
import { AppError, Order } from '@traboule/protocol'
import type { bookApi, Handlers, marketApi } from '@traboule/protocol/api'
import type { ChainClient, Head } from '@traboule/service-kit'
import type { Address, Hex, TypedDataDomain } from 'viem'
import type { Auth } from './auth.ts'
import { changesAfter, newest } from './changes.ts'
import { storable } from './db/text.ts'
import type { Db } from './db/tx.ts'
import { findCategories, findDeals, showCategory, showDeal } from './deals/deals.ts'
import { prices } from './deals/prices.ts'
import { keccak } from './keccak.ts'
import { show, unsafe } from './orders/entry.ts'
import { explain } from './orders/explain.ts'
import type { Fields } from './orders/kinds.ts'
import type { Publisher } from './orders/publish.ts'
import { find } from './orders/search.ts'
import type { SignatureChecker } from './orders/signature.ts'
import { unpublish } from './orders/unpublish.ts'

export type Parts = Readonly<{
  db: Db
  auth: Auth
  publisher: Publisher
  signatures: SignatureChecker
  client: ChainClient
  chainId: number
  hub: Address
  /** Where orders are signed for: one object, so that its hash is computed once. */
  on: TypedDataDomain
  version: string
  /** Who matches requests by itself, and what each deal costs; no address when nobody does. */
  broker: Readonly<{ address?: Address; fee: bigint }>
  /** Unix seconds of the last indexed block. */
  chainTime(): bigint
  /** Resolves when the index has what the chain has now. */
  caughtUp(): Promise<void>
  /** Newest block in the index. */
  head(): Head | undefined
}>

/** Changes in one answer. */
const CHANGES = 500

/** Seconds of a candle when nothing is said. */
const HOUR = 3_600

type BookApi<K extends Order.Kind> = ReturnType<typeof bookApi<K>>

/** The four calls of one book. */
export function bookRoutes<K extends Order.Kind>(kind: K, parts: Parts): Handlers<BookApi<K>> {
  const { db, chainId } = parts
  return {
    async publish({ query, body, caller }) {
      sameChain(query.chainId, parts)
      const published = await publish(kind, body.order, caller, parts)
      return { published }
    },
    async unpublish({ query, body, caller }) {
      sameChain(query.chainId, parts)
      const moment = { chainId, now: parts.chainTime() }
      return { unpublished: await unpublish(db, kind, caller, body, moment) }
    },
    async find({ query }) {
      const asked: Readonly<Record<string, unknown>> = query // each kind has filters of its own
      sameChain(Number(asked.chainId), parts)
      return find(db, kind, asked, chainId)
    },
    async show({ query, params }) {
      sameChain(query.chainId, parts)
      const { orderHash } = params
      return (
        (await show(db, kind, orderHash, chainId)) ??
        unknown('order/unknown', `${kind}order not found`)
      )
    },
  }
}

/** Puts an order in the book that `caller` signed. Throws what is wrong with it. */
export async function publish(kind: Order.Kind, input: unknown, caller: Address, parts: Parts) {
  const parsed = Order.parse(kind, input)
  const { sign, ...order } = parsed as Fields & { sign: Hex } // every kind's fields are these
  const large = unsafe(order)
  if (large)
    throw new AppError('order/malformed', `${large} must be at most 9007199254740991`, {
      field: large,
    })
  const unkept = Object.keys(order).find((name) => !storable(String(order[name])))
  if (unkept)
    throw new AppError('order/malformed', `${unkept} holds characters that are none`, {
      field: unkept,
    })
  const { chainId, hub, signatures, publisher } = parts
  const hash = Order.hash(kind, parsed, parts.on, keccak)
  const proof = await signatures.prove(caller, hash, sign)
  if (!proof) {
    const details = { signer: caller, orderHash: hash, chainId, hub }
    throw new AppError('order/bad-signature', 'invalid sign', details)
  }
  const kept = { kind, order: { ...order, sign }, hash, signer: caller, proof }
  return publisher.publish(kept)
}

/** The market's other calls. */
export function marketRoutes(parts: Parts): Handlers<typeof marketApi> {
  const { db, auth, chainId, hub, version } = parts
  return {
    version: async () => ({ version, chainId, hub }),
    broker: async () => parts.broker,
    async challenge({ query }) {
      sameChain(query.chainId, parts)
      const { types, ...rest } = await auth.challenge(query.address)
      return {
        data: {
          ...rest,
          types: { EIP712Domain: [...types.EIP712Domain], Challenge: [...types.Challenge] },
        },
      }
    },
    async publishMany({ query, body, caller }) {
      sameChain(query.chainId, parts)
      const each = body.orders.map(({ kind, order }) => publish(kind, order, caller, parts))
      const outcomes = await Promise.allSettled(each)
      return { results: outcomes.map(toResult) }
    },
    async changes({ query }) {
      sameChain(query.chainId, parts)
      const sequence = await newest(db)
      const after = query.after ?? sequence
      return { changes: await changesAfter(db, after, CHANGES), sequence }
    },
    async categories({ query }) {
      sameChain(query.chainId, parts)
      return findCategories(db, query, chainId)
    },
    async category({ query, params }) {
      sameChain(query.chainId, parts)
      const category = await showCategory(db, params.catid, chainId)
      return category ?? unknown('category/unknown', 'category not found')
    },
    async deals({ query }) {
      sameChain(query.chainId, parts)
      return findDeals(db, query, chainId)
    },
    async ohlc({ query }) {
      sameChain(query.chainId, parts)
      return prices(db, query.category, query.interval ?? HOUR)
    },
    async explain({ query, body }) {
      sameChain(query.chainId, parts)
      await parts.caughtUp()
      return explain(body, parts)
    },
    async deal({ query, params }) {
      sameChain(query.chainId, parts)
      return (
        (await showDeal(db, params.dealid, chainId)) ?? unknown('deal/unknown', 'deal not found')
      )
    },
  }
}

function toResult(outcome: PromiseSettledResult<{ orderHash: Hex }>) {
  if (outcome.status === 'fulfilled') return { orderHash: outcome.value.orderHash }
  if (outcome.reason instanceof AppError)
    return { error: outcome.reason.message, code: outcome.reason.code }
  throw outcome.reason
}

/** Throws `order/wrong-chain` for what is asked of another chain. */
export function sameChain(asked: number, { chainId }: Parts): void {
  if (asked === chainId) return
  throw new AppError('order/wrong-chain', `chainId ${asked} is not supported`, {
    supported: [chainId],
  })
}

function unknown(
  code: 'order/unknown' | 'category/unknown' | 'deal/unknown',
  sentence: string,
): never {
  throw new AppError(code, sentence)
}
