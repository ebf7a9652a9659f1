/** World: a chain with a hub, one app and one workerpool, and people with money. */
import { deploy } from '@traboule/contracts'
import { Category, Deal, Order, Scalar, Task } from '@traboule/protocol'
import { appRegistryAbi, hubAbi, tokenAbi, workerpoolRegistryAbi } from '@traboule/protocol/abi'
import { anAppOrder, aRequestOrder, aWorkerpoolOrder } from '@traboule/protocol/testing'
import { type ChainClient, openChain } from '@traboule/service-kit'
import { type Anvil, type AnvilOptions, startAnvil } from '@traboule/service-kit/testing'
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

/** Number of the category whose tasks take a minute. */
export const SHORT = BigInt(Category.standard.length)

const MNEMONIC = 'test test test test test test test test test test test junk'

export type Call = Readonly<{
  address: Address
  abi: Abi
  functionName: string
  args: readonly unknown[]
}>

export type World = AsyncDisposable &
  Readonly<{
    anvil: Anvil
    client: ChainClient
    hub: Address
    token: Address
    app: Address
    workerpool: Address
    owner: HDAccount
    requester: HDAccount
    poolOwner: HDAccount
    workers: readonly HDAccount[]
    /** Sends as `account` and waits until it is mined. */
    send(account: HDAccount, call: Call): Promise<TransactionReceipt>
    /** Matches a new deal. */
    deal(wish?: DealWish): Promise<Matched>
    task(taskId: Hex): Promise<Task.Task>
    stakeOf(account: Address): Promise<{ stake: bigint; locked: bigint }>
    /** Calls one of the node's own methods. */
    node(method: string, params?: readonly unknown[]): Promise<unknown>
  }>

export type DealWish = Readonly<{
  trust?: bigint
  bag?: bigint
  price?: bigint
  category?: bigint
  callback?: Address
  tag?: Hex
}>

export type Matched = Readonly<{ dealId: Hex; taskIds: Hex[]; block: bigint; hash: Hex }>

export const PRICE = 1_000_000_000n
/** Enough for any call here: an estimate may be too low once another transaction came first. */
const GAS = 2_000_000n
const DEPOSIT = 1_000n * PRICE

/** Starts a chain where everybody has deposited a thousand RLC. */
export async function openWorld(options: AnvilOptions & { workers?: number } = {}): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil(options))
  const client = await openChain(anvil.rpcUrl)
  const account = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex })
  const [owner, poolOwner, requester, appOwner] = [0, 1, 2, 3].map(account) as [
    HDAccount,
    HDAccount,
    HDAccount,
    HDAccount,
  ]
  const workers = Array.from({ length: options.workers ?? 5 }, (_, n) => account(4 + n))
  const categories = [{ name: 'short', description: '""', workClockTimeRef: 60n }]
  const placed = await deploy(client as PublicClient, {
    mode: 'token',
    owner,
    categories: [...Category.standard, ...categories],
  })
  const { hub, token } = placed
  const wallet = createWalletClient({ chain: client.chain, transport: http(anvil.rpcUrl) })
  const turns = new Map<Address, Promise<unknown>>()

  /** One at a time for each account, so that nonces do not collide. */
  async function send(from: HDAccount, call: Call): Promise<TransactionReceipt> {
    const before = turns.get(from.address) ?? Promise.resolve()
    const sent = before
      .catch(() => undefined)
      .then(() => {
        return wallet.writeContract({
          ...call,
          gas: GAS,
          account: from,
          chain: client.chain,
        } as never)
      })
    turns.set(from.address, sent)
    const receipt = await client.waitForTransactionReceipt({
      hash: await sent,
      pollingInterval: 50,
    })
    if (receipt.status !== 'success') throw new Error(`${call.functionName} failed on chain`)
    return receipt
  }

  const created = async (from: HDAccount, call: Call): Promise<Address> => {
    const { result } = await client.simulateContract({ ...call, account: from } as never)
    await send(from, call)
    return result as Address
  }
  const app = await created(appOwner, {
    address: placed.appRegistry,
    abi: appRegistryAbi as Abi,
    functionName: 'createApp',
    args: [appOwner.address, 'an app', 'WASI', stringToHex('/ipfs/Qm'), Scalar.nullBytes32, '0x'],
  })
  const workerpool = await created(poolOwner, {
    address: placed.workerpoolRegistry,
    abi: workerpoolRegistryAbi as Abi,
    functionName: 'createWorkerpool',
    args: [poolOwner.address, 'a pool'],
  })
  const tokenCall = { address: token, abi: tokenAbi as Abi }
  for (const each of [poolOwner, requester, ...workers]) {
    const args = [each.address, DEPOSIT]
    await send(owner, { ...tokenCall, functionName: 'transfer', args })
    const deposit = [hub, DEPOSIT, '0x']
    await send(each, { ...tokenCall, functionName: 'approveAndCall', args: deposit })
  }

  async function match(wish: DealWish): Promise<Matched> {
    const { trust = 1n, bag = 1n, price = PRICE, category = 0n, tag = Scalar.nullBytes32 } = wish
    const on = Order.domain(client.chain.id, hub)
    const salt = `0x${crypto.randomUUID().replaceAll('-', '').padEnd(64, '0')}` as const
    const common = { volume: bag, tag, salt }
    const unsigned = {
      app: anAppOrder({ app, ...common }),
      workerpool: aWorkerpoolOrder({
        workerpool,
        workerpoolprice: price,
        category,
        trust,
        ...common,
      }),
      request: aRequestOrder({
        app,
        workerpool,
        workerpoolmaxprice: price,
        requester: requester.address,
        beneficiary: requester.address,
        callback: wish.callback ?? Scalar.nullAddress,
        category,
        trust,
        ...common,
      }),
    }
    const sign = async <K extends 'app' | 'workerpool' | 'request'>(kind: K, by: HDAccount) => {
      const toSign = Order.toSign(kind, unsigned[kind] as never, on)
      return { ...unsigned[kind], sign: await by.signTypedData(toSign as never) }
    }
    const orders = [
      await sign('app', appOwner),
      Order.noDataset,
      await sign('workerpool', poolOwner),
      await sign('request', requester),
    ]
    const call = { address: hub, abi: hubAbi as Abi, functionName: 'matchOrders', args: orders }
    const receipt = await send(requester, call)
    const [matched] = parseEventLogs({
      abi: hubAbi,
      logs: receipt.logs,
      eventName: 'SchedulerNotice',
    })
    if (!matched) throw new Error('nothing matched')
    const dealId = matched.args.dealid
    const indexes = Deal.indexes({ botFirst: 0n, botSize: bag })
    const taskIds = indexes.map((index) => Task.id(dealId, index))
    return { dealId, taskIds, block: receipt.blockNumber, hash: receipt.transactionHash }
  }

  const hubRead = { address: hub, abi: hubAbi } as const
  const resources = stack.move()
  return {
    anvil,
    client,
    hub,
    token,
    app,
    workerpool,
    owner,
    requester,
    poolOwner,
    workers,
    send,
    deal: (wish = {}) => match(wish),
    async task(taskId) {
      const view = await client.readContract({
        ...hubRead,
        functionName: 'viewTask',
        args: [taskId],
      })
      return Task.fromChain(taskId, view)
    },
    async stakeOf(who) {
      return client.readContract({ ...hubRead, functionName: 'viewAccount', args: [who] })
    },
    node: (method, params = []) => client.request({ method, params } as never),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
