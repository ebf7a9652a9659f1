/** World: a chain with a hub, one asset of each kind and people with money, beside a market. */
import { deploy } from '@traboule/contracts'
import { Category, Order, Scalar } from '@traboule/protocol'
import {
  appRegistryAbi,
  datasetRegistryAbi,
  hubAbi,
  tokenAbi,
  workerpoolRegistryAbi,
} from '@traboule/protocol/abi'
import {
  aDatasetOrder,
  anAppOrder,
  aRequestOrder,
  aWorkerpoolOrder,
  someBytes32,
} from '@traboule/protocol/testing'
import { type ChainClient, openChain } from '@traboule/service-kit'
import { type Anvil, startAnvil } from '@traboule/service-kit/testing'
import {
  type Abi,
  type Address,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
  parseEventLogs,
  stringToHex,
  type TransactionReceipt,
} from 'viem'
import { type HDAccount, mnemonicToAccount } from 'viem/accounts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const roles = [
  'owner',
  'appOwner',
  'datasetOwner',
  'poolOwner',
  'requester',
  'stranger',
  'worker',
] as const
type Role = (typeof roles)[number]

export const RLC = 1_000_000_000n
const DEPOSIT = 1_000n * RLC
const GAS = 3_000_000n

export type World = AsyncDisposable &
  Readonly<{
    anvil: Anvil
    client: ChainClient
    chainId: number
    hub: Address
    registries: Readonly<Record<'app' | 'dataset' | 'workerpool', Address>>
    app: Address
    dataset: Address
    workerpool: Address
    people: Readonly<Record<Role, HDAccount>>
    /** Calls the hub as somebody and waits until it is mined. */
    hubCall(
      by: HDAccount,
      functionName: string,
      args: readonly unknown[],
    ): Promise<TransactionReceipt>
    call(
      by: HDAccount,
      address: Address,
      abi: Abi,
      functionName: string,
      args: readonly unknown[],
    ): Promise<TransactionReceipt>
    /** A signed order that differs from a usual one as told. */
    signed<K extends Order.Kind>(
      kind: K,
      over?: Partial<Order.Unsigned<K>>,
      by?: HDAccount,
    ): Promise<Order.Order<K>>
    hash<K extends Order.Kind>(kind: K, order: Order.Unsigned<K>): Hex
    match(orders: Partial<Order.Quartet>): Promise<Hex>
    deposit(by: HDAccount, amount: bigint): Promise<TransactionReceipt>
    createApp(by: HDAccount, name: string): Promise<Address>
    node(method: string, params?: readonly unknown[]): Promise<unknown>
  }>

let salts = 0

/** Starts it all; everybody has deposited a thousand RLC but the stranger. */
export async function openWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil())
  const client = await openChain(anvil.rpcUrl)
  const chainId = client.chain.id
  const people = Object.fromEntries(
    roles.map((role, addressIndex) => [role, mnemonicToAccount(MNEMONIC, { addressIndex })]),
  ) as Record<Role, HDAccount>
  const { owner, appOwner, datasetOwner, poolOwner, requester, worker } = people
  const placed = await deploy(client as PublicClient, {
    mode: 'token',
    owner,
    categories: Category.standard,
  })
  const { hub, token } = placed
  const wallet = createWalletClient({ chain: client.chain, transport: http(anvil.rpcUrl) })

  async function call(
    by: HDAccount,
    address: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
  ) {
    const request = { address, abi, functionName, args, gas: GAS, account: by }
    const hash = await wallet.writeContract({ ...request, chain: client.chain } as never)
    const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
    if (receipt.status !== 'success') throw new Error(`${functionName} failed on chain`)
    return receipt
  }
  const hubCall = (by: HDAccount, functionName: string, args: readonly unknown[]) =>
    call(by, hub, hubAbi as Abi, functionName, args)

  async function create(
    by: HDAccount,
    address: Address,
    abi: Abi,
    functionName: string,
    args: readonly unknown[],
  ) {
    const { result } = await client.simulateContract({
      address,
      abi,
      functionName,
      args,
      account: by,
    } as never)
    await call(by, address, abi, functionName, args)
    return result as Address
  }
  const { appRegistry, datasetRegistry, workerpoolRegistry } = placed
  const none = Scalar.nullBytes32
  const multiaddr = stringToHex('/ipfs/Qm')
  const app = await create(appOwner, appRegistry, appRegistryAbi as Abi, 'createApp', [
    appOwner.address,
    'an app',
    'WASI',
    multiaddr,
    none,
    '0x',
  ])
  const dataset = await create(
    datasetOwner,
    datasetRegistry,
    datasetRegistryAbi as Abi,
    'createDataset',
    [datasetOwner.address, 'a dataset', multiaddr, none],
  )
  const workerpool = await create(
    poolOwner,
    workerpoolRegistry,
    workerpoolRegistryAbi as Abi,
    'createWorkerpool',
    [poolOwner.address, 'a pool'],
  )
  for (const each of [poolOwner, requester, worker]) {
    await call(owner, token, tokenAbi as Abi, 'transfer', [each.address, DEPOSIT])
    await call(each, token, tokenAbi as Abi, 'approveAndCall', [hub, DEPOSIT, '0x'])
  }

  const on = Order.domain(chainId, hub)
  const usual = {
    app: () => anAppOrder({ app, appprice: RLC }),
    dataset: () => aDatasetOrder({ dataset, datasetprice: RLC }),
    workerpool: () => aWorkerpoolOrder({ workerpool, workerpoolprice: RLC, trust: 10n }),
    request: () =>
      aRequestOrder({
        app,
        appmaxprice: RLC,
        datasetmaxprice: RLC,
        workerpoolmaxprice: RLC,
        requester: requester.address,
        beneficiary: requester.address,
      }),
  }
  const signers = {
    app: appOwner,
    dataset: datasetOwner,
    workerpool: poolOwner,
    request: requester,
  }

  async function signed<K extends Order.Kind>(
    kind: K,
    over: Partial<Order.Unsigned<K>> = {},
    by: HDAccount = signers[kind],
  ) {
    const order = { ...usual[kind](), salt: someBytes32(++salts), ...over } as Order.Order<K>
    const sign = await by.signTypedData(Order.toSign(kind, order, on) as never)
    return { ...order, sign }
  }

  const resources = stack.move()
  return {
    anvil,
    client,
    chainId,
    hub,
    registries: { app: appRegistry, dataset: datasetRegistry, workerpool: workerpoolRegistry },
    app,
    dataset,
    workerpool,
    people,
    call,
    hubCall,
    signed,
    hash: (kind, order) => Order.hash(kind, order, on),
    async match(orders) {
      const quartet = [
        orders.app ?? (await signed('app')),
        orders.dataset ?? Order.noDataset,
        orders.workerpool ?? (await signed('workerpool')),
        orders.request ?? (await signed('request')),
      ]
      const { logs } = await hubCall(requester, 'matchOrders', quartet)
      const [matched] = parseEventLogs({ abi: hubAbi, logs, eventName: 'OrdersMatched' })
      if (!matched) throw new Error('nothing matched')
      return matched.args.dealid
    },
    deposit: (by, amount) =>
      call(by, token, tokenAbi as Abi, 'approveAndCall', [hub, amount, '0x']),
    createApp: (by, name) =>
      create(by, appRegistry, appRegistryAbi as Abi, 'createApp', [
        by.address,
        name,
        'WASI',
        multiaddr,
        none,
        '0x',
      ]),
    node: (method, params = []) => client.request({ method, params } as never),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
