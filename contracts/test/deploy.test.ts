import { Category } from '@traboule/protocol'
import { hubAbi, tokenAbi } from '@traboule/protocol/abi'
import { anAddress } from '@traboule/protocol/testing'
import { startAnvil } from '@traboule/service-kit/testing'
import {
  type Address,
  createTestClient,
  type Hex,
  http,
  parseAbi,
  parseEther,
  publicActions,
  toFunctionSelector,
  walletActions,
  zeroAddress,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { artifact, deploy, type Settings } from '../deploy/index.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const owner = mnemonicToAccount(MNEMONIC)
const token: Settings = { mode: 'token', owner, categories: Category.standard }
const native: Settings = { mode: 'native', owner, categories: Category.standard }
const poor = mnemonicToAccount(MNEMONIC, { addressIndex: 1 })

async function openChain(chainId = 65_535) {
  const anvil = await startAnvil({ chainId })
  const transport = http(anvil.rpcUrl)
  const client = createTestClient({ mode: 'anvil', transport, pollingInterval: 10 })
    .extend(publicActions)
    .extend(walletActions)
  return { client, [Symbol.asyncDispose]: () => anvil[Symbol.asyncDispose]() }
}
type Client = Awaited<ReturnType<typeof openChain>>['client']

const read = (client: Client, address: Address, functionName: string, args: unknown[] = []) =>
  client.readContract({ address, abi: hubAbi as never, functionName, args }) as Promise<unknown>

test('gives the same addresses on any two chains, whatever happened there before', async () => {
  await using one = await openChain(65_535)
  await using other = await openChain(77_777)
  const nonce = { account: owner, chain: null, to: poor.address, value: 1n } as const
  await other.client.sendTransaction(nonce)
  const [here, there] = [await deploy(one.client, token), await deploy(other.client, token)]
  expect(there).toEqual(here)
})

test('does nothing the second time, and gives another hub for another salt', async () => {
  await using chain = await openChain()
  const first = await deploy(chain.client, token)
  const before = await chain.client.getBlockNumber()
  expect(await deploy(chain.client, token)).toEqual({ ...first, created: 0 })
  expect(await chain.client.getBlockNumber()).toBe(before)
  const salt = `0x${'01'.repeat(32)}` as const
  expect((await deploy(chain.client, { ...token, salt })).hub).not.toBe(first.hub)
})

test('goes on where it stopped when the owner ran out of gas money', async () => {
  await using chain = await openChain()
  const settings = { ...token, owner: poor }
  await chain.client.setBalance({ address: poor.address, value: parseEther('0.02') })
  const failed = await deploy(chain.client, settings).catch((error) => error)
  expect(failed.code).toBe('chain/out-of-gas-money')
  await chain.client.setBalance({ address: poor.address, value: parseEther('10') })
  const { hub } = await deploy(chain.client, settings)
  expect(await read(chain.client, hub, 'countCategory')).toBe(5n)
})

test('knows every function by its name', async () => {
  await using chain = await openChain()
  const { client } = chain
  const { hub } = await deploy(client, token)
  const facets = (await read(client, hub, 'facets')) as { functionSelectors: readonly Hex[] }[]
  const routed = facets.flatMap(({ functionSelectors }) => functionSelectors)
  const names = ((await read(client, hub, 'functionSignatures')) as string).split(';').slice(0, -1)
  expect(names.map((name) => toFunctionSelector(name)).sort()).toEqual([...routed].sort())
  expect(names.find((name) => name.startsWith('matchOrders('))).toContain('((address,uint256,')
  const last = BigInt(names.length - 1)
  const [name, id] = (await read(client, hub, 'functionByIndex', [last])) as [string, Hex]
  expect([name, id]).toEqual([names.at(-1), routed.at(-1)])
})

test('puts back a route that is missing, and leads a changed one to its facet', async () => {
  await using chain = await openChain()
  const { client } = chain
  const { hub } = await deploy(client, token)
  const selector = toFunctionSelector('function viewScore(address)')
  const facet = await read(client, hub, 'facetAddress', [selector])
  const cut = async (facetAddress: Address, action: number) => {
    const cuts = [{ facetAddress, action, functionSelectors: [selector] }]
    const args = [cuts, zeroAddress, '0x'] as const
    const call = { address: hub, abi: hubAbi, functionName: 'diamondCut', args } as const
    const hash = await client.writeContract({ ...call, account: owner, chain: null })
    await client.waitForTransactionReceipt({ hash })
  }
  await cut(zeroAddress, 2)
  await expect(read(client, hub, 'viewScore', [hub])).rejects.toThrow('fallback-disabled')
  await deploy(client, token)
  expect(await read(client, hub, 'facetAddress', [selector])).toBe(facet)

  const [other = hub] = (await read(client, hub, 'facetAddresses')) as Address[]
  await cut(other, 1)
  await deploy(client, token)
  expect(await read(client, hub, 'facetAddress', [selector])).toBe(facet)
})

test('serves a private chain: a token that exists, categories and brokers of its own', async () => {
  await using chain = await openChain()
  const { token: money } = await deploy(chain.client, token)
  const categories = [{ name: 'sprint', description: 'seconds', workClockTimeRef: 10n }]
  const salt = `0x${'02'.repeat(32)}` as const
  const brokers = { keys: [poor.address, owner.address, anAddress(7)], needed: 2 }
  const { hub, token: used } = await deploy(chain.client, {
    ...token,
    token: money,
    categories,
    salt,
  })
  expect(used).toBe(money)
  expect(await read(chain.client, hub, 'teebroker')).toBe(zeroAddress)
  expect(await read(chain.client, hub, 'viewCategory', [0n])).toEqual(categories[0])
  await deploy(chain.client, {
    ...token,
    token: money,
    categories: [...categories, ...categories],
    brokers,
    salt,
  })
  expect(await read(chain.client, hub, 'countCategory')).toBe(2n)
  const broker = (await read(chain.client, hub, 'teebroker')) as Address
  const abi = parseAbi(['function needed() view returns (uint256)'])
  const needed = { address: broker, abi, functionName: 'needed' } as const
  expect(await chain.client.readContract(needed)).toBe(2n)
})

test('creates the whole supply of 87,000,000 RLC for the owner', async () => {
  await using chain = await openChain()
  const { token: address } = await deploy(chain.client, token)
  const rlc = { address, abi: tokenAbi } as const
  const held = { ...rlc, functionName: 'balanceOf', args: [owner.address] } as const
  expect(await chain.client.readContract(held)).toBe(87_000_000n * 10n ** 9n)
  expect(await chain.client.readContract({ ...rlc, functionName: 'decimals' })).toBe(9)
})

test('a native hub holds the coin of its chain: 1 nRLC is 10^9 wei', async () => {
  await using chain = await openChain()
  const { client } = chain
  const { hub, token: none } = await deploy(client, native)
  expect([none, await read(client, hub, 'token')]).toEqual([zeroAddress, zeroAddress])
  const pay = async (value: bigint, data: `0x${string}` = '0x') => {
    const hash = await client.sendTransaction({ account: poor, chain: null, to: hub, value, data })
    await client.waitForTransactionReceipt({ hash })
  }
  await pay(5n * 10n ** 9n + 7n)
  await pay(2n * 10n ** 9n, toFunctionSelector('function deposit()'))
  expect(await read(client, hub, 'balanceOf', [poor.address])).toBe(7n)
  expect(await client.getBalance({ address: hub })).toBe(7n * 10n ** 9n)

  const args = [7n, anAddress(0xabcdef)] as const
  const withdraw = { address: hub, abi: hubAbi, functionName: 'withdrawTo', args } as const
  const hash = await client.writeContract({ ...withdraw, account: poor, chain: null })
  await client.waitForTransactionReceipt({ hash })
  expect(await client.getBalance({ address: args[1] })).toBe(7n * 10n ** 9n)
  await expect(
    client.call({ to: hub, data: '0xdeadbeef', value: 1n, account: poor }),
  ).rejects.toThrow('fallback-disabled')
})

test('an artifact that does not exist is a typed error', async () => {
  await expect(artifact('Nothing')).rejects.toMatchObject({ code: 'contracts/not-compiled' })
})
