/**
 * Strike: sends matches, each paid for and signed once for what is left of its request, so that a
 * broker that is killed and started again does not send it twice.
 */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Log, Sender } from '@traboule/service-kit'
import type { Abi, Address, Hex } from 'viem'
import type { Metrics } from '../metrics.ts'
import { type Choice, nameOf } from './choose.ts'
import type { Credit } from './credit.ts'
import type { Request } from './offers.ts'
import type { Refusals } from './refusals.ts'

export type StrikerOptions = Readonly<{
  sender: Sender
  hub: Address
  credit: Credit
  refusals: Refusals
  /** Resolves when the index has what the chain has now. */
  caughtUp(): Promise<void>
  /** Told after each strike. */
  struck(): void
  metrics: Pick<Metrics, 'brokered'>
  log: Log
  signal: AbortSignal
}>

export type Strike = Readonly<{ choice: Choice; request: Request }>

export type Striker = Readonly<{
  /** Matches on their way: what they take must not be offered twice. */
  under(): Iterable<Choice>
  /** Sends a match; what becomes of it is told by the chain and the log. */
  strike(what: Strike): Promise<void>
}>

/** Nothing is on its way yet. */
export function openStriker(options: StrikerOptions): Striker {
  const { credit, refusals, metrics, log, signal } = options
  const under = new Map<string, Choice>()

  async function matched({ choice, request }: Strike, key: string): Promise<void> {
    const name = nameOf(choice.hashes)
    if (!(await credit.take(key, request.order.requester))) return refusals.rest(name)
    const { status, transactionHash } = await send(options, key, choice)
    if (status !== 'success') return refused(key, name, 'reverted')
    refusals.forget(name)
    metrics.brokered('matched')
    const { volume, price } = choice
    log.info('broker.matched', { request: request.hash, volume, price, transactionHash })
    await options.caughtUp() // until then the book still offers what was taken
  }

  async function refused(key: string, name: string, code: string): Promise<void> {
    await credit.giveBack(key)
    metrics.brokered(code)
    refusals.rest(name)
  }

  return {
    under: () => under.values(),
    async strike(what) {
      const { choice, request } = what
      const key = keyOf(request)
      under.set(key, choice)
      try {
        await matched(what, key)
      } catch (error) {
        if (signal.aborted) return // the outbox is closed; what is in it goes on next time
        if (!(error instanceof AppError)) log.error('broker.crashed', { error })
        const code = error instanceof AppError ? error.code : 'service/bug'
        await refused(key, nameOf(choice.hashes), code)
        log.info('broker.refused', { request: request.hash, code, reason: String(error) })
      } finally {
        under.delete(key)
        options.struck()
      }
    },
  }
}

const keyOf = ({ hash, remaining }: Readonly<{ hash: Hex; remaining: bigint }>) =>
  `match-${hash}-${remaining}`

function send({ sender, hub: address }: StrikerOptions, key: string, { orders }: Choice) {
  const { app, dataset, workerpool, request } = orders
  const args = [app, dataset, workerpool, request]
  return sender.send(key, { address, abi: hubAbi as Abi, functionName: 'matchOrders', args })
}
