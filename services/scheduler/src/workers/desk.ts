/** Desk: where workers ask for tasks, and the rules under which they get them. */
import { AppError, Enclave, Scalar } from '@traboule/protocol'
import type { Clock, Log } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import type { Matchmaker, Offer } from '../ads/matchmaker.ts'
import type { Tables } from '../db/schema.ts'
import type { Metrics } from '../metrics.ts'
import type { Board, Open } from '../tasks/board.ts'
import type { Action } from '../tasks/decide.ts'
import { type Candidate, choose, enough, outstanding, suits } from './choose.ts'
import type { Draw } from './draw.ts'
import type { Lease } from './lease.ts'
import type { Leases } from './leases.ts'
import type { Openings } from './opening.ts'
import { type Records, refuseDistrusted } from './records.ts'
import type { Standing } from './standing.ts'
import { unsent } from './suffice.ts'
import type { Vouch } from './vouch.ts'

export type Wish = Omit<Candidate, 'accepts'> &
  Readonly<{
    capacity: number
    holding: readonly Hex[]
    ad?: string | undefined
    /** Whether it hands in ballots instead of sending its votes itself. */
    ballots?: boolean
  }>

export type Desk = Readonly<{
  /**
   * Leases for a worker that asks. Throws `worker/not-a-member`, `worker/distrusted`,
   * `worker/stake-too-low`, and what is wrong with its ad.
   */
  ask(wish: Wish): Promise<Grant[]>
}>

/** A lease with what the worker needs to contribute under it. */
export type Grant = Readonly<{
  lease: Lease
  task: Open
  /** Absent where the worker hands in a ballot. */
  authorization?: Readonly<{ enclaveChallenge: Address; signature: Hex }>
}>

export type DeskOptions = Readonly<{
  db: Kysely<Tables>
  workerpool: Address
  board: Board
  leases: Leases
  openings: Openings
  records: Records
  draw: Draw
  matchmaker: Matchmaker
  vouch: Vouch
  /** What enclaves this pool offers. */
  tee: Enclave.Kind
  members: readonly Address[] | undefined
  next(task: Open): Action | undefined
  standingOf(worker: Address): Promise<Standing>
  metrics: Pick<Metrics, 'lease'>
  clock: Clock
  log: Log
}>

type Served = Readonly<{ given: Lease[]; refused?: AppError }>

export function openDesk(options: DeskOptions): Desk {
  const { board, leases, matchmaker, members, next, metrics, clock, log, draw } = options
  const openingOf = options.openings.of

  const openings = (): Offer[] =>
    [...board.all()]
      .filter((task) => next(task)?.do === 'recruit' && offered(task, options))
      .map(openingOf)

  /** Leases this worker holds but does not know of: the answer that gave them was lost. */
  async function forgotten(wish: Wish): Promise<Lease[]> {
    const { worker, holding, capacity } = wish
    const held = [...board.all()].flatMap((task) => outstanding(openingOf(task)))
    const lost = held.filter(
      (each) =>
        each.worker === worker && !holding.includes(each.taskId) && able(wish, each, options),
    )
    const again = lost.slice(0, capacity).map((lease) => {
      const task = board.find(lease.taskId)
      return task && leases.again(lease, latestMs(lease, task))
    })
    return (await Promise.all(again)).filter((lease) => lease !== undefined)
  }

  async function fresh(wish: Wish, capacity: number): Promise<Served> {
    const { worker } = wish
    const view = matchmaker.meet(worker, wish)
    const candidate = { ...wish, accepts: ({ terms }: Offer) => view.accepts(terms) }
    const wanted = choose(candidate, openings(), clock.now(), view.worth).filter(
      ({ taskId }) => !wish.holding.includes(taskId),
    )
    if (capacity < 1 || wanted.length === 0) return { given: [] }
    await refuseDistrusted(options, worker)
    const { weight, free } = await options.standingOf(worker)
    let left = free - committed(worker, options)
    const given: Lease[] = []
    for (const { taskId } of wanted) {
      if (given.length === capacity) break
      const task = board.find(taskId) // others may have been served while we read
      if (!task || next(task)?.do !== 'recruit') continue
      const opening = openingOf(task)
      if (!suits(candidate, opening, clock.now()) || enough(opening)) continue
      if (!draw.isOffered(opening, worker, matchmaker.count())) continue
      const stake = task.terms.workerStake
      if (stake > left) return { given, refused: tooPoor(worker, stake, left) }
      left -= stake
      given.push(await leases.grant({ taskId, worker, weight }))
      matchmaker.given(task.terms)
    }
    return { given }
  }

  return {
    async ask(wish) {
      const { worker, capacity } = wish
      refuseStranger(members, worker)
      const again = await forgotten(wish)
      const served = await fresh(wish, capacity - again.length)
      const given = [...again, ...served.given]
      if (served.refused && given.length === 0) throw served.refused
      for (const { taskId, leaseId } of given) {
        metrics.lease('given')
        log.info('lease.given', { taskId, worker, leaseId })
      }
      const grants = await Promise.all(given.map((lease) => signed(lease, wish, options)))
      return grants.filter((grant) => grant !== undefined)
    },
  }
}

function refuseStranger(members: readonly Address[] | undefined, worker: Address): void {
  if (!members || members.includes(worker)) return
  throw new AppError('worker/not-a-member', `${worker} is not a member of this pool.`, { worker })
}

/** Whether this pool can do what a task's tag asks of enclaves; workers judge the rest. */
const offered = ({ terms: { tag } }: Open, { tee }: DeskOptions) =>
  !Enclave.required(tag) || Enclave.serves(tee, tag)

/** Whether a worker that came back without its enclave can still do what it holds. */
function able({ enclave }: Wish, { taskId }: Lease, { board }: DeskOptions): boolean {
  const task = board.find(taskId)
  return enclave !== undefined || !task || !Enclave.required(task.terms.tag)
}

async function signed(
  lease: Lease,
  { worker, enclave, ballots }: Wish,
  { board, vouch }: DeskOptions,
): Promise<Grant | undefined> {
  const task = board.find(lease.taskId)
  if (!task) return undefined
  const needed = Enclave.required(task.terms.tag)
  if (ballots && !needed) return { lease, task }
  const enclaveChallenge = (needed && enclave) || Scalar.nullAddress
  const signature = await vouch(worker, lease.taskId, enclaveChallenge)
  return { lease, task, authorization: { enclaveChallenge, signature } }
}

/** Stakes that the worker will lock when it contributes to what it holds. */
function committed(worker: Address, { board, openings }: DeskOptions): bigint {
  return [...board.all()]
    .filter((task) => {
      const opening = openings.of(task)
      const waiting = [...outstanding(opening), ...unsent(opening)]
      return waiting.some((each) => each.worker === worker)
    })
    .reduce((sum, task) => sum + task.terms.workerStake, 0n)
}

/** When a lease ends however often it is renewed: nobody may keep a task longer than it may take. */
export const latestMs = ({ grantedAt }: Lease, { terms }: Open) =>
  grantedAt + Number(terms.timeRef) * 1000

const tooPoor = (worker: Address, needed: bigint, free: bigint) =>
  new AppError('worker/stake-too-low', `${worker} has too little free stake for a task.`, {
    needed,
    free: free > 0n ? free : 0n,
  })
