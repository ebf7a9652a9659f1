/** Generate: rows of bytes from a seed, and a contract that answers them many at a time. */
import { startAnvil } from '@traboule/service-kit/testing'
import {
  type Abi,
  type Address,
  bytesToHex,
  createTestClient,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  http,
  numberToHex,
  publicActions,
  walletActions,
} from 'viem'
import { artifact } from '../../deploy/index.ts'

/** How many cases each test makes; the seed makes other ones. */
export const CASES = Number(process.env.DIFFERENTIAL_CASES ?? 100_000)
export const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 20_261_121)
/** A minute each where nothing else runs. */
export const TIMEOUT = 300_000

const AT: Address = '0x00000000000000000000000000000000000d1ff0'
const PER_CALL = 500

/** Bytes that follow from the seed (xorshift, 32 bits): good enough to choose with. */
export function randomBytes(seed: number): (length: number) => Uint8Array {
  let state = seed | 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0xff
  }
  return (length) => Uint8Array.from({ length }, next)
}

/** A chain on which the contract `name` of this folder answers rows of bytes. */
export async function openAnswerer(name: string) {
  await using stack = new AsyncDisposableStack()
  const flags = ['--disable-block-gas-limit', '--disable-code-size-limit']
  const anvil = stack.use(await startAnvil({ args: flags }))
  const transport = http(anvil.rpcUrl, { timeout: 120_000 })
  const client = createTestClient({ mode: 'anvil', transport })
    .extend(publicActions)
    .extend(walletActions)
  const { abi, bytecode } = await artifact(name, 'test/differential')
  const [account = AT] = await client.getAddresses()
  const gas = 100_000_000n
  const hash = await client.deployContract({ abi, bytecode, account, chain: null, gas })
  const { contractAddress } = await client.waitForTransactionReceipt({ hash })
  const to = contractAddress ?? AT
  const resources = stack.move()
  return {
    client,
    abi,
    to,
    /** The contract's word for each row. */
    async ask(rows: readonly Uint8Array[]): Promise<readonly bigint[]> {
      const words: bigint[] = []
      for (let start = 0; start < rows.length; start += PER_CALL)
        words.push(...(await call(rows.slice(start, start + PER_CALL))))
      return words
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }

  async function call(rows: readonly Uint8Array[]): Promise<readonly bigint[]> {
    const width = rows[0]?.length ?? 0
    const cases = bytesToHex(Buffer.concat(rows))
    const data = encodeFunctionData({ abi, functionName: 'run', args: [cases, BigInt(width)] })
    const { data: answer = '0x' } = await client
      .call({ to, data, gas: 30_000_000_000n })
      .catch(({ details }) => {
        throw new Error(details) // the whole message would hold all the cases
      })
    return decodeFunctionResult({ abi: abi as Abi, functionName: 'run', data: answer }) as bigint[]
  }
}

/** The first row on which the two sides differ, in words. */
export function difference(
  rows: readonly Uint8Array[],
  chain: readonly bigint[],
  mirror: (row: Uint8Array) => bigint,
): string | undefined {
  for (const [n, row] of rows.entries()) {
    const [here, there] = [mirror(row), chain[n] ?? -1n]
    if (here !== there)
      return `seed ${SEED}, case ${n}: ${bytesToHex(row)} is ${show(there)} on the chain, ${show(here)} here`
  }
  return undefined
}

const show = (word: bigint): Hex | string => (word < 0n ? 'nothing' : numberToHex(word))
