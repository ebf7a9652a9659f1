/** A real chain with a hub on it, and a few people who have something. */
import { deploy } from '@traboule/contracts'
import { Category } from '@traboule/protocol'
import { type Anvil, startAnvil } from '@traboule/service-kit/testing'
import { type Address, createTestClient, defineChain, http, publicActions } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { account, type Network, openNetwork, profile, type Ways } from '../src/index.ts'

const CHAIN_ID = 65_535
const MNEMONIC = 'test test test test test test test test test test test junk'
/** The accounts of anvil, which have ether. */
export const wallet = (index: number) => mnemonicToAccount(MNEMONIC, { addressIndex: index })

const RLC = 10n ** 9n

export type TestChain = AsyncDisposable &
  Readonly<{
    anvil: Anvil
    profile: profile.Profile
    client: ReturnType<typeof clientOf>
    /** The network as person `index` sees it; 0 owns the hub. Everybody else gets 1,000 RLC. */
    as(index: number, ways?: Ways): Promise<Network>
    /** The same chain with services. */
    withUrls(urls: profile.Profile['urls']): void
  }>

export async function startChain(): Promise<TestChain> {
  const anvil = await startAnvil({ chainId: CHAIN_ID })
  const client = clientOf(anvil.rpcUrl)
  const owner = wallet(0)
  const deployed = await deploy(client, { mode: 'token', owner, categories: Category.standard })
  let facts = profile.parse({ ...deployed, rpcUrl: anvil.rpcUrl, chainId: CHAIN_ID, pollMs: 50 })
  const funded = new Set<Address>([owner.address])
  return {
    anvil,
    client,
    get profile() {
      return facts
    },
    withUrls(urls) {
      facts = { ...facts, urls }
    },
    async as(index, ways) {
      const { address } = wallet(index)
      if (!funded.has(address)) {
        funded.add(address)
        await account.transfer(openNetwork(facts, owner), { to: address, amount: 1_000n * RLC })
      }
      return openNetwork(facts, wallet(index), ways)
    },
    [Symbol.asyncDispose]: () => anvil[Symbol.asyncDispose](),
  }
}

function clientOf(rpcUrl: string) {
  const chain = defineChain({
    id: CHAIN_ID,
    name: 'test',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const transport = http(rpcUrl)
  return createTestClient({ mode: 'anvil', chain, transport, pollingInterval: 20 }).extend(
    publicActions,
  )
}
