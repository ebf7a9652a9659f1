/** Client: reading a chain, with its own failures told apart from ours. */
import { AppError } from '@traboule/protocol'
import { createPublicClient, defineChain, type HttpTransport, http, type PublicClient } from 'viem'

/** A JSON-RPC reader that batches calls made in the same tick. */
export type ChainClient = PublicClient<HttpTransport, ReturnType<typeof defineChain>>

/** Opens `rpcUrl`. Throws `chain/unreachable`, or `chain/wrong-network` when an id is expected. */
export async function openChain(rpcUrl: string, expectedChainId?: number): Promise<ChainClient> {
  const transport = http(rpcUrl, { batch: true, retryCount: 2, timeout: 10_000 })
  const chainId = await createPublicClient({ transport })
    .getChainId()
    .catch((cause) => {
      throw new AppError('chain/unreachable', `No chain answers at ${rpcUrl}.`, { rpcUrl }, cause)
    })
  if (expectedChainId !== undefined && chainId !== expectedChainId)
    throw new AppError('chain/wrong-network', `${rpcUrl} is chain ${chainId}.`, {
      chainId,
      expectedChainId,
    })
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return createPublicClient({ chain, transport, pollingInterval: 250, cacheTime: 0 })
}

/** A reading that fails is the chain's failure, and worth another try. */
export async function reading<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
