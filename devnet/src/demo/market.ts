/** Market: what the devnet's people sell, published once so that anybody can buy. */
import { Enclave } from '@traboule/protocol'
import { app, type Network, openNetwork, order, profile } from '@traboule/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { accountOf, type Role } from '../accounts.ts'
import type { Facts } from '../devnet.ts'

const RLC = 10n ** 9n
/** What a task costs on the devnet, in nRLC: a tenth for the app, the rest for the pool. */
const APP_PRICE = RLC / 10n
const POOL_PRICE = RLC
/** More tasks than a devnet sees; the pool's stake covers them all. */
const PLENTY = 10_000n

/** The network as one of the devnet's people sees it. */
export function networkOf(facts: Facts, role: Role): Network {
  return openNetwork(profile.parse(facts), privateKeyToAccount(accountOf(role).privateKey))
}

/** The app owner registers a module and sells its use. */
export async function sellApp(facts: Facts, name: string, wasm: Uint8Array) {
  const network = networkOf(facts, 'appOwner')
  const address = await app.deploy(network, { name, wasm })
  await order.offer(network, 'app', { app: address, appprice: APP_PRICE, volume: PLENTY })
  const { location, checksum } = await app.show(network, address)
  return { address, multiaddr: location, checksum }
}

/**
 * The pool's owner sells its workers' time, up to the trust they can reach together: as it is, and
 * to those who ask for an enclave, which here is a simulated one.
 */
export async function sellPool(
  facts: Facts,
  { trust, category = 0n }: Readonly<{ trust: bigint; category?: bigint }>,
): Promise<void> {
  const network = networkOf(facts, 'workerpoolOwner')
  const { workerpool } = facts
  const draft = { workerpool, workerpoolprice: POOL_PRICE, volume: PLENTY, category, trust }
  await order.offer(network, 'workerpool', draft)
  await order.offer(network, 'workerpool', { ...draft, tag: Enclave.TAG })
}
