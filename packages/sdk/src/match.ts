/** Match: letting orders meet on chain. */
import { AppError, Order } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Hex, parseEventLogs, type TransactionReceipt } from 'viem'
import { write } from './chain.ts'
import type { Network } from './network.ts'

export type Matched = Readonly<{
  dealId: Hex
  /** Tasks in the deal. */
  volume: bigint
  blockNumber: bigint
  transactionHash: Hex
}>

/** Three or four orders; without a dataset, none is used. */
export type Orders = Omit<Order.Quartet, 'dataset'> & Partial<Pick<Order.Quartet, 'dataset'>>

/**
 * Makes a deal of orders that fit. The requester pays from its stake. Throws `chain/reverted` with
 * what does not fit.
 *
 * @example
 * ```ts
 * const { dealId } = await match(network, { app, workerpool, request })
 * ```
 */
export async function match(network: Network, orders: Orders): Promise<Matched> {
  return matchedIn(await write(network, callOf(network, orders, 'matchOrders')))
}

/**
 * Makes a deal that the network's wallet pays for instead of the requester.
 *
 * @example
 * ```ts
 * const { dealId } = await sponsor(network, { app, workerpool, request })
 * ```
 */
export async function sponsor(network: Network, orders: Orders): Promise<Matched> {
  return matchedIn(await write(network, callOf(network, orders, 'sponsorMatchOrders')))
}

function callOf({ profile }: Network, orders: Orders, functionName: string) {
  const { app, dataset = Order.noDataset, workerpool, request } = orders
  const args = [app, dataset, workerpool, request]
  return { address: profile.hub, abi: hubAbi, functionName, args }
}

function matchedIn({ logs, blockNumber, transactionHash }: TransactionReceipt): Matched {
  const [found] = parseEventLogs({ abi: hubAbi, eventName: 'OrdersMatched', logs })
  if (!found) {
    const sentence = `Transaction ${transactionHash} matched nothing: is the hub's address right?`
    throw new AppError('chain/reverted', sentence, { transactionHash })
  }
  const { dealid: dealId, volume } = found.args
  return { dealId, volume, blockNumber, transactionHash }
}
