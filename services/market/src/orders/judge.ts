/**
 * Judge: what a signed order is worth now. The same for an order that arrives and for one in the
 * book after the chain moved, so that the book never says anything a new order would be refused for.
 */
import { type Details, type ErrorCode, type Order, Salt, Scalar, Tag } from '@traboule/protocol'
import type { Book } from '@traboule/protocol/api'
import type { Address, Hex } from 'viem'
import { type Fields, kinds, subject } from './kinds.ts'

export type Judged = Readonly<{ kind: Order.Kind; order: Fields; signer: Address }>

/** What the chain and the book say about an order. */
export type Facts = Readonly<{
  /** Tasks that the chain already counted against it. */
  consumed: bigint
  closed: boolean
  /** Who owns the asset it sells; undefined when there is no such asset. */
  owner: Address | undefined
  /** Whether the chain no longer takes the order's signature for its signer's. */
  lapsed: boolean
  /** Which epoch of the signer's orders counts. */
  epoch: bigint
  /** nRLC the signer has in the hub, not locked. */
  balance: bigint
  /** Lowest price of open orders that a request could be matched with; undefined when none. */
  cheapest: Readonly<{ app: bigint | undefined; dataset: bigint | undefined }>
  /** Unix seconds of the chain. */
  now: bigint
}>

export type Verdict = Readonly<{
  status: Book.Status
  remaining: bigint
  /** Why it is not open. */
  because?: Readonly<{ code: ErrorCode; sentence: string; details?: Details }>
}>

/** The order's status, how many tasks are left in it, and what is wrong with it. */
export function judge(judged: Judged, facts: Facts): Verdict {
  const volume = BigInt(judged.order.volume ?? 0n)
  const left = volume - facts.consumed
  const remaining = facts.closed || left < 0n ? 0n : left
  if (facts.closed) return over('canceled', 'order/closed', 'order already consumed')
  if (remaining === 0n) return over('filled', 'order/consumed', 'order already consumed')
  const because = problem(judged, facts, remaining)
  if (because?.code === 'order/closed') return { status: 'canceled', remaining: 0n, because }
  return because ? { status: 'dead', remaining, because } : { status: 'open', remaining }
}

const over = (status: Book.Status, code: ErrorCode, sentence: string): Verdict => ({
  status,
  remaining: 0n,
  because: { code, sentence },
})

function problem(judged: Judged, facts: Facts, remaining: bigint): Verdict['because'] {
  const { kind, order, signer } = judged
  const terms = Salt.read(String(order.salt) as Hex) // parsed by the order's schema
  if (terms.epoch !== facts.epoch)
    return {
      code: 'order/closed',
      sentence: 'order revoked by its signer',
      details: { epoch: facts.epoch },
    }
  if (terms.expiry !== undefined && facts.now >= terms.expiry)
    return { code: 'order/expired', sentence: 'order expired', details: { expiry: terms.expiry } }
  if (kinds[kind].sells && facts.owner === undefined)
    return { code: 'order/unknown-resource', sentence: 'Resource not deployed' }
  const owner = kinds[kind].sells ? facts.owner : subject(kind, order)
  if (owner !== signer)
    return {
      code: 'request/forbidden',
      sentence: `only order signer ${owner} can publish an order`,
      details: { owner, signer },
    }
  if (facts.lapsed) return { code: 'order/bad-signature', sentence: 'signature no longer valid' }
  const stake = kinds[kind].stake?.(order, remaining)
  if (stake && facts.balance < stake.atLeast)
    return {
      code: 'order/unaffordable',
      sentence: stake.otherwise,
      details: { required: stake.atLeast, available: facts.balance },
    }
  return kind === 'request' ? counterpart(order, facts) : undefined
}

/** A request needs an app order, and a dataset order if it names a dataset, that it can pay. */
function counterpart(order: Fields, { cheapest }: Facts): Verdict['because'] {
  const code = 'order/no-match'
  const tee = Tag.includes(String(order.tag) as Hex, Tag.encode(['tee'])) ? 'tee enabled ' : ''
  for (const side of ['app', 'dataset'] as const) {
    const asset = order[side]
    if (asset === Scalar.nullAddress) continue
    const price = cheapest[side]
    if (price === undefined)
      return {
        code,
        sentence: `No ${side === 'app' ? tee : ''}${side}order published for ${side} ${asset}`,
      }
    if (price > BigInt(order[`${side}maxprice`] ?? 0n)) {
      const cheapestOf = `is too low, the cheapest ${side}order costs ${price} nRLC`
      const sentence = `${side}maxprice for ${side} ${asset} ${cheapestOf}`
      return { code, sentence, details: { price } }
    }
  }
  return undefined
}
