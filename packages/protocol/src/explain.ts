/**
 * Explain: everything that keeps four orders from matching, and the least change that would help.
 *
 * The rules are those of `match.ts`, asked again after each change until none is broken: what is
 * suggested is therefore known to work.
 */
import type { Hex } from 'viem'
import * as Match from './match.ts'
import { type Kind, kinds, type Quartet } from './order.ts'

/** A field of one order, as a reader finds it. */
export type Side = Readonly<{ kind: Kind; field: string; value: string | bigint }>

export type Reason = Readonly<{
  code: Match.Code
  why: string
  /** The values that do not go together. */
  sides: readonly Side[]
  /** The least change of an order that satisfies the rule; nothing when none can. */
  change?: Side
  /** What must happen outside the orders instead. */
  needs?: 'category' | 'registration' | 'signature'
}>

type State = Readonly<{ orders: Quartet; facts: Match.Facts }>
type Repair = Readonly<{
  sides: readonly (readonly [Kind, string])[]
  /** A changed field, or facts as they would have to be. */
  to: (state: State) => Side | Match.Facts
  needs?: NonNullable<Reason['needs']>
}>

/** Why these orders do not match: every reason, in the chain's order; none when they do. */
export function reasons(orders: Quartet, facts: Match.Facts): Reason[] {
  const found: Reason[] = []
  let state: State = { orders, facts }
  for (;;) {
    const code = Match.refusal(state.orders, state.facts)
    if (!code) return found
    const { sides, to, needs } = repairs[code]
    const answer = to(state)
    const change = 'kind' in answer ? answer : undefined
    found.push({
      code,
      why: Match.explain(code),
      sides: sides.map(([kind, field]) => ({ kind, field, value: valueIn(orders, kind, field) })),
      ...(change && { change }),
      ...(needs && { needs }),
    })
    state =
      'kind' in answer
        ? { ...state, orders: apply(state.orders, answer) }
        : { ...state, facts: answer }
  }
}

/** The orders with one field changed. */
export function apply(orders: Quartet, { kind, field, value }: Side): Quartet {
  return { ...orders, [kind]: { ...orders[kind], [field]: value } }
}

const valueIn = (orders: Quartet, kind: Kind, field: string): string | bigint =>
  (orders[kind] as unknown as Record<string, string | bigint>)[field] ?? '' // fields of orders

/** Takes over what another order says. */
const copy = (to: readonly [Kind, string], from: readonly [Kind, string]): Repair => ({
  sides: [to, from],
  to: ({ orders }) => ({ kind: to[0], field: to[1], value: valueIn(orders, ...from) }),
})

const registration = (kind: 'app' | 'dataset' | 'workerpool'): Repair => ({
  sides: [[kind, kind]],
  to: ({ facts }) => ({ ...facts, registered: { ...facts.registered, [kind]: true } }),
  needs: 'registration',
})

const signature = (kind: Kind): Repair => ({
  sides: [[kind, 'sign']],
  to: ({ facts }) => ({ ...facts, signed: { ...facts.signed, [kind]: true } }),
  needs: 'signature',
})

const TEE = 1n
const asTag = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`

/** The asker gives up what only the asker wanted; else the pool must offer more. */
function pooledTag({ orders }: State): Side {
  const [required, offered] = [BigInt(Match.tag(orders)), BigInt(orders.workerpool.tag)]
  const asked = BigInt(orders.request.tag)
  const without = { ...orders, request: { ...orders.request, tag: asTag(asked & offered) } }
  if ((BigInt(Match.tag(without)) & ~offered) === 0n)
    return { kind: 'request', field: 'tag', value: asTag(asked & offered) }
  return { kind: 'workerpool', field: 'tag', value: asTag(offered | required) }
}

function enclaveTag({ orders }: State): Side {
  const asked = BigInt(orders.request.tag) & ~TEE
  const without = { ...orders, request: { ...orders.request, tag: asTag(asked) } }
  if ((BigInt(Match.tag(without)) & TEE) === 0n)
    return { kind: 'request', field: 'tag', value: asTag(asked) }
  return { kind: 'app', field: 'tag', value: asTag(BigInt(orders.app.tag) | TEE) }
}

/** The first order without volume is signed for one task more than is used up. */
function oneMore({ orders, facts }: State): Side {
  const used = kinds.filter((kind) => kind !== 'dataset' || BigInt(orders.dataset.dataset) !== 0n)
  const kind = used.find((each) => orders[each].volume <= facts.consumed[each]) ?? 'request'
  return { kind, field: 'volume', value: facts.consumed[kind] + 1n }
}

const repairs: Readonly<Record<Match.Code, Repair>> = {
  '0x00': copy(['request', 'category'], ['workerpool', 'category']),
  '0x01': {
    sides: [['request', 'category']],
    to: ({ facts }) => ({ ...facts, categoryExists: true }),
    needs: 'category',
  },
  '0x02': copy(['request', 'trust'], ['workerpool', 'trust']),
  '0x03': copy(['request', 'appmaxprice'], ['app', 'appprice']),
  '0x04': copy(['request', 'datasetmaxprice'], ['dataset', 'datasetprice']),
  '0x05': copy(['request', 'workerpoolmaxprice'], ['workerpool', 'workerpoolprice']),
  '0x06': {
    sides: [
      ['request', 'tag'],
      ['app', 'tag'],
      ['workerpool', 'tag'],
    ],
    to: pooledTag,
  },
  '0x07': {
    sides: [
      ['request', 'tag'],
      ['dataset', 'tag'],
      ['app', 'tag'],
    ],
    to: enclaveTag,
  },
  '0x10': copy(['request', 'app'], ['app', 'app']),
  '0x11': copy(['request', 'dataset'], ['dataset', 'dataset']),
  '0x12': copy(['request', 'workerpool'], ['workerpool', 'workerpool']),
  '0x13': copy(['app', 'datasetrestrict'], ['dataset', 'dataset']),
  '0x14': copy(['app', 'workerpoolrestrict'], ['workerpool', 'workerpool']),
  '0x15': copy(['app', 'requesterrestrict'], ['request', 'requester']),
  '0x16': copy(['dataset', 'apprestrict'], ['app', 'app']),
  '0x17': copy(['dataset', 'workerpoolrestrict'], ['workerpool', 'workerpool']),
  '0x18': copy(['dataset', 'requesterrestrict'], ['request', 'requester']),
  '0x19': copy(['workerpool', 'apprestrict'], ['app', 'app']),
  '0x1a': copy(['workerpool', 'datasetrestrict'], ['dataset', 'dataset']),
  '0x1b': copy(['workerpool', 'requesterrestrict'], ['request', 'requester']),
  '0x20': registration('app'),
  '0x21': signature('app'),
  '0x30': registration('dataset'),
  '0x31': signature('dataset'),
  '0x40': registration('workerpool'),
  '0x41': signature('workerpool'),
  '0x50': signature('request'),
  '0x60': {
    sides: [
      ['app', 'volume'],
      ['dataset', 'volume'],
      ['workerpool', 'volume'],
      ['request', 'volume'],
    ],
    to: oneMore,
  },
}
