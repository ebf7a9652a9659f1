/** Run: from a wish to verified results in one call. */
import { Amount, AppError, type Order, Params } from '@traboule/protocol'
import { type Address, type Hex, isAddressEqual } from 'viem'
import * as Account from './account.ts'
import * as App from './app.ts'
import * as Deals from './deal.ts'
import { type Matched, match } from './match.ts'
import { type Network, signerOf } from './network.ts'
import * as Orders from './order.ts'
import { type Quote, quote, type Wish } from './quote.ts'
import * as Results from './result.ts'
import * as Storage from './storage.ts'
import type { TaskStory } from './story.ts'
import { type Look, type WatchOptions, watch } from './watch.ts'

export type Job = Wish &
  Readonly<{
    /** The argument line, split as a shell would. */
    args?: string
    /** Bytes to upload, or content-addressed locations such as `/ipfs/Qm…`. */
    inputs?: readonly (Uint8Array | string)[]
    /** A contract that receives the result on chain. */
    callback?: Address
    /** Whose result it is; the requester's if not said. */
    beneficiary?: Address
    /** Whether only the beneficiary may read the result; takes an app that runs in enclaves. */
    encryptResult?: boolean
  }>

/** What happens on the way; all of it may be left out. */
export type Hooks = Readonly<{
  /** Asked before anything is sent; `false` ends the run. */
  confirm?: (quote: Quote) => boolean | Promise<boolean>
  /** Told as soon as the deals exist: from here, `watch` can take over. */
  matched?: (deals: readonly Matched[]) => void
  look?: (look: Look) => void
  signal?: AbortSignal
  /** The beneficiary's private key in PEM, for encrypted results. */
  privateKey?: string
}>

export type Ran = Readonly<{
  quote: Quote
  deals: readonly Matched[]
  stories: readonly TaskStory[]
  /** In order of their index; only of tasks that were paid. */
  results: readonly Results.Verified[]
  /** Tasks that nobody finished in time; their money is back. */
  refunded: readonly Hex[]
}>

/**
 * Quotes, deposits what is missing, matches, watches, and gives the results, each checked against
 * the digest that the workers agreed on.
 *
 * @example
 * ```ts
 * const { results } = await run(network, {
 *   app, args: 'hello world', tasks: 3, trust: 2n,
 *   maxPrice: Amount.parse('1 RLC'),
 * })
 * ```
 */
export async function run(network: Network, job: Job, hooks: Hooks = {}): Promise<Ran> {
  const price = await quote(network, job)
  if ((await hooks.confirm?.(price)) === false)
    throw new AppError('request/declined', 'The cost was not accepted; nothing was sent.')
  const deals = await buy(network, price, job)
  hooks.matched?.(deals)
  const { deadline } = job
  const followed = { ...hooks, ...(deadline !== undefined && { deadline }) }
  const { stories, refunded, results } = await finish(network, deals, followed)
  return { quote: price, deals, stories, results, refunded }
}

/**
 * Signs the request and makes the deals of a quote, depositing what is missing and registering the
 * app, if it is a module, first.
 *
 * @example
 * ```ts
 * const [deal] = await buy(network, await quote(network, { app, tasks: 4 }), { args: 'hello' })
 * ```
 */
export async function buy(
  network: Network,
  price: Quote,
  job: Omit<Job, 'app'> & Partial<Pick<Job, 'app'>>,
): Promise<readonly Matched[]> {
  const { app, dataset, workerpools, missing } = price
  if (typeof job.app === 'object') await register(network, job.app, app.app)
  const params = await paramsOf(network, job)
  if (missing > 0n) await deposit(network, missing)
  const request = await requestOf(network, price, { ...job, params })
  const deals: Matched[] = []
  for (const { order: workerpool } of workerpools)
    deals.push(await match(network, { app, workerpool, request, ...(dataset && { dataset }) }))
  return deals
}

/** The quote was for the address that the module has by its bytes. */
async function register(network: Network, module: App.Module, quoted: Address): Promise<void> {
  const address = await App.deploy(network, module)
  if (isAddressEqual(address, quoted)) return
  const sentence = `The storage keeps ${module.name} in another form than the one that was quoted.`
  throw new AppError('service/bad-answer', sentence, { address, quoted })
}

