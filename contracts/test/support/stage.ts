/** Stage: a hub on a chain of its own, and everybody a deal needs, ready to sign. */
import { Amount, Category, Contribution, Deal, Order } from '@traboule/protocol'
import {
  appRegistryAbi,
  datasetRegistryAbi,
  hubAbi,
  tokenAbi,
  workerpoolRegistryAbi,
} from '@traboule/protocol/abi'
import { startAnvil } from '@traboule/service-kit/testing'
import {
  type Abi,
  type Address,
  createTestClient,
  defineChain,
  encodeFunctionData,
  type Hex,
  http,
  type LocalAccount,
  numberToHex,
  publicActions,
  type TransactionReceipt,
  zeroAddress,
  zeroHash,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { type Deployment, deploy, type Mode } from '../../deploy/index.ts'

const CHAIN_ID = 65_535
const MNEMONIC = 'test test test test test test test test test test test junk'
const WORKERS = 5

/** A mined transaction and what it carried. */
export type Sent = Readonly<{ receipt: TransactionReceipt; data: Hex; gas: bigint }>

export type Call = Readonly<{ address: Address; abi: Abi; functionName: string; args: unknown[] }>

/** What a request may say differently from the ordinary one. */
export type Wish = Readonly<{ trust?: bigint; volume?: bigint; params?: string; dataset?: true }>

export type Stage = Awaited<ReturnType<typeof openStage>>

const prices = {
  app: Amount.parse('0.1'),
  dataset: Amount.parse('0.2'),
  workerpool: Amount.parse('1'),
}

/** Starts a chain, deploys a hub, registers one asset of each kind and gives everybody money. */
export async function openStage(mode: Mode = 'token') {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil({ chainId: CHAIN_ID, args: ['--accounts', '20'] }))
  const client = connect(anvil.rpcUrl)
  const people = castOf()
  const at = await deploy(client, { mode, owner: people.owner, categories: Category.standard })
  const deployedAt = await client.getBlockNumber()
  const send = senderOn(client)
  const stage = { client, at, deployedAt, people, send, ...actionsOn(send, at) }
  await fund(stage, mode)
  const assets = await register(stage)
  const resources = stack.move()
  return {
    ...stage,
    assets,
    domain: Order.domain(CHAIN_ID, at.hub),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Four orders signed by their owners. Each call makes others, with salts of their own. */
export async function agree(stage: Stage, wish: Wish = {}): Promise<Order.Quartet> {
  const { people, assets, domain } = stage
  const { trust = 1n, volume = 1n, params = '', dataset } = wish
  const open = {
    volume,
    tag: zeroHash,
    requesterrestrict: zeroAddress,
    workerpoolrestrict: zeroAddress,
  }
  const data = dataset ? assets.dataset : zeroAddress
  const app = {
    app: assets.app,
    appprice: prices.app,
    ...open,
    datasetrestrict: zeroAddress,
    salt: nextSalt(),
  }
  const datasetOrder = {
    dataset: data,
    datasetprice: prices.dataset,
    ...open,
    apprestrict: zeroAddress,
    salt: nextSalt(),
  }
  const workerpool = {
    workerpool: assets.workerpool,
    workerpoolprice: prices.workerpool,
    volume,
    tag: zeroHash,
    category: 0n,
    trust,
    apprestrict: zeroAddress,
    datasetrestrict: zeroAddress,
    requesterrestrict: zeroAddress,
    salt: nextSalt(),
  }
  const request = {
    app: assets.app,
    appmaxprice: prices.app,
    dataset: data,
    datasetmaxprice: dataset ? prices.dataset : 0n,
    workerpool: assets.workerpool,
    workerpoolmaxprice: prices.workerpool,
    requester: people.requester.address,
    volume,
    tag: zeroHash,
    category: 0n,
    trust,
    beneficiary: people.requester.address,
    callback: zeroAddress,
    params,
    salt: nextSalt(),
  }
  const sign = async <K extends Order.Kind>(
    kind: K,
    who: LocalAccount,
    order: Order.Unsigned<K>,
  ) => ({ ...order, sign: await who.signTypedData(Order.toSign(kind, order, domain) as never) }) // any kind
  return {
    app: await sign('app', people.appOwner, app),
    dataset: dataset ? await sign('dataset', people.datasetOwner, datasetOrder) : Order.noDataset,
    workerpool: await sign('workerpool', people.scheduler, workerpool),
    request: await sign('request', people.requester, request),
  }
}

/** The id of the first deal of a request. */
export function firstDeal({ domain }: Stage, { request }: Order.Quartet): Hex {
  return Deal.id(Order.hash('request', request, domain), 0n)
}

/** The scheduler's word for a worker without enclave. */
export function authorize({ people }: Stage, worker: Address, taskId: Hex): Promise<Hex> {
  const raw = Contribution.authorizationHash(worker, taskId, zeroAddress)
  return people.scheduler.signMessage({ message: { raw } })
}

type Base = Readonly<{
  at: Deployment
  people: ReturnType<typeof castOf>
  send: ReturnType<typeof senderOn>
}> &
  ReturnType<typeof actionsOn>

function castOf() {
  const [owner, requester, scheduler, appOwner, datasetOwner] = [0, 1, 2, 3, 4].map(accountOf) as [
    LocalAccount,
    LocalAccount,
    LocalAccount,
    LocalAccount,
    LocalAccount,
  ]
  const workers = Array.from({ length: WORKERS }, (_, n) => accountOf(5 + n))
  return { owner, requester, scheduler, appOwner, datasetOwner, workers }
}

const accountOf = (addressIndex: number): LocalAccount =>
  mnemonicToAccount(MNEMONIC, { addressIndex })

function connect(rpcUrl: string) {
  const chain = defineChain({
    id: CHAIN_ID,
    name: 'stage',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const options = { mode: 'anvil', chain, transport: http(rpcUrl), pollingInterval: 10 } as const
  return createTestClient(options).extend(publicActions)
}

/** Sends a call as an account of anvil; throws what the contract says when it refuses. */
function senderOn(client: ReturnType<typeof connect>) {
  return async (from: Address, call: Call, value = 0n): Promise<Sent> => {
    await client.simulateContract({ ...call, account: from, value } as never) // typed by the caller
    const data = encodeFunctionData(call)
    const transaction = { from, to: call.address, data, value: numberToHex(value) }
    const hash = await client.request({
      method: 'eth_sendTransaction' as never,
      params: [transaction] as never,
    })
    const receipt = await client.waitForTransactionReceipt({ hash })
    return { receipt, data, gas: receipt.gasUsed }
  }
}

function actionsOn(send: ReturnType<typeof senderOn>, at: Deployment) {
  return {
    /** Calls the hub as `who`. */
    hub: (who: LocalAccount, functionName: string, args: unknown[], value = 0n) =>
      send(who.address, { address: at.hub, abi: hubAbi, functionName, args }, value),
    token: (who: LocalAccount, functionName: string, args: unknown[]) =>
      send(who.address, { address: at.token, abi: tokenAbi, functionName, args }),
  }
}

async function fund({ people, token, hub, at }: Base, mode: Mode) {
  const { owner, requester, scheduler, appOwner, datasetOwner, workers } = people
  for (const who of [requester, scheduler, appOwner, datasetOwner, ...workers]) {
    const amount = Amount.parse('100000')
    if (mode === 'native') {
      await hub(who, 'deposit', [], Amount.parse('1000') * 10n ** 9n)
      continue
    }
    await token(owner, 'transfer', [who.address, amount])
    await token(who, 'approve', [at.hub, amount])
    await hub(who, 'deposit', [amount / 2n])
  }
}

export const registrations = {
  app: (owner: Address, name: string) =>
    ['createApp', [owner, name, 'DOCKER', MULTIADDR, numberToHex(2n ** 256n - 1n), '0x']] as const,
  dataset: (owner: Address, name: string) =>
    ['createDataset', [owner, name, MULTIADDR, numberToHex(2n ** 256n - 1n)]] as const,
  workerpool: (owner: Address, name: string) => ['createWorkerpool', [owner, name]] as const,
}

/** 40 bytes: as long as the name of an image with its tag. */
const MULTIADDR = `0x${'6d'.repeat(40)}` as const

async function register({ people, send, at }: Base) {
  const make = async (
    address: Address,
    abi: Abi,
    owner: LocalAccount,
    kind: keyof typeof registrations,
  ) => {
    const [functionName, args] = registrations[kind](owner.address, `the ${kind}`)
    const { receipt } = await send(owner.address, { address, abi, functionName, args: [...args] })
    const minted = receipt.logs.find(({ topics }) => topics.length === 4)
    return `0x${minted?.topics[3]?.slice(-40)}` as Address // the token's id is the entry's address
  }
  return {
    app: await make(at.appRegistry, appRegistryAbi, people.appOwner, 'app'),
    dataset: await make(at.datasetRegistry, datasetRegistryAbi, people.datasetOwner, 'dataset'),
    workerpool: await make(
      at.workerpoolRegistry,
      workerpoolRegistryAbi,
      people.scheduler,
      'workerpool',
    ),
  }
}

let salts = 0n
/** Small: the figures this is compared with were made with such. */
const nextSalt = () => numberToHex(++salts, { size: 32 })
