/**
 * Witness: a second endpoint of the same chain, asked whether it has the blocks that the index has.
 * One endpoint that lies, or is cut off with a part of the network, is then no secret.
 */
import {
  type ChainClient,
  type Clock,
  type Head,
  type Log,
  openChain,
  startLoop,
} from '@traboule/service-kit'
import { BlockNotFoundError } from 'viem'

/** `behind` has no such block yet, `silent` does not answer; both say nothing against the index. */
export type Testimony = 'none' | 'agrees' | 'behind' | 'silent' | 'disagrees'

export type Witness = AsyncDisposable &
  Readonly<{ says(): Testimony; nudge(): void; done: Promise<void> }>

export type WitnessOptions = Readonly<{
  url: string
  chainId: number
  /** The newest block in the index. */
  head(): Head | undefined
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

/** What is said where nobody was asked. */
export const noWitness: Witness = {
  says: () => 'none',
  nudge: () => undefined,
  done: new Promise(() => undefined),
  async [Symbol.asyncDispose]() {},
}

/** Starts asking. Throws `chain/wrong-network` when the endpoint is of another chain. */
export async function openWitness(options: WitnessOptions): Promise<Witness> {
  const { url, chainId, head, ...timing } = options
  const client = await openChain(url, chainId)
  let said: Testimony = 'silent'
  async function ask(): Promise<void> {
    const block = head()
    if (!block) return
    const now = await testimony(client, block)
    if (now === 'disagrees' && said !== now)
      timing.log.error('chain.disputed', { number: block.number, hash: block.hash })
    said = now
  }
  const loop = startLoop(ask, { name: 'witness', ...timing })
  return {
    says: () => said,
    nudge: loop.nudge,
    done: loop.done,
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  }
}

async function testimony(client: ChainClient, { number, hash }: Head): Promise<Testimony> {
  try {
    const block = await client.getBlock({ blockNumber: number })
    return block.hash === hash ? 'agrees' : 'disagrees'
  } catch (error) {
    return error instanceof BlockNotFoundError ? 'behind' : 'silent'
  }
}
