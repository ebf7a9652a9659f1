/**
 * Match: do these four orders make a deal, and of how many tasks?
 *
 * The chain decides (`contracts/src/libraries/Match.sol` and `MatchFacet.sol`); this is the same
 * table for those who must foresee it. Rules are in the chain's order: the first that fails is the
 * one `matchOrders` reverts with, as `iExecV5-matchOrders-0xNN`.
 */
import type { Address, Hex } from 'viem'
import { LIFE } from './course.ts'
import type { Kind, Quartet } from './order.ts'
import { nullAddress } from './scalars.ts'

/** What the orders do not say themselves. Amounts and seconds as on the chain. */
export type Facts = Readonly<{
  categoryExists: boolean
  /** Whether `account` is a member of the group that the contract `restriction` keeps (ERC-734). */
  isMember: (restriction: Address, account: Address) => boolean
  /** Whether the registry knows the asset. The dataset's is not looked at when there is none. */
  registered: Readonly<Record<Asset, boolean>>
  /** Whether the present owner (the requester, of a request) signed or presigned the order. */
  signed: Readonly<Record<Kind, boolean>>
  consumed: Readonly<Record<Kind, bigint>>
}>

type Asset = Exclude<Kind, 'request'>
type Terms = Pick<Facts, 'categoryExists' | 'isMember'>
type Rule<F> = Readonly<{
  why: string
  holds: (orders: Quartet, facts: F) => boolean
  /** The rule says nothing when the deal is without dataset. */
  dataset?: true
}>

/** Most tasks one deal may hold. What an order has beyond stays for the next match. */
export const MAX_VOLUME = 2n ** 32n - 1n

const TEE = 1n
const FRAMEWORKS = 0x0en

/** What the four orders say about each other. */
const terms = {
  '0x00': {
    why: 'The request and the workerpool order name different categories.',
    holds: ({ request, workerpool }) => request.category === workerpool.category,
  },
  '0x01': { why: 'The category does not exist.', holds: (_, facts) => facts.categoryExists },
  '0x02': {
    why: 'The request asks for more trust than the workerpool offers.',
    holds: ({ request, workerpool }) => request.trust <= workerpool.trust,
  },
  '0x03': {
    why: 'The app costs more than the request allows.',
    holds: ({ app, request }) => app.appprice <= request.appmaxprice,
  },
  '0x04': {
    why: 'The dataset costs more than the request allows.',
    holds: ({ dataset, request }) => dataset.datasetprice <= request.datasetmaxprice,
    dataset: true,
  },
  '0x05': {
    why: 'The workerpool costs more than the request allows.',
    holds: ({ workerpool, request }) => workerpool.workerpoolprice <= request.workerpoolmaxprice,
  },
  '0x06': {
    why: 'The workerpool lacks something the tag of the others asks for.',
    holds: (orders) => (tagOf(orders) & ~BigInt(orders.workerpool.tag)) === 0n,
  },
  '0x07': {
    why: 'An enclave is asked for, but the app is not made for one.',
    holds: (orders) => (tagOf(orders) & TEE & ~BigInt(orders.app.tag)) === 0n,
  },
  '0x10': {
    why: 'The request is for another app.',
    holds: ({ request, app }) => same(request.app, app.app),
  },
  '0x11': {
    why: 'The request is for another dataset, or for none.',
    holds: ({ request, dataset }) => same(request.dataset, dataset.dataset),
  },
  '0x12': {
    why: 'The request is restricted to another workerpool.',
    holds: ({ request, workerpool }, facts) =>
      accepts(request.workerpool, workerpool.workerpool, facts),
  },
  '0x13': {
    why: 'The app order is restricted to another dataset.',
    holds: ({ app, dataset }, facts) => accepts(app.datasetrestrict, dataset.dataset, facts),
  },
  '0x14': {
    why: 'The app order is restricted to another workerpool.',
    holds: ({ app, workerpool }, facts) =>
      accepts(app.workerpoolrestrict, workerpool.workerpool, facts),
  },
  '0x15': {
    why: 'The app order is restricted to another requester.',
    holds: ({ app, request }, facts) => accepts(app.requesterrestrict, request.requester, facts),
  },
  '0x16': {
    why: 'The dataset order is restricted to another app.',
    holds: ({ dataset, app }, facts) => accepts(dataset.apprestrict, app.app, facts),
    dataset: true,
  },
  '0x17': {
    why: 'The dataset order is restricted to another workerpool.',
    holds: ({ dataset, workerpool }, facts) =>
      accepts(dataset.workerpoolrestrict, workerpool.workerpool, facts),
    dataset: true,
  },
  '0x18': {
    why: 'The dataset order is restricted to another requester.',
    holds: ({ dataset, request }, facts) =>
      accepts(dataset.requesterrestrict, request.requester, facts),
    dataset: true,
  },
  '0x19': {
    why: 'The workerpool order is restricted to another app.',
    holds: ({ workerpool, app }, facts) => accepts(workerpool.apprestrict, app.app, facts),
  },
  '0x1a': {
    why: 'The workerpool order is restricted to another dataset.',
    holds: ({ workerpool, dataset }, facts) =>
      accepts(workerpool.datasetrestrict, dataset.dataset, facts),
  },
  '0x1b': {
    why: 'The workerpool order is restricted to another requester.',
    holds: ({ workerpool, request }, facts) =>
      accepts(workerpool.requesterrestrict, request.requester, facts),
  },
} as const satisfies Record<string, Rule<Terms>>

