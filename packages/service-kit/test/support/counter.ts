/** Counter: a chain with a contract that does each thing once and says why it refuses the second. */
import { startAnvil } from '@traboule/service-kit/testing'
import solc from 'solc'
import {
  type Abi,
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
import type { Call } from '../../src/chain/send.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const accountOf = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex })

const source = `
// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;
contract Counter {
    mapping(uint256 => uint256) public times;
    uint256[] public order;
    function once(uint256 id) external {
        require(times[id] == 0, "already done");
        times[id]++;
        order.push(id);
    }
    function all() external view returns (uint256[] memory) { return order; }
}`

function compile(): { abi: Abi; bytecode: Hex } {
  const input = {
    language: 'Solidity',
    sources: { 'Counter.sol': { content: source } },
    settings: { outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  }
  const { contracts } = JSON.parse(solc.compile(JSON.stringify(input)))
  const { abi, evm } = contracts['Counter.sol'].Counter
  return { abi, bytecode: `0x${evm.bytecode.object}` }
}

export async function startCounter() {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil())
  const client = await openChain(anvil.rpcUrl)
  const node = createTestClient({
    mode: 'anvil',
    chain: client.chain as Chain,
    transport: http(anvil.rpcUrl),
  })
    .extend(publicActions)
    .extend(walletActions)
  const { abi, bytecode } = compile()
  const deployer = accountOf(9).address // the node holds its key
  const hash = await node.sendTransaction({ account: deployer, data: bytecode })
  const { contractAddress } = await node.waitForTransactionReceipt({ hash, pollingInterval: 20 })
  if (!contractAddress) throw new Error('the counter was not created')
  await node.mine({ blocks: 3 }) // so that no reorg of a test can take it away
  const counter: Address = contractAddress
  const read = (functionName: string, args: unknown[] = []) =>
    client.readContract({ address: counter, abi, functionName, args })
  const resources = stack.move()
  return {
    rpcUrl: anvil.rpcUrl,
    client,
    node,
    once: (id: bigint): Call => ({ address: counter, abi, functionName: 'once', args: [id] }),
    times: async (id: bigint) => (await read('times', [id])) as bigint,
    /** Everything done, in the order of the chain. */
    order: async () => (await read('all')) as bigint[],
    async reorg(depth: number) {
      await node.request({ method: 'anvil_reorg', params: [depth, []] } as never)
    },
    /** How many transactions wait to be mined. */
    waiting: async () => Number((await node.getTxpoolStatus()).pending),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
export type Counter = Awaited<ReturnType<typeof startCounter>>
