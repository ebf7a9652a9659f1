/**
 * Broker: makes deals of the requests in the book, as soon as there are offers for them. Anyone may
 * send a match, so a broker needs no trust: it has a key that pays for gas, and nothing else.
 *
 * What it decides follows from the book. A match is signed once for what is left of a request, and
 * kept before it is sent, so that a broker that is killed and started again does not send it twice.
 */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type Clock, type Log, type Loop, type Sender, startLoop } from '@traboule/service-kit'
import type { Abi, Address, Hex } from 'viem'
import { changesAfter, newest } from '../changes.ts'
import type { Db } from '../db/tx.ts'
import type { Metrics } from '../metrics.ts'
import { type Choice, choose, nameOf, type Offers } from './choose.ts'
import { type Credit, openCredit } from './credit.ts'
import { offersFor, type Request, requestsAbout } from './offers.ts'

export type BrokerOptions = Readonly<{
  db: Db
  sender: Sender
  hub: Address
  /** nRLC a deal, paid beforehand to the broker's account in the hub; 0 for none. */
  fee: bigint
  /** Resolves when the index has what the chain has now. */
  caughtUp(): Promise<void>
  metrics: Pick<Metrics, 'brokered'>
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

/** Requests that one look considers: those something happened to, and as many of all in turn. */
const CONSIDERED = 100
/** How long a choice that the chain refused is left alone, at first and at most. */
const [REST_MS, LONGEST_REST_MS] = [2_000, 300_000]

type Refusal = Readonly<{ until: number; restMs: number }>
type Strike = Readonly<{ choice: Choice; request: Request }>

/** Starts brokering. */
export function startBroker(options: BrokerOptions): Loop {
  const { db, clock, log, signal, everyMs, sender, fee } = options
  const credit = openCredit(db, sender.address, fee)
  const refusals = new Map<string, Refusal>()
  /** Matches on their way: what they take is not offered twice. */
  const under = new Map<string, Choice>()
  let seen: number | undefined
  let cursor = ''

  async function look(): Promise<void> {
    await options.caughtUp()
    const about = await news()
    const found = await requestsAbout(db, about, cursor, CONSIDERED)
    cursor = found.cursor
    for (const request of found.requests) await serve(request)
  }

  /** Orders that were published or changed since the last look. */
  async function news(): Promise<Hex[]> {
    const after = seen ?? (await newest(db))
    const changes = await changesAfter(db, after, 1_000)
    seen = changes.at(-1)?.sequence ?? after
    return changes.flatMap(({ topic, payload }) => {
      const hash = (payload as { orderHash?: Hex }).orderHash // of `Entry`, for orders
      return topic === 'orders' && hash ? [hash] : []
    })
  }

  /** Sends every match that the request can have now. */
  async function serve(request: Request): Promise<void> {
    if ([...under.values()].some(({ hashes }) => hashes.includes(request.hash))) return
    const chooser = { matcher: sender.address, refused: resting() }
    let left = request
    let offers = reserved(await offersFor(db, request), under.values())
    for (;;) {
      const choice = choose(left, offers, chooser)
      if (!choice) return
      void strike({ choice, request: left }, credit)
      left = { ...left, remaining: left.remaining - choice.volume }
      offers = reserved(offers, [choice])
    }
  }

  async function strike({ choice, request }: Strike, credit: Credit): Promise<void> {
    const { hash, remaining, order } = request
    const key = `match-${hash}-${remaining}`
    const name = nameOf(choice.hashes)
    under.set(key, choice)
    try {
      if (!(await credit.take(key, order.requester))) return rest(name)
      const { app, dataset, workerpool, request } = choice.orders
      const args = [app, dataset, workerpool, request]
      const call = { address: options.hub, abi: hubAbi as Abi, functionName: 'matchOrders', args }
      const { transactionHash, status } = await sender.send(key, call)
      if (status !== 'success') return await refused(key, name, 'reverted')
      refusals.delete(name)
      options.metrics.brokered('matched')
      const { volume, price } = choice
      log.info('broker.matched', { request: hash, volume, price, transactionHash })
      await options.caughtUp() // until then the book still offers what was taken
    } catch (error) {
      if (signal.aborted) return // the outbox is closed; what is in it goes on next time
      if (!(error instanceof AppError)) log.error('broker.crashed', { error })
      const code = error instanceof AppError ? error.code : 'service/bug'
      await refused(key, name, code)
      log.info('broker.refused', { request: hash, code, reason: String(error) })
    } finally {
      under.delete(key)
      loop.nudge()
    }
  }

  async function refused(key: string, name: string, code: string): Promise<void> {
    await credit.giveBack(key)
    options.metrics.brokered(code)
    rest(name)
  }

  /** Longer each time: the chain will not change its mind at once. */
  function rest(name: string): void {
    const restMs = Math.min((refusals.get(name)?.restMs ?? REST_MS / 2) * 2, LONGEST_REST_MS)
    refusals.set(name, { restMs, until: clock.now() + restMs })
  }

  function resting(): ReadonlySet<string> {
    const now = clock.now()
    for (const [name, { until, restMs }] of refusals)
      if (now > until + restMs) refusals.delete(name)
    return new Set([...refusals].filter(([, { until }]) => until > now).map(([name]) => name))
  }

  const loop = startLoop(look, { name: 'broker', everyMs, clock, log, signal })
  return loop
}

/** The offers without what these choices take of them. */
function reserved(offers: Offers, choices: Iterable<Choice>): Offers {
  const taken = new Map<Hex, bigint>()
  for (const { hashes, volume } of choices)
    for (const hash of hashes) taken.set(hash, (taken.get(hash) ?? 0n) + volume)
  const less = <T extends { hash: Hex; remaining: bigint }>(offer: T): T => ({
    ...offer,
    remaining: offer.remaining - (taken.get(offer.hash) ?? 0n),
  })
  return {
    app: offers.app.map(less),
    dataset: offers.dataset.map(less),
    workerpool: offers.workerpool.map(less),
  }
}