/** What registries, signatures and earlier deals say about each order. */
const standing = {
  '0x20': { why: 'The app is not registered.', holds: (_, facts) => facts.registered.app },
  '0x21': {
    why: 'The app order is not signed by the owner of the app.',
    holds: (_, facts) => facts.signed.app,
  },
  '0x30': {
    why: 'The dataset is not registered.',
    holds: (_, facts) => facts.registered.dataset,
    dataset: true,
  },
  '0x31': {
    why: 'The dataset order is not signed by the owner of the dataset.',
    holds: (_, facts) => facts.signed.dataset,
    dataset: true,
  },
  '0x40': {
    why: 'The workerpool is not registered.',
    holds: (_, facts) => facts.registered.workerpool,
  },
  '0x41': {
    why: 'The workerpool order is not signed by the owner of the workerpool.',
    holds: (_, facts) => facts.signed.workerpool,
  },
  '0x50': {
    why: 'The request order is not signed by the requester.',
    holds: (_, facts) => facts.signed.request,
  },
  '0x60': {
    why: 'One of the orders has no volume left.',
    holds: (orders, facts) => volume(orders, facts.consumed) > 0n,
  },
} as const satisfies Record<string, Rule<Facts>>

/** The last byte of the reason the chain gives. */
export type Code = keyof typeof terms | keyof typeof standing

/** Why the chain would refuse these orders, whoever signed them; `undefined` when it would not. */
export function disagreement(orders: Quartet, facts: Terms): Code | undefined {
  return firstBroken<Terms>(terms, orders, facts)
}

/** Why `matchOrders` would refuse, money and salts aside; `undefined` when it would not. */
export function refusal(orders: Quartet, facts: Facts): Code | undefined {
  return disagreement(orders, facts) ?? firstBroken<Facts>(standing, orders, facts)
}

/** The code as a sentence about the orders. */
export function explain(code: Code): string {
  return { ...terms, ...standing }[code].why
}

/** The code in a revert reason of `matchOrders`; `undefined` for any other text. */
export function codeIn(reason: string): Code | undefined {
  const code = /iExecV5-matchOrders-(0x[0-9a-f]{2})/.exec(reason)?.[1] ?? ''
  return code in terms || code in standing ? (code as Code) : undefined // looked up just now
}

/** How many tasks the deal would hold: as many as every order has left. */
export function volume(orders: Quartet, consumed: Facts['consumed']): bigint {
  const counted: readonly Kind[] = hasDataset(orders) ? [...always, 'dataset'] : always
  const left = counted.map((kind) => orders[kind].volume - consumed[kind])
  return left.reduce((least, each) => (each < least ? each : least), MAX_VOLUME)
}

/** What the tasks will need: the deal's tag. */
export function tag(orders: Quartet): Hex {
  return `0x${tagOf(orders).toString(16).padStart(64, '0')}`
}

const always = ['app', 'workerpool', 'request'] as const

function firstBroken<F>(
  rules: Readonly<Record<string, Rule<F>>>,
  orders: Quartet,
  facts: F,
): Code | undefined {
  const withDataset = hasDataset(orders)
  for (const code in rules) {
    const rule = rules[code]
    if (!rule || (rule.dataset && !withDataset)) continue
    if (!rule.holds(orders, facts)) return code as Code // the keys of the two tables are the codes
  }
  return undefined
}

function tagOf(orders: Quartet): bigint {
  const { app, dataset, request } = orders
  const ofDataset = hasDataset(orders) ? BigInt(dataset.tag) & ~FRAMEWORKS : 0n
  // How long money is locked is for who locks it to say.
  return ((BigInt(app.tag) | ofDataset) & ~LIFE) | BigInt(request.tag)
}

function accepts(restriction: Address, account: Address, { isMember }: Terms): boolean {
  if (same(restriction, nullAddress) || same(restriction, account)) return true
  return isMember(restriction, account)
}

const hasDataset = ({ dataset }: Quartet) => !same(dataset.dataset, nullAddress)
const same = (a: Address, b: Address) => a === b || a.toLowerCase() === b.toLowerCase()
