/** Order: writing, publishing and closing the four kinds; this file is what the chain does with them. */
import type { Order } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { TransactionReceipt } from 'viem'
import { read, write } from './chain.ts'
import { hash } from './draft.ts'
import type { Network } from './network.ts'

export * from './book.ts'
export * from './draft.ts'

/**
 * Revokes every order that the network's wallet ever signed, at once and for little gas.
 *
 * @example
 * ```ts
 * await order.revokeAll(network)
 * ```
 */
export function revokeAll(network: Network): Promise<TransactionReceipt> {
  const address = network.profile.hub
  return write(network, { address, abi: hubAbi, functionName: 'revokeAllOrders', args: [] })
}

const manage = {
  app: 'manageAppOrder',
  dataset: 'manageDatasetOrder',
  workerpool: 'manageWorkerpoolOrder',
  request: 'manageRequestOrder',
} as const satisfies Record<Order.Kind, string>

const SIGN = 0
const CLOSE = 1

/**
 * Closes an order on chain: nobody can match it any more. Only its signer may.
 *
 * @example
 * ```ts
 * await order.cancel(network, 'app', signed)
 * ```
 */
export function cancel<K extends Order.Kind>(
  network: Network,
  kind: K,
  signed: Order.Order<K>,
): Promise<TransactionReceipt> {
  return operate(network, kind, { order: signed, operation: CLOSE, sign: '0x' })
}

/**
 * Signs an order by a transaction, for wallets that cannot sign typed data; its `sign` may be `0x`.
 *
 * @example
 * ```ts
 * await order.presign(network, 'app', { ...order.create(network, 'app', { app }), sign: '0x' })
 * ```
 */
export function presign<K extends Order.Kind>(
  network: Network,
  kind: K,
  unsigned: Order.Order<K>,
): Promise<TransactionReceipt> {
  return operate(network, kind, { order: unsigned, operation: SIGN, sign: '0x' })
}

function operate(network: Network, kind: Order.Kind, operation: object) {
  const functionName = manage[kind]
  return write(network, {
    ...{ address: network.profile.hub, abi: hubAbi, functionName, args: [operation] },
  })
}

/**
 * How many tasks an order can still be matched for, as the chain counts; a closed one for none.
 *
 * @example
 * ```ts
 * const left = await order.remaining(network, 'app', signed)
 * ```
 */
export async function remaining<K extends Order.Kind>(
  network: Network,
  kind: K,
  order: Order.Order<K>,
): Promise<bigint> {
  const args = [hash(network, kind, order)] as const
  const address = network.profile.hub
  const consumed = await read(network, {
    ...{ address, abi: hubAbi, functionName: 'viewConsumed' as const, args },
  })
  return order.volume - consumed
}
