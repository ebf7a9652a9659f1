/**
 * Transaction: what leaves this wallet, from its gas to its nonce.
 *
 * viem's own ways of sending also blobs and delegations bring a second library of curves into
 * pages that never send either, so only its requests are used here.
 */
import { AppError } from '@traboule/protocol'
import { type Address, type Hash, type Hex, type LocalAccount, numberToHex } from 'viem'
import {
  estimateMaxPriorityFeePerGas,
  getBlock,
  getChainId,
  getGasPrice,
  getTransactionCount,
  sendRawTransaction,
} from 'viem/actions'
import { type Network, type Signer, signerOf } from './network.ts'

/** What is sent; `value` is in wei. */
export type Outgoing = Readonly<{ to: Address; data: Hex; value: bigint }>
type Fuelled = Outgoing & Readonly<{ gas: bigint }>

/** Gas that this would take now. Rejects as the node does when it would fail. */
export async function estimate(network: Network, { to, data, value }: Outgoing): Promise<bigint> {
  const { address: from } = signerOf(network)
  const params = [{ from, to, data, value: numberToHex(value) }]
  const gas = await network.chain.request({ method: 'eth_estimateGas', params } as never)
  return BigInt(gas as Hex) // the method's answer
}

/** Sends it; the answer is its hash, not yet that it was mined. */
export function send(network: Network, outgoing: Fuelled): Promise<Hash> {
  const signer = signerOf(network)
  const { account } = signer
  return typeof account === 'string' ? askWallet(signer, outgoing) : sign(signer, account, outgoing)
}

/** A wallet that keeps its key chooses fees and nonce itself; its chain may be another. */
async function askWallet(signer: Signer, { to, data, value, gas }: Fuelled): Promise<Hash> {
  const [expected, found] = [signer.chain.chain?.id, await getChainId(signer.chain)]
  if (found !== expected)
    throw new AppError('chain/wrong-network', `The wallet is on chain ${found}, not ${expected}.`, {
      ...{ expected, found },
    })
  const amounts = { value: numberToHex(value), gas: numberToHex(gas) }
  const params = [{ from: signer.address, to, data, ...amounts }]
  const request = { method: 'eth_sendTransaction', params } as never
  return (await signer.chain.request(request, { retryCount: 0 })) as Hash // the method's answer
}

async function sign({ address, chain }: Signer, account: LocalAccount, outgoing: Fuelled) {
  const [fees, nonce] = await Promise.all([
    feesOf(chain),
    getTransactionCount(chain, { address, blockTag: 'pending' }),
  ])
  const transaction = { ...outgoing, ...fees, nonce, chainId: chain.chain?.id }
  const serializedTransaction = await account.signTransaction(transaction as never) // one of two types
  return sendRawTransaction(chain, { serializedTransaction })
}

/** Fees for the next blocks: what the base fee can become in one full block, and the node's tip. */
async function feesOf(chain: Signer['chain']) {
  const { baseFeePerGas } = await getBlock(chain)
  if (baseFeePerGas === null) return { type: 'legacy', gasPrice: await getGasPrice(chain) }
  const maxPriorityFeePerGas = await estimateMaxPriorityFeePerGas(chain)
  const maxFeePerGas = (baseFeePerGas * 6n) / 5n + maxPriorityFeePerGas
  return { type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas }
}
