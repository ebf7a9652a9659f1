/** Quote: which orders would serve a wish, and what that costs at worst. Money is in nRLC. */
import { Amount, AppError, type Order, Scalar, Tag } from '@traboule/protocol'
import { type Address, type Hex, isAddressEqual, numberToHex } from 'viem'
import * as Account from './account.ts'
import * as App from './app.ts'
import * as Category from './category.ts'
import * as Dataset from './dataset.ts'
import type { Network } from './network.ts'
import { signerOf } from './network.ts'
import * as Orders from './order.ts'
import * as Registry from './registry.ts'

/** What somebody wants computed, as far as its price depends on it. */
export type Wish = Readonly<{
  /** A registered app, or a module that would be registered first. */
  app: Address | App.Module
  dataset?: Address
  /** Only this workerpool; any if not said. */
  workerpool?: Address
  /** How many tasks; one if not said. */
  tasks?: number
  /** A wrong result must be less likely than 1 in `trust`; 1 if neither is said. */
  trust?: bigint
  /** The same as a probability, such as 0.99. */
  confidence?: number
  /** How long tasks may take; 0, the shortest, if not said. */
  category?: bigint
  /** What the workers need, such as `['gpu']`. */
  tags?: readonly string[]
  /** The most that one task may cost, all included. */
  maxPrice?: bigint
  /** Unix seconds by which all tasks must be paid. */
  deadline?: bigint
}>

export type Quote = Readonly<{
  app: Order.Order<'app'>
  dataset: Order.Order<'dataset'> | undefined
  /** Cheapest first; more than one when the bag is larger than an order. */
  workerpools: readonly Readonly<{ order: Order.Order<'workerpool'>; volume: bigint }>[]
  tasks: bigint
  trust: bigint
  category: bigint
  tag: Hex
  /** The most that one task can cost, by whom it is paid to. */
  perTask: Readonly<{ app: bigint; dataset: bigint; workerpool: bigint }>
  /** The most that all tasks together can cost. */
  total: bigint
  /** What of it is not in the requester's stake yet. */
  missing: bigint
}>

/**
 * Finds the cheapest orders for a wish. Sends nothing; and signs nothing, except that the owner of an
 * app signs an order for its own use when the market has none. Throws `order/too-slow` when the
 * deadline leaves no room for the category's time.
 *
 * @example
 * ```ts
 * const { total, missing } = await quote(network, { app, tasks: 12, trust: 5n })
 * ```
 */
export async function quote(network: Network, given: Wish): Promise<Quote> {
  const { category = 0n, tags = [], maxPrice, deadline } = given
  if (deadline !== undefined) await ensureInTime(network, category, deadline)
  const wish = { ...given, app: await addressOf(network, given.app) }
  const tasks = tasksOf(wish)
  const trust = trustOf(wish)
  const [app, dataset] = await Promise.all([
    appOrder(network, wish, { tasks, isNew: typeof given.app !== 'string' }),
    wish.dataset === undefined ? undefined : datasetOrder(network, wish, tasks),
  ])
  const tag = union(app.tag, dataset ? withoutFrameworks(dataset.tag) : '0x0', Tag.encode(tags))
  const terms = { category, trust, tag, tasks }
  const workerpools = await poolOrders(network, wish, terms)
  const perTask = {
    app: app.appprice,
    dataset: dataset?.datasetprice ?? 0n,
    workerpool: workerpools.reduce((most, { order }) => max(most, order.workerpoolprice), 0n),
  }
  const each = perTask.app + perTask.dataset + perTask.workerpool
  if (maxPrice !== undefined && each > maxPrice) throw tooDear(each, maxPrice)
  const total = each * tasks
  const { stake } = await Account.show(network, signerOf(network).address)
  return { app, dataset, workerpools, ...terms, perTask, total, missing: max(0n, total - stake) }
}

const addressOf = (network: Network, app: Wish['app']) =>
  typeof app === 'string' ? app : App.predict(network, app)

/** A task may take all the time of its category: what that leaves no room for is not begun. */
async function ensureInTime(network: Network, category: bigint, deadline: bigint): Promise<void> {
  const { name, workClockTimeRef: seconds } = await Category.show(network, category)
  const left = deadline - BigInt(Math.floor(network.now() / 1000))
  if (left >= seconds) return
  const sentence = `A task of category ${category} (${name}) may take ${seconds} seconds, and the deadline is in ${left}.`
  throw new AppError('order/too-slow', sentence, { category, seconds, deadline })
}

/** A wish for an app with an address. */
type Settled = Omit<Wish, 'app'> & Readonly<{ app: Address }>

