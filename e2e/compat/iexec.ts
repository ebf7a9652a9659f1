/** Iexec: what the suite calls of the published library, and how it reads the answers. */
import { z } from 'zod'
import { ethersOf, libraryOf, type Version } from './packages.ts'

/** Arguments and answers are the library's own; a step parses what it goes on with. */
type Verb = (...args: readonly unknown[]) => Promise<unknown>
type Verbs<Name extends string> = Readonly<Record<Name, Verb>>

type Asset = 'App' | 'Dataset' | 'Workerpool'
export type Kind = 'App' | 'Dataset' | 'Workerpool' | 'Request'

export type IExec = Readonly<{
  network: Verbs<'getNetwork'>
  hub: Verbs<'countCategory' | 'createCategory' | 'getTimeoutRatio' | 'showCategory'>
  wallet: Verbs<'checkBalances' | 'getAddress' | 'sendETH' | 'sendRLC' | 'sweep'>
  account: Verbs<
    'approve' | 'checkAllowance' | 'checkBalance' | 'deposit' | 'revokeApproval' | 'withdraw'
  >
  app: Verbs<AssetVerb<'App'> | 'checkAppSecretExists' | 'pushAppSecret'>
  dataset: Verbs<AssetVerb<'Dataset'> | 'checkDatasetSecretExists' | 'pushDatasetSecret'> &
    Readonly<{
      generateEncryptionKey(): string
      encrypt: Verb
      computeEncryptedFileChecksum: Verb
    }>
  workerpool: Verbs<AssetVerb<'Workerpool'> | 'getWorkerpoolApiUrl'>
  order: Verbs<OrderVerb<Kind> | 'estimateMatchOrders' | 'matchOrders' | 'prepareDatasetBulk'>
  orderbook: Verbs<`fetch${Kind}order` | `fetch${Kind}Orderbook`>
  deal: Verbs<'claim' | 'fetchRequesterDeals' | 'obsDeal' | 'show' | `fetchDealsBy${Kind}order`> &
    Readonly<{ computeTaskId: Verb }>
  task: Verbs<'claim' | 'fetchLogs' | 'fetchOffchainInfo' | 'fetchResults' | 'obsTask' | 'show'>
  /** Only in 8.x. */
  ens: Verbs<
    | 'claimName'
    | 'configureResolution'
    | 'getDefaultDomain'
    | 'getOwner'
    | 'lookupAddress'
    | 'readTextRecord'
    | 'resolveName'
    | 'setTextRecord'
  >
  result: Verbs<'checkResultEncryptionKeyExists' | 'pushResultEncryptionKey'>
  secrets: Verbs<'checkRequesterSecretExists' | 'pushRequesterSecret'>
  storage: Verbs<'checkStorageTokenExists' | 'defaultStorageLogin' | 'pushStorageToken'>
}>

type AssetVerb<A extends Asset> =
  | `predict${A}Address`
  | `deploy${A}`
  | `checkDeployed${A}`
  | `show${A}`
  | `showUser${A}`
  | `countUser${A}s`
  | `transfer${A}`

type OrderVerb<K extends Kind> =
  | `${'create' | 'hash' | 'sign' | 'publish' | 'unpublish' | 'unpublishLast' | 'cancel'}${K}order`
  | `unpublishAll${K}orders`

export type Utils = Readonly<{
  getSignerFromPrivateKey(rpcUrl: string, privateKey: string): object
  decryptResult(file: Uint8Array, key: string): Promise<unknown>
}>

export type Library = Readonly<{
  IExec: new (provider: object, options: object) => IExec
  utils: Utils
}>

/** The library of a version, as it is. */
export async function openLibrary(version: Version): Promise<Library> {
  return (await libraryOf(version)) as Library // described by the package's own documentation
}

type Ethers = Readonly<{
  JsonRpcProvider: new (url: string, network: object, options: object) => object
  Network: new (name: string, chainId: number) => { attachPlugin(plugin: object): object }
  EnsPlugin: new (registry: string, chainId: number) => object
  Wallet: new (privateKey: string, provider: object) => object
}>

type Chain = Readonly<{ rpcUrl: string; chainId: number; ens: { registry: string } }>

/**
 * Wallets of the library's own ethers that forget: by default they would give two transactions one
 * nonce when a block comes within 250 ms, as it may here.
 */
export async function openWallets(on: Chain): Promise<(privateKey: string) => object> {
  const { EnsPlugin, JsonRpcProvider, Network, Wallet } = (await ethersOf()) as Ethers // documented so
  const { chainId, ens, rpcUrl } = on
  // The library takes the registry of names from here alone.
  const names = new EnsPlugin(ens.registry, chainId)
  const network = new Network('devnet', chainId).attachPlugin(names)
  const options = { cacheTimeout: -1, pollingInterval: 200 }
  return (privateKey) => new Wallet(privateKey, new JsonRpcProvider(rpcUrl, network, options))
}

/** One field of an answer. */
export function field<T extends z.ZodType>(answer: unknown, name: string, type: T): z.output<T> {
  return z.looseObject({ [name]: type }).parse(answer)[name] as z.output<T> // parsed just here
}

/** An answer with its big numbers as decimal text, to be compared. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if (value.constructor.name === 'BN') return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

const book = z.looseObject({ orders: z.array(z.looseObject({ order: z.looseObject({}) })).min(1) })
/** The first order of a page of a book. */
export const first = (answer: unknown) => book.parse(answer).orders[0]?.order

type Observable = Readonly<{
  subscribe(observer: {
    next(value: unknown): void
    error(error: unknown): void
    complete(): void
  }): unknown
}>

/** Everything that an observable of the library tells. */
export function toEnd(told: unknown): Promise<readonly unknown[]> {
  const seen: unknown[] = []
  return new Promise((resolve, reject) => {
    const observer = { next: (value: unknown) => seen.push(value), error: reject }
    ;(told as Observable).subscribe({ ...observer, complete: () => resolve(seen) }) // as documented
  })
}
