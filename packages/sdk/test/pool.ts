/** A workerpool whose scheduler and workers do what the test says, on the real chain. */
import { Archive, Contribution, type Order, Result, Scalar, Tag } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Address, type Hex, keccak256, stringToBytes } from 'viem'
import { write } from '../src/chain.ts'
import { account, type Network, order, workerpool } from '../src/index.ts'
import { type TestChain, wallet } from './chain.ts'

/** People with these numbers own the pool and work in it. */
const OWNER = 5
const WORKERS = [6, 7, 8, 9]

export type Pool = Readonly<{
  address: Address
  owner: Network
  workers: readonly Network[]
  /** A signed order of the pool for `volume` tasks. */
  sell(volume: bigint, price?: bigint, trust?: bigint): Promise<Order.Order<'workerpool'>>
  initialize(dealId: Hex, index: bigint): Promise<void>
  contribute(worker: number, taskId: Hex, digest: Hex): Promise<void>
  reveal(worker: number, taskId: Hex, digest: Hex): Promise<void>
  finalize(taskId: Hex, cid: string): Promise<void>
}>

/** What a task answers: one file, zipped as a worker does. */
export function answer(text: string): { zip: Uint8Array; files: Result.Files; digest: Hex } {
  const computed = { 'deterministic-output-path': '/iexec_out/result.txt' }
  const files = new Map([
    ['result.txt', stringToBytes(text)],
    ['computed.json', stringToBytes(JSON.stringify(computed))],
  ])
  const digest = Result.digestOf(files, { callback: Scalar.nullAddress })
  return { zip: Archive.zip(files), files, digest }
}

export async function startPool(chain: TestChain): Promise<Pool> {
  const owner = await chain.as(OWNER)
  const workers: Network[] = []
  for (const index of [OWNER, ...WORKERS]) {
    const network = await chain.as(index)
    await account.deposit(network, 100_000_000_000n)
    if (index !== OWNER) workers.push(network)
  }
  const address = await workerpool.deploy(owner, { description: 'scripted' })
  const hub = chain.profile.hub
  const call = (functionName: string, args: readonly unknown[]) => ({
    ...{ address: hub, abi: hubAbi, functionName, args },
  })
  const as = (worker: number) => workers[worker] ?? owner
  return {
    ...{ address, owner, workers },
    sell: (volume, workerpoolprice = 0n, trust = 10n) =>
      order.sign(
        owner,
        'workerpool',
        order.create(owner, 'workerpool', {
          ...{ workerpool: address, volume, trust, workerpoolprice },
          tag: Tag.encode(['contestable']),
        }),
      ),
    async initialize(dealId, index) {
      await write(owner, call('initialize', [dealId, index]))
    },
    async contribute(n, taskId, digest) {
      const worker = wallet(WORKERS[n] ?? 0)
      const message = Contribution.authorizationHash(worker.address, taskId, Scalar.nullAddress)
      const authorization = await wallet(OWNER).signMessage({ message: { raw: message } })
      const hash = Contribution.resultHash(taskId, digest)
      const seal = Contribution.resultSeal(worker.address, taskId, digest)
      const args = [taskId, hash, seal, Scalar.nullAddress, '0x', authorization]
      await write(as(n), call('contribute', args))
    },
    async reveal(n, taskId, digest) {
      await write(as(n), call('reveal', [taskId, digest]))
    },
    async finalize(taskId, cid) {
      await write(owner, call('finalize', [taskId, Result.link(cid), '0x']))
    },
  }
}

/** A digest that nobody else has. */
export const lie = keccak256(stringToBytes('a lie'))
