/** Chain: a hub with one deal, whose tasks workers bring to the point where storage is needed. */
import { deploy } from '@traboule/contracts'
import { Contribution, Deal, Order, Scalar, Task } from '@traboule/protocol'
import { appRegistryAbi, hubAbi, tokenAbi, workerpoolRegistryAbi } from '@traboule/protocol/abi'
import { anAppOrder, aRequestOrder, aWorkerpoolOrder } from '@traboule/protocol/testing'
import { openChain } from '@traboule/service-kit'
import { startAnvil } from '@traboule/service-kit/testing'
import {
  type Abi,
  type Address,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
  parseEventLogs,
  stringToHex,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const accountOf = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex })
export const owner = accountOf(0)
export const [alice, bob, stranger] = [accountOf(1), accountOf(2), accountOf(3)] as const

type Call = Readonly<{ address: Address; abi: Abi; functionName: string; args: unknown[] }>

/** Starts a chain on which `owner` has everything and alice and bob have a stake. */
export async function startChain() {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil())
  const client = await openChain(anvil.rpcUrl)
  const wallet = createWalletClient({ chain: client.chain, transport: http(anvil.rpcUrl) })
  async function send(account: typeof owner, call: Call) {
    const { request, result } = await client.simulateContract({ ...call, account })
    const hash = await wallet.writeContract({ ...request, chain: client.chain } as never)
    const { logs, status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
    if (status !== 'success') throw new Error(`${call.functionName} failed`)
    return { logs, result: result as Address }
  }
  const category = { name: 'short', description: '{}', workClockTimeRef: 300n }
  const placed = await deploy(client as PublicClient, {
    mode: 'token',
    owner,
    categories: [category],
  })
  const { hub, token } = placed
  for (const account of [alice, bob]) {
    const transfer = [account.address, 1_000n]
    await send(owner, { address: token, abi: tokenAbi, functionName: 'transfer', args: transfer })
    const deposit = [hub, 1_000n, '0x']
    const functionName = 'approveAndCall'
    await send(account, { address: token, abi: tokenAbi, functionName, args: deposit })
  }
  const resources = stack.move()
  return {
    ...placed,
    rpcUrl: anvil.rpcUrl,
    chainId: client.chain.id,
    hubCall: (account: typeof owner, functionName: string, args: unknown[]) =>
      send(account, { address: hub, abi: hubAbi, functionName, args }),
    created: async (address: Address, abi: Abi, functionName: string, args: unknown[]) =>
      (await send(owner, { address, abi, functionName, args })).result,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
export type Chain = Awaited<ReturnType<typeof startChain>>

export type Wish = Readonly<{ bag?: bigint; callback?: Address; tag?: Hex; params?: string }>

/** Matches a bag of tasks at no price, in which one vote is a consensus, and initializes them. */
export async function match(chain: Chain, wish: Wish = {}) {
  const { bag = 1n, callback = Scalar.nullAddress, tag = Scalar.nullBytes32, params = '' } = wish
  const app = await chain.created(chain.appRegistry, appRegistryAbi, 'createApp', [
    owner.address,
    `app ${crypto.randomUUID()}`,
    'WASI',
    stringToHex('/ipfs/Qm'),
    Scalar.nullBytes32,
    '0x',
  ])
  const workerpool = await chain.created(
    chain.workerpoolRegistry,
    workerpoolRegistryAbi,
    'createWorkerpool',
    [owner.address, `pool ${crypto.randomUUID()}`],
  )
  const on = Order.domain(chain.chainId, chain.hub)
  const requester = owner.address
  const orders = {
    app: anAppOrder({ app, volume: bag, tag }),
    workerpool: aWorkerpoolOrder({ workerpool, volume: bag, tag }),
    request: aRequestOrder({ app, workerpool, requester, volume: bag, callback, tag, params }),
  }
  const signed = async (kind: keyof typeof orders) => {
    const toSign = Order.toSign(kind, orders[kind] as never, on)
    return { ...orders[kind], sign: await owner.signTypedData(toSign as never) }
  }
  const { logs } = await chain.hubCall(owner, 'matchOrders', [
    await signed('app'),
    Order.noDataset,
    await signed('workerpool'),
    await signed('request'),
  ])
  const [notice] = parseEventLogs({ abi: hubAbi, logs, eventName: 'SchedulerNotice' })
  if (!notice) throw new Error('nothing matched')
  const { dealid } = notice.args
  const indexes = Deal.indexes({ botFirst: 0n, botSize: bag })
  for (const index of indexes) await chain.hubCall(owner, 'initialize', [dealid, index])
  return indexes.map((index) => Task.id(dealid, index))
}

export async function contribute(
  chain: Chain,
  worker: typeof owner,
  taskId: Hex,
  digest: Hex,
  enclave?: typeof owner,
) {
  const challenge = enclave?.address ?? Scalar.nullAddress
  const raw = Contribution.authorizationHash(worker.address, taskId, challenge)
  const hash = Contribution.resultHash(taskId, digest)
  const seal = Contribution.resultSeal(worker.address, taskId, digest)
  const vote = Contribution.enclaveHash(hash, seal)
  await chain.hubCall(worker, 'contribute', [
    taskId,
    hash,
    seal,
    challenge,
    (await enclave?.signMessage({ message: { raw: vote } })) ?? '0x',
    await owner.signMessage({ message: { raw } }),
  ])
}

/** Contributes and, since one vote is enough, reveals. */
export async function reveal(chain: Chain, worker: typeof owner, taskId: Hex, digest: Hex) {
  await contribute(chain, worker, taskId, digest)
  await chain.hubCall(worker, 'reveal', [taskId, digest])
}
