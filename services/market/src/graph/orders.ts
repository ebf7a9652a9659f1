/** Orders of the graph: those in the book, broadcast on chain, or known only by the deals they made. */
import {
  bytes,
  type Entity,
  type Field,
  key,
  many,
  maybe,
  one,
  rlc,
  text,
  whole,
} from './fields.ts'

/** A term of the order; orders that are known by their deals alone have none. */
const term = (name: string) => `(t.document ->> '${name}')`
const ofDeal = (column: string, hash: string) =>
  `(select d.${column} from market.deals d where d.${hash} = t.id limit 1)`
const either = (name: string, column: string, hash: string) =>
  `coalesce(${term(name)}, ${ofDeal(column, hash)}::text)`
const address = (name: string) => bytes(`lower(${term(name)})`, true)
const restricts = (...names: string[]): Record<string, Field> =>
  Object.fromEntries(names.map((name) => [`${name}restrict`, address(`${name}restrict`)]))

const terms = {
  volume: whole(`${term('volume')}::numeric`, true),
  tag: bytes(term('tag'), true),
  salt: bytes(term('salt'), true),
  sign: bytes(term('sign'), true),
}
const computing = {
  category: maybe('Category', term('category')),
  trust: whole(`${term('trust')}::numeric`, true),
}

const orderOf = (kind: string, fields: Entity['fields']): Entity => ({
  from: 'market.known_orders',
  where: `t.kind = '${kind}'`,
  fields: { id: key('t.id'), ...fields, ...terms, deals: many('Deal', `${kind}order`) },
})

const sold = (kind: 'app' | 'dataset' | 'workerpool', to: string) => ({
  [kind]: one(to, `coalesce(t.${kind}, ${ofDeal(kind, `${kind}_hash`)})`),
  [`${kind}price`]: rlc(`${either(`${kind}price`, `${kind}_price`, `${kind}_hash`)}::numeric`),
})

/** Zero means anyone; an address that is no asset is a group of them. */
const wanted = (kind: 'app' | 'dataset' | 'workerpool', to: string) => ({
  [kind]: maybe(to, `coalesce(t.${kind}, ${ofDeal(kind, 'request_hash')})`),
  [`${kind}maxprice`]: rlc(`${term(`${kind}maxprice`)}::numeric`, true),
})

export const orders: Readonly<Record<string, Entity>> = {
  AppOrder: orderOf('app', {
    ...sold('app', 'App'),
    ...restricts('dataset', 'workerpool', 'requester'),
  }),
  DatasetOrder: orderOf('dataset', {
    ...sold('dataset', 'Dataset'),
    ...restricts('app', 'workerpool', 'requester'),
  }),
  WorkerpoolOrder: orderOf('workerpool', {
    ...sold('workerpool', 'Workerpool'),
    ...computing,
    ...restricts('app', 'dataset', 'requester'),
  }),
  RequestOrder: orderOf('request', {
    ...wanted('app', 'App'),
    ...wanted('dataset', 'Dataset'),
    ...wanted('workerpool', 'Workerpool'),
    ...computing,
    requester: one('Account', `coalesce(t.requester, ${ofDeal('requester', 'request_hash')})`),
    beneficiary: maybe('Account', either('beneficiary', 'beneficiary', 'request_hash')),
    callback: maybe('Account', either('callback', 'callback', 'request_hash')),
    params: text(either('params', 'params', 'request_hash'), true),
  }),
}
