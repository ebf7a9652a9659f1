/** Tide: how far the index is behind the chain, and waiting until it is not. */
import { AppError } from '@traboule/protocol'
import type { ChainClient, Clock, Head } from '@traboule/service-kit'

export type Tide = Readonly<{
  /** Unix seconds of the newest block that is known. */
  time(): bigint
  /** The newest block in the index; undefined until there is one. */
  head(): Head | undefined
  moved(head: Head): void
  /** Waits until the index has what the chain has now. Throws `chain/unreachable`. */
  caughtUp(hurry: () => void): Promise<void>
}>

type Watching = Readonly<{ clock: Clock; signal: AbortSignal }>

/** How long an index may take to catch up before callers are told. */
const PATIENCE_MS = 15_000

/** Watches the index from the chain's head on. */
export async function openTide(client: ChainClient, { clock, signal }: Watching): Promise<Tide> {
  let { timestamp } = await client.getBlock({ blockTag: 'latest' })
  let head: Head | undefined
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const each of waiting) each()
  }
  return {
    time: () => timestamp,
    head: () => head,
    moved(to) {
      head = to
      timestamp = to.timestamp
      wake()
    },
    async caughtUp(hurry) {
      const latest = await client.getBlockNumber().catch((cause) => {
        throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
      })
      const there = () => head !== undefined && head.number >= latest
      const late = new AbortController()
      const tooLong = clock.sleep(PATIENCE_MS, AbortSignal.any([late.signal, signal]))
      tooLong.catch(() => undefined) // it was not too long
      const arrived = new Promise<void>((resolve) => {
        const look = () => {
          if (!there()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        if (!there()) hurry()
      })
      const inTime = await Promise.race([arrived.then(() => true), tooLong.then(() => false)])
      late.abort()
      if (inTime) return
      const details = { indexed: head?.number, latest }
      throw new AppError('chain/unreachable', 'The index is behind the chain.', details)
    },
  }
}
