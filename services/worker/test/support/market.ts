/** A market to test a worker in: a real chain, one app, one workerpool, and deals on demand. */
import { deploy } from '@traboule/contracts'
import { Enclave, Multiaddr, Order, Scalar, Task } from '@traboule/protocol'
import {
  appRegistryAbi,
  datasetRegistryAbi,
  hubAbi,
  tokenAbi,
  workerpoolAbi,
  workerpoolRegistryAbi,
} from '@traboule/protocol/abi'
import {
  aDatasetOrder,
  anAppOrder,
  aRequestOrder,
  aWorkerpoolOrder,
  someBytes32,
} from '@traboule/protocol/testing'
import { type Anvil, type AnvilOptions, startAnvil } from '@traboule/service-kit/testing'
import {
  type Abi,
  type Address,
  createTestClient,
  defineChain,
  getAddress,
  type Hex,
  http,
  type LocalAccount,
  parseEther,
  parseEventLogs,
  publicActions,
  sha256,
  toHex,
  walletActions,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const CHAIN_ID = 726_163
const RLC = 10n ** 9n
const PRICE = RLC

/** A recognisable account: `accountOf(1)` is always the same. */
export const accountOf = (n: number) => privateKeyToAccount(someBytes32(n))

export type App = Readonly<{
  cid: string
  bytes: Uint8Array
  type?: string
  /** Announced instead of the truth. */
  checksum?: Hex
}>

export type Deal = Readonly<{
  app: Address
  params?: string
  bag?: bigint
  trust?: bigint
  category?: bigint
  tag?: Hex
  callback?: Address
}>

/** A task of a deal, initialized on chain. */
export type Work = Readonly<{
  taskId: Hex
  dealId: Hex
  index: bigint
  /** Whether only an enclave may contribute. */
  tee: boolean
}>

/** Seconds of category 0. */
const TIME_REF = 60n

export async function startMarket(options: AnvilOptions = {}) {
  await using stack = new AsyncDisposableStack()
  const anvil: Anvil = stack.use(await startAnvil({ chainId: CHAIN_ID, ...options }))
  const client = connect(anvil.rpcUrl)
  const owner = accountOf(1)
  const poolOwner = accountOf(2)
  const requester = accountOf(3)
  for (const { address } of [owner, poolOwner, requester])
    await client.setBalance({ address, value: parseEther('1000') })
  const categories = [{ name: 'test', description: 'a minute', workClockTimeRef: TIME_REF }]
  const at = await deploy(client, { mode: 'token', owner, categories })

  async function send(
    account: LocalAccount,
    address: Address,
    abi: Abi,
    functionName: string,
    args: unknown[],
  ) {
    const hash = await client.writeContract({ account, address, abi, functionName, args })
    const receipt = await client.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`${functionName} failed`)
    return receipt
  }

  /** Ether to pay gas with, and `nano` nRLC on the hub. */
  async function fund(account: LocalAccount, nano: bigint): Promise<void> {
    await client.setBalance({ address: account.address, value: parseEther('100') })
    if (nano === 0n) return
    await send(owner, at.token, tokenAbi, 'transfer', [account.address, nano])
    await send(account, at.token, tokenAbi, 'approveAndCall', [at.hub, nano, '0x'])
  }

  async function create(registry: Address, abi: Abi, functionName: string, args: unknown[]) {
    const { logs } = await send(poolOwner, registry, abi, functionName, args)
    const [made] = parseEventLogs({ abi: workerpoolRegistryAbi, eventName: 'Transfer', logs })
    return getAddress(toHex(made?.args.tokenId ?? 0n, { size: 20 }))
  }

  const deployApp = ({ cid, bytes, type = 'WASI', checksum = sha256(bytes) }: App) =>
    create(at.appRegistry, appRegistryAbi, 'createApp', [
      ...[poolOwner.address, 'app', type, Multiaddr.encode(`/ipfs/${cid}`), checksum, '0x'],
    ])

  /** An app that a registry of images has. */
  const deployImage = ({ location, checksum }: Readonly<{ location: string; checksum: Hex }>) =>
    create(at.appRegistry, appRegistryAbi, 'createApp', [
      ...[poolOwner.address, 'image', 'DOCKER', Multiaddr.encode(location), checksum, '0x'],
    ])

  const domain = Order.domain(CHAIN_ID, at.hub)
  let salt = 0
  const signed = async <K extends Order.Kind>(kind: K, order: Order.Order<K>, by: LocalAccount) => {
    const sign = await by.signTypedData(Order.toSign(kind, order, domain) as never)
    return { ...order, sign }
  }

  /** An order of the pool's owner for a dataset that is kept under `cid`. */
  async function sellDataset(cid: string, over: Partial<Order.Unsigned<'dataset'>>) {
    const dataset = await create(at.datasetRegistry, datasetRegistryAbi, 'createDataset', [
      ...[poolOwner.address, cid, Multiaddr.encode(`/ipfs/${cid}`), Scalar.nullBytes32],
    ])
    return signed('dataset', aDatasetOrder({ dataset, ...over }), poolOwner)
  }

  /** Makes a deal and initializes its tasks. */
  async function match({
    app,
    params = '',
    bag = 1n,
    trust = 1n,
    category = 0n,
    tag,
    callback,
  }: Deal) {
    const fresh = { salt: someBytes32(++salt + 1_000), volume: bag, ...(tag && { tag }) }
    const quartet = [
      await signed('app', anAppOrder({ app, ...fresh }), poolOwner),
      Order.noDataset,
      await signed(
        'workerpool',
        aWorkerpoolOrder({ workerpool, workerpoolprice: PRICE, trust, category, ...fresh }),
        poolOwner,
      ),
      await signed(
        'request',
        aRequestOrder({
          ...{ app, params, trust, category, workerpoolmaxprice: PRICE, ...fresh },
          ...{ requester: requester.address, beneficiary: requester.address },
          ...(callback && { callback }),
        }),
        requester,
      ),
    ]
    const { logs } = await send(requester, at.hub, hubAbi, 'matchOrders', quartet)
    const [matched] = parseEventLogs({ abi: hubAbi, eventName: 'OrdersMatched', logs })
    const dealId = matched?.args.dealid ?? '0x'
    const indexes = Array.from({ length: Number(bag) }, (_, n) => BigInt(n))
    await send(poolOwner, at.hub, hubAbi, 'initializeArray', [indexes.map(() => dealId), indexes])
    const tee = tag !== undefined && Enclave.required(tag)
    return indexes.map((index): Work => ({ taskId: Task.id(dealId, index), dealId, index, tee }))
  }

  const view = async (taskId: Hex) =>
    Task.fromChain(
      taskId,
      await client.readContract({
        address: at.hub,
        abi: hubAbi,
        functionName: 'viewTask',
        args: [taskId],
      }),
    )

  const accountOnHub = (address: Address) =>
    client.readContract({
      address: at.hub,
      abi: hubAbi,
      functionName: 'viewAccount',
      args: [address],
    })

  /** Finalizes as the scheduler does, with a link to what storage has. */
  const finalize = (taskId: Hex, link: Hex, callbackData: Hex = '0x') =>
    send(poolOwner, at.hub, hubAbi, 'finalize', [taskId, link, callbackData])

  await fund(requester, 1_000n * RLC)
  await fund(poolOwner, 1_000n * RLC)
  const workerpool = await create(
    at.workerpoolRegistry,
    workerpoolRegistryAbi,
    'createWorkerpool',
    [...[poolOwner.address, 'a pool']],
  )
  const resources = stack.move()
  return {
    ...{ anvil, client, chainId: CHAIN_ID, hub: at.hub, workerpool, poolOwner, requester, owner },
    ...{ fund, send, deployApp, deployImage, sellDataset, match, view, finalize },
    accountOf: accountOnHub,
    policy: (stakeRatio: bigint) =>
      send(poolOwner, workerpool, workerpoolAbi, 'changePolicy', [stakeRatio, 1n]),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

export type Market = Awaited<ReturnType<typeof startMarket>>

function connect(rpcUrl: string) {
  const chain = defineChain({
    id: CHAIN_ID,
    name: 'test',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return createTestClient({
    mode: 'anvil',
    chain,
    transport: http(rpcUrl),
    pollingInterval: 20,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)
}
