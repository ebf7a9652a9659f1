/** Market: one devnet for every client of the suite, with something for sale and rich people. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Devnet,
  type Facts,
  networkOf,
  sellApp,
  sellPool,
  startDevnet,
} from '@traboule/devnet'
import { appRegistryAbi, tokenAbi } from '@traboule/protocol/abi'
import { dataset, order } from '@traboule/sdk'
import {
  type Address,
  createTestClient,
  type Hex,
  http,
  keccak256,
  parseEther,
  publicActions,
  stringToHex,
  walletActions,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { build as buildPi } from '../../examples/pi/build.ts'
import { build as buildWordcount } from '../../examples/wordcount/build.ts'
import { onServer } from '../support/database.ts'

export type Person = Readonly<{ address: Address; privateKey: Hex }>

export type Market = AsyncDisposable &
  Readonly<{
    facts: Devnet['facts']
    /** An app that estimates π; its argument is how many points to throw. */
    pi: Address
    /** An app that counts the words of its dataset. */
    wordcount: Address
    /** A dataset of seven words. */
    rhyme: Address
    /** Another of three. */
    couplet: Address
    /** An app of this owner that says it is made for Scone, which nobody runs here. */
    enclaveApp(owner: Address): Promise<Address>
    /** Somebody new with 10 ether and 100 RLC. */
    person(): Promise<Person>
    /** A contract that remembers how long the last call to it was. */
    listener(): Promise<Listener>
  }>

type Listener = Readonly<{ address: Address; heard(): Promise<number> }>

/** Its deals end after ten seconds. */
const fleeting = { name: 'fleeting', description: '""', workClockTimeRef: 1n }
/** The number of the category `fleeting`, after the five standard ones. */
export const FLEETING = 5

export const RLC = 10n ** 9n
/** What the clients of 9.x add to every order: TEE, by TDX. */
export const TDX: Hex = `0x${'9'.padStart(64, '0')}`

/** Starts the devnet; every service in this process, as `npm run devnet` does. */
export async function openMarket(): Promise<Market> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'traboule-compat-'))
  if (!process.env.KEEP_FILES) stack.defer(() => rm(folder, { recursive: true, force: true }))
  const devnet = stack.use(
    await startDevnet({
      ...{ folder, workers: 3, liars: 0, blockTime: 1, ports: 'free' },
      databaseUrl: await onServer(stack),
      categories: [fleeting],
      progress: () => undefined,
    }),
  )
  const { facts } = devnet
  const [pi, words] = await Promise.all([buildPi(), buildWordcount()])
  const apps = {
    pi: await sell(facts, 'pi', pi.bytes),
    wordcount: await sell(facts, 'wordcount', words.bytes),
  }
  const rhyme = await sellText(facts, 'rhyme', 'one two three four once I caught')
  const couplet = await sellText(facts, 'couplet', 'a fish alive')
  await sellPool(facts, { trust: 4n })
  const client = clientOf(facts)
  const give = giverOf(facts, client)
  const resources = stack.move()
  return {
    facts,
    ...apps,
    rhyme,
    couplet,
    async person() {
      const privateKey = generatePrivateKey()
      const { address } = privateKeyToAccount(privateKey)
      await give(address)
      return { address, privateKey }
    },
    listener: () => listen(client),
    enclaveApp: (owner) => deployForEnclave(facts, client, owner),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Sells an app to everybody: to clients that tag every order, and to those that do not. */
async function sell(facts: Facts, name: string, wasm: Uint8Array): Promise<Address> {
  const { address } = await sellApp(facts, name, wasm)
  const tagged = { app: address, appprice: RLC / 10n, volume: 10_000n, tag: TDX }
  await order.offer(networkOf(facts, 'appOwner'), 'app', tagged)
  return address
}

async function sellText(facts: Facts, name: string, text: string): Promise<Address> {
  const network = networkOf(facts, 'datasetOwner')
  const bytes = new TextEncoder().encode(text)
  const address = await dataset.deploy(network, { name, bytes })
  const free = { dataset: address, datasetprice: 0n, volume: BigInt(Number.MAX_SAFE_INTEGER) }
  await order.offer(network, 'dataset', free)
  return address
}

function clientOf({ chainId, rpcUrl }: Facts) {
  const chain = { ...foundry, id: chainId }
  return createTestClient({ chain, mode: 'anvil', transport: http(rpcUrl) })
    .extend(publicActions)
    .extend(walletActions)
}

type Client = ReturnType<typeof clientOf>

const SCONE = {
  ...{ framework: 'SCONE', version: 'v5.7', entrypoint: 'python /app.py' },
  ...{ heapSize: 1_073_741_824, fingerprint: 'ab'.repeat(32) },
}

/** By registry, since clients of 9.x deploy no such apps any more. */
async function deployForEnclave({ appRegistry }: Facts, client: Client, owner: Address) {
  const account = privateKeyToAccount(generatePrivateKey())
  await client.setBalance({ address: account.address, value: parseEther('1') })
  const call = { address: appRegistry, abi: appRegistryAbi, functionName: 'createApp' } as const
  const mrenclave = stringToHex(JSON.stringify(SCONE))
  const image = stringToHex('registry.example/sealed:1.0.0')
  const args = [owner, 'sealed', 'DOCKER', image, keccak256(image), mrenclave] as const
  const { request, result } = await client.simulateContract({ ...call, account, args })
  const hash = await client.writeContract(request)
  await client.waitForTransactionReceipt({ hash, pollingInterval: 100 })
  return result
}

/** CALLDATASIZE, PUSH0, SSTORE, STOP. */
const LISTENER: Hex = '0x365f5500'

async function listen(client: Client): Promise<Listener> {
  const { address } = privateKeyToAccount(generatePrivateKey())
  await client.setCode({ address, bytecode: LISTENER })
  const heard = async () => Number(await client.getStorageAt({ address, slot: '0x0' }))
  return { address, heard }
}

/** The devnet's funder gives one after the other: it has one nonce. */
function giverOf({ accounts, token }: Facts, client: Client): (to: Address) => Promise<void> {
  const funder = accounts.find(({ role }) => role === 'funder')
  if (!funder) throw new Error('The devnet has no funder.')
  const account = privateKeyToAccount(funder.privateKey)
  let last: Promise<unknown> = Promise.resolve()
  return async (to) => {
    await client.setBalance({ address: to, value: parseEther('10') })
    const transfer = { address: token, abi: tokenAbi, functionName: 'transfer' } as const
    const sent = last.then(() =>
      client.writeContract({ ...transfer, account, args: [to, 100n * RLC] }),
    )
    last = sent.catch(() => undefined)
    await client.waitForTransactionReceipt({ hash: await sent, pollingInterval: 100 })
  }
}
