/** Emitter: a chain with one contract that logs whatever it is called with. */
import { startAnvil } from '@traboule/service-kit/testing'
import {
  type Address,
  type Chain,
  createTestClient,
  type Hex,
  http,
  publicActions,
  walletActions,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { openChain } from '../../src/chain/client.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
/** Kept in memory: by usual, a reorg to one that was put on disk leaves an empty chain. */
const STATES = '100000'
const accountOf = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex })

export async function startEmitter() {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil({ args: ['--no-mining', '--prune-history', STATES] }))
  const client = await openChain(anvil.rpcUrl)
  const node = createTestClient({
    mode: 'anvil',
    chain: client.chain as Chain,
    transport: http(anvil.rpcUrl),
  })
    .extend(publicActions)
    .extend(walletActions)
  const account = accountOf(9).address // the node holds its key
  const hash = await node.sendTransaction({ account, data: EMITTER })
  await node.mine({ blocks: 3 }) // so that no reorg of a test can take the emitter away
  const { contractAddress } = await node.getTransactionReceipt({ hash })
  if (!contractAddress) throw new Error('the emitter was not created')
  const emitter: Address = contractAddress
  const resources = stack.move()
  return {
    rpcUrl: anvil.rpcUrl,
    client,
    node,
    emitter,
    /** Mines one block with a log for each of `contents`. */
    async block(contents: readonly Hex[]): Promise<void> {
      let nonce = await node.getTransactionCount({ address: account })
      for (const data of contents)
        await node.sendTransaction({ account, to: emitter, data, nonce: nonce++, gas: 100_000n })
      await node.mine({ blocks: 1 })
      const block = { blockHash: (await node.getBlock()).hash }
      const logs = await node.getLogs(block)
      // A test that compares nothing with nothing would pass.
      if (logs.length < contents.length) throw new Error('the chain has lost the emitter')
    },
    /** Replaces the newest `depth` blocks by others, with a log each for `contents`, one a block. */
    async reorg(depth: number, contents: readonly Hex[]): Promise<void> {
      const pairs = contents
        .slice(0, depth)
        .map((data, at) => [{ from: accountOf(8).address, to: emitter, data, gas: '0x186a0' }, at])
      await node.request({ method: 'anvil_reorg', params: [depth, pairs] } as never)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
export type Emitter = Awaited<ReturnType<typeof startEmitter>>

/** Creation code: returns the eight bytes that follow it. */
const EMITTER = '0x67365f5f37365fa0005f5260086018f3'