async function deposit(network: Network, missing: bigint): Promise<void> {
  const { wallet, address } = await Account.show(network)
  if (wallet >= missing) await Account.deposit(network, missing)
  else {
    const sentence = `${address} lacks ${Amount.format(missing - wallet)} for this.`
    throw new AppError('order/unaffordable', sentence, { address, missing, wallet })
  }
}

async function paramsOf(network: Network, job: Omit<Job, 'app'>): Promise<string> {
  const { args, inputs = [], callback, encryptResult } = job
  const locations = await Promise.all(
    inputs.map(async (input) =>
      typeof input === 'string' ? input : (await Storage.upload(network, input)).location,
    ),
  )
  return Params.stringify({
    ...(args !== undefined && { iexec_args: args }),
    ...(locations.length > 0 && { iexec_input_files: locations }),
    ...(encryptResult && { iexec_result_encryption: true }),
    ...(callback === undefined && { iexec_result_storage_provider: 'ipfs' }),
  })
}

type Said = Pick<Job, 'callback' | 'beneficiary' | 'workerpool'> & Readonly<{ params: string }>

function requestOf(network: Network, price: Quote, said: Said): Promise<Order.Order<'request'>> {
  const { app, dataset, tasks: volume, category, trust, tag, perTask } = price
  const { params, callback, beneficiary, workerpool } = said
  const draft = {
    ...{ app: app.app, appmaxprice: perTask.app },
    ...(dataset && { dataset: dataset.dataset, datasetmaxprice: perTask.dataset }),
    ...{ workerpoolmaxprice: perTask.workerpool, volume, category, trust, tag, params },
    ...(workerpool && { workerpool }),
    ...(callback && { callback }),
    beneficiary: beneficiary ?? signerOf(network).address,
  }
  return Orders.make(network, 'request', draft)
}

type Following = Pick<Hooks, 'look' | 'signal'> & Pick<WatchOptions, 'deadline'>

/**
 * Follows deals to their end, takes back what was not done, and gives the results; again when a
 * reorganisation took the end back in between. Takes up a run that was interrupted. Throws
 * `task/late` at the deadline, if one is given: the deals then go on without it.
 *
 * @example
 * ```ts
 * const deals = await buy(network, await quote(network, { app }), { args: 'hello' })
 * const { results, refunded } = await finish(network, deals)
 * ```
 */
export async function finish(
  network: Network,
  deals: readonly Pick<Matched, 'dealId'>[],
  hooks: Following & Pick<Hooks, 'privateKey'> = {},
): Promise<Pick<Ran, 'stories' | 'refunded' | 'results'>> {
  const keys = hooks.privateKey === undefined ? {} : { privateKey: hooks.privateKey }
  for (;;) {
    const stories = await follow(network, deals, hooks)
    const paid = stories.filter(({ stage }) => stage === 'paid').map(({ taskId }) => taskId)
    const refunded = await refund(network, deals, stories)
    try {
      return { stories, refunded, results: await Results.downloadAll(network, paid, keys) }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'task/not-completed') throw error
    }
  }
}

async function follow(
  network: Network,
  deals: readonly Pick<Matched, 'dealId'>[],
  { look, signal, deadline }: Following,
) {
  let stories: readonly TaskStory[] = []
  const ids = deals.map(({ dealId }) => dealId)
  const until = { ...(signal && { signal }), ...(deadline !== undefined && { deadline }) }
  for await (const seen of watch(network, ids, until)) {
    stories = seen.stories
    look?.(seen)
  }
  return stories
}

/** Takes back the money of tasks that are neither paid nor refunded when the deadline is over. */
async function refund(
  network: Network,
  deals: readonly Pick<Matched, 'dealId'>[],
  stories: readonly TaskStory[],
): Promise<readonly Hex[]> {
  const refunded = stories.filter(({ stage }) => stage === 'refunded').map(({ taskId }) => taskId)
  const settled = stories.every(({ stage }) => stage === 'paid' || stage === 'refunded')
  if (settled) return refunded
  const claimed: Hex[] = []
  for (const { dealId } of deals) claimed.push(...(await Deals.claim(network, dealId)))
  return [...refunded, ...claimed]
}
