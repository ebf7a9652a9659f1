/** Chain: a fresh anvil with everything deployed, everybody funded, and blocks at a steady pace. */
import { deploy, deployNames, type NamesDeployment } from '@traboule/contracts'
import { Category } from '@traboule/protocol'
import { tokenAbi, workerpoolRegistryAbi } from '@traboule/protocol/abi'
import { type Anvil, startAnvil } from '@traboule/service-kit/testing'
import {
  type Address,
  createTestClient,
  defineChain,
  getAddress,
  type Hex,
  http,
  numberToHex,
  parseEther,
  parseEventLogs,
  publicActions,
  walletActions,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type Account, accountOf } from './accounts.ts'

/** Not the id of any public chain, so that no client fills in defaults of its own. */
export const CHAIN_ID = 726_163

const RLC = 10n ** 9n
/** What each account gets beyond ether: in its wallet, and already deposited on the hub. */
const funds: Record<string, { wallet: bigint; deposited: bigint }> = {
  funder: { wallet: 10_000_000n * RLC, deposited: 0n },
  requester: { wallet: 10_000n * RLC, deposited: 1_000n * RLC },
  workerpoolOwner: { wallet: 10_000n * RLC, deposited: 10_000n * RLC },
}
const ordinary = { wallet: 1_000n * RLC, deposited: 100n * RLC }

export type Deployed = Awaited<ReturnType<typeof deploy>>

export type Chain = AsyncDisposable &
  Readonly<{
    anvil: Anvil
    rpcUrl: string
    deployed: Deployed
    ens: NamesDeployment
    workerpool: Address
  }>

export type ChainOptions = Readonly<{
  port: number
  /** Seconds between blocks once everything is set up. */
  blockTime: number
  accounts: readonly Account[]
  /** More categories than the standard five, appended. */
  categories: readonly Category.Category[]
}>

/** Starts the chain. Throws `port/taken`. */
export async function startChain(options: ChainOptions): Promise<Chain> {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil({ port: options.port, chainId: CHAIN_ID }))
  const client = connect(anvil.rpcUrl)
  for (const { address } of options.accounts)
    await client.setBalance({ address, value: parseEther('1000') })
  const owner = privateKeyToAccount(accountOf('owner').privateKey)
  const categories = [...Category.standard, ...options.categories]
  const deployed = await deploy(client, { mode: 'token', owner, categories })
  const ens = await deployNames(client, owner)
  await fund(client, deployed, options.accounts)
  const workerpool = await createWorkerpool(client, deployed)
  await client.setAutomine(false)
  await client.setIntervalMining({ interval: options.blockTime })
  const resources = stack.move()
  return {
    anvil,
    rpcUrl: anvil.rpcUrl,
    deployed,
    ens,
    workerpool,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

type Client = ReturnType<typeof connect>

function connect(rpcUrl: string) {
  const chain = defineChain({
    id: CHAIN_ID,
    name: 'devnet',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return createTestClient({ mode: 'anvil', chain, transport: http(rpcUrl), pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions)
}

/** RLC for everybody, part of it on the hub already. */
async function fund(client: Client, { token, hub }: Deployed, accounts: readonly Account[]) {
  const owner = privateKeyToAccount(accountOf('owner').privateKey)
  for (const { role, address, privateKey } of accounts) {
    if (role === 'owner') continue
    const { wallet, deposited } = funds[role] ?? ordinary
    await settled(
      client,
      await client.writeContract({
        account: owner,
        address: token,
        abi: tokenAbi,
        functionName: 'transfer',
        args: [address, wallet + deposited],
      }),
    )
    if (deposited === 0n) continue
    await settled(
      client,
      await client.writeContract({
        account: privateKeyToAccount(privateKey),
        address: token,
        abi: tokenAbi,
        functionName: 'approveAndCall',
        args: [hub, deposited, '0x'],
      }),
    )
  }
}

/** The devnet's workerpool, with the usual policy: workers stake 30 %, the scheduler keeps 1 %. */
async function createWorkerpool(client: Client, { workerpoolRegistry }: Deployed) {
  const account = privateKeyToAccount(accountOf('workerpoolOwner').privateKey)
  const { logs } = await settled(
    client,
    await client.writeContract({
      account,
      address: workerpoolRegistry,
      abi: workerpoolRegistryAbi,
      functionName: 'createWorkerpool',
      args: [account.address, 'The devnet’s workerpool'],
    }),
  )
  const [created] = parseEventLogs({ abi: workerpoolRegistryAbi, eventName: 'Transfer', logs })
  if (!created) throw new Error('createWorkerpool emitted no Transfer')
  return getAddress(numberToHex(created.args.tokenId, { size: 20 }))
}

async function settled(client: Client, hash: Hex) {
  const receipt = await client.waitForTransactionReceipt({ hash })
  if (receipt.status !== 'success') throw new Error(`transaction ${hash} failed`)
  return receipt
}