const max = (a: bigint, b: bigint) => (a > b ? a : b)
const union = (...tags: readonly Hex[]) =>
  numberToHex(
    tags.reduce((all, tag) => all | BigInt(tag), 0n),
    { size: 32 },
  )
const withoutFrameworks = (tag: Hex): Hex => numberToHex(BigInt(tag) & ~Tag.DATASET_IGNORED)

function tasksOf({ tasks = 1 }: Wish): bigint {
  if (Number.isSafeInteger(tasks) && tasks >= 1) return BigInt(tasks)
  throw new AppError('request/invalid', `${tasks} is not a number of tasks.`, { tasks })
}

/**
 * The trust that a confidence means: 0.99 sure is a wrong result less likely than 1 in 100.
 *
 * @example
 * ```ts
 * const trust = trustOf({ confidence: 0.99 })
 * ```
 */
export function trustOf({ trust, confidence }: Pick<Wish, 'trust' | 'confidence'>): bigint {
  if (trust !== undefined) return max(trust, 1n)
  if (confidence === undefined) return 1n
  if (!(confidence >= 0 && confidence < 1)) {
    const sentence = `A confidence of ${confidence} cannot be had: it must be 0 or more and below 1.`
    throw new AppError('request/invalid', sentence, { confidence })
  }
  // 1 / (1 - 0.99) is a little more than 100 in floating point; that little is not meant.
  return BigInt(Math.ceil(Number((1 / (1 - confidence)).toPrecision(12))))
}

type Own = Readonly<{ tasks: bigint; isNew: boolean }>

async function appOrder(network: Network, wish: Settled, { tasks, isNew }: Own) {
  const { address: requester } = signerOf(network)
  const { app } = wish
  const filters = { app, requester, minVolume: tasks, ...restrictions(wish) }
  const best = await first(Orders.list(network, 'app', filters))
  if (best) return best.order
  const registered = await Registry.ownerOf(network, 'app', app)
  const owner = registered ?? (isNew ? requester : (await App.show(network, app)).owner)
  if (!isAddressEqual(owner, requester)) throw nobodySells('app', app, tasks)
  const draft = { app, volume: tasks, requesterrestrict: requester }
  return Orders.make(network, 'app', draft)
}

async function datasetOrder(network: Network, wish: Settled, tasks: bigint) {
  const { address: requester } = signerOf(network)
  const { app, dataset = Scalar.nullAddress, workerpool } = wish
  const filters = { dataset, app, requester, minVolume: tasks, ...(workerpool && { workerpool }) }
  const best = await first(Orders.list(network, 'dataset', filters))
  if (best) return best.order
  const { owner } = await Dataset.show(network, dataset)
  if (!isAddressEqual(owner, requester)) throw nobodySells('dataset', dataset, tasks)
  const draft = { dataset, volume: tasks, apprestrict: app, requesterrestrict: requester }
  return Orders.make(network, 'dataset', draft)
}

const restrictions = ({ dataset, workerpool }: Settled) => ({
  ...(dataset && { dataset }),
  ...(workerpool && { workerpool }),
})

type Terms = Readonly<{ category: bigint; trust: bigint; tag: Hex; tasks: bigint }>

/** The cheapest orders that together have room for all tasks. */
async function poolOrders(network: Network, wish: Settled, terms: Terms) {
  const { category, trust: minTrust, tag: minTag, tasks } = terms
  const { app } = wish
  const requester = signerOf(network).address
  const filters = { category, minTrust, minTag, app, requester, ...restrictions(wish) }
  const chosen: { order: Order.Order<'workerpool'>; volume: bigint }[] = []
  let left = tasks
  for await (const { order, remaining } of Orders.list(network, 'workerpool', filters)) {
    const volume = remaining < left ? remaining : left
    chosen.push({ order, volume })
    left -= volume
    if (left === 0n) return chosen
  }
  const offered = tasks - left
  const sentence =
    offered === 0n
      ? `No workerpool offers category ${category} at trust ${minTrust} with these tags.`
      : `Workerpools offer ${offered} of the ${tasks} tasks asked for.`
  const asked = { category, minTrust, tags: Tag.decode(minTag), tasks, offered }
  throw new AppError('order/no-match', sentence, asked)
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}

function nobodySells(kind: 'app' | 'dataset', address: Address, tasks: bigint): AppError {
  const sentence = `Nobody sells the ${kind} ${address} for ${tasks} tasks in this market.`
  return new AppError('order/no-match', sentence, { kind, address, tasks })
}

function tooDear(each: bigint, most: bigint): AppError {
  const sentence = `A task costs ${Amount.format(each)}, more than the ${Amount.format(most)} allowed.`
  return new AppError('order/too-dear', sentence, { perTask: each, maxPrice: most })
}
