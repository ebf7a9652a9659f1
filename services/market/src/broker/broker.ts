/**
 * Broker: makes deals of the requests in the book, as soon as there are offers for them. Anyone may
 * send a match, so a broker needs no trust: it has a key that pays for gas, and nothing else.
 * What it decides follows from the book.
 */
import {
  type ChainClient,
  type Clock,
  type Log,
  type Loop,
  type Sender,
  startLoop,
} from '@traboule/service-kit'
import type { Address, Hex } from 'viem'
import { changesAfter, newest } from '../changes.ts'
import type { Db } from '../db/tx.ts'
import type { Metrics } from '../metrics.ts'
import { type Choice, type Chooser, choose, type Offers } from './choose.ts'
import { openCredit } from './credit.ts'
import { type Groups, openGroups } from './groups.ts'
import { offersFor, POOLS, type Request, requestsAbout } from './offers.ts'
import { openRefusals } from './refusals.ts'
import { openStriker } from './strike.ts'

export type BrokerOptions = Readonly<{
  db: Db
  client: ChainClient
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

/** Starts brokering. */
export function startBroker(options: BrokerOptions): Loop {
  const { db, clock, sender, fee } = options
  const credit = openCredit(db, sender.address, fee)
  const refusals = openRefusals(clock)
  const striker = openStriker({ ...options, credit, refusals, struck: () => loop.nudge() })
  const news = openNews(db)
  let cursor = ''

  async function look(): Promise<void> {
    await options.caughtUp()
    const found = await requestsAbout(db, await news(), cursor, CONSIDERED)
    cursor = found.cursor
    if (found.requests.length === 0) return
    const groups = await openGroups(options)
    for (const request of found.requests) await serve(request, groups)
  }

  /** Sends every match that the request can have now. */
  async function serve(request: Request, groups: Groups): Promise<void> {
    if ([...striker.under()].some(({ hashes }) => hashes.includes(request.hash))) return
    const sending = { matcher: sender.address, refused: refusals.resting() }
    const taken = [...striker.under()]
    const choices = await choicesFor(db, request, { sending, taken, groups })
    let left = request
    for (const choice of choices) {
      void striker.strike({ choice, request: left })
      left = { ...left, remaining: left.remaining - choice.volume }
    }
  }

  const loop = startLoop(look, { ...options, name: 'broker' })
  return loop
}

/** Asks which orders were published or changed since it was asked last. */
function openNews(db: Db): () => Promise<Hex[]> {
  let seen: number | undefined
  return async () => {
    const after = seen ?? (await newest(db))
    const changes = await changesAfter(db, after, 1_000)
    seen = changes.at(-1)?.sequence ?? after
    return changes.flatMap(({ topic, payload }) => {
      const hash = (payload as { orderHash?: Hex }).orderHash // of `Entry`, for orders
      return topic === 'orders' && hash ? [hash] : []
    })
  }
}

type Limits = Readonly<{
  sending: Omit<Chooser, 'isMember'>
  taken: readonly Choice[]
  groups: Groups
}>

/** The deals to make of a request, each of what the others leave. */
async function choicesFor(db: Db, request: Request, limits: Limits): Promise<Choice[]> {
  const { sending, taken, groups } = limits
  for (const pools of POOLS) {
    const { isMember, ...found } = await offersFor(db, request, { pools, groups })
    const choices = [...choosing(request, reserved(found, taken), { ...sending, isMember })]
    // Those that are cheapest may be of no use: then dearer ones are looked at, too.
    const all = found.workerpool.length < pools || found.app.length === 0
    if (choices.length > 0 || all) return choices
  }
  return []
}

function* choosing(request: Request, offers: Offers, chooser: Chooser): Generator<Choice> {
  let [left, rest] = [request, offers]
  for (;;) {
    const choice = choose(left, rest, chooser)
    if (!choice) return
    yield choice
    left = { ...left, remaining: left.remaining - choice.volume }
    rest = reserved(rest, [choice])
  }
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
