/**
 * Desk: all tasks of a worker, each moved forward by what the chain shows.
 *
 * At every new block each task is looked at and its next step, if any, is started; steps of
 * different tasks never wait for each other. Whatever fails is simply due again a little later.
 */
import { AppError } from '@traboule/protocol'
import { startLoop } from '@traboule/service-kit/process'
import type { Hex } from 'viem'
import { type Block, readFacts, readHead } from '../chain.ts'
import type { Parts } from '../parts.ts'
import { type Action, carryOut } from './carryOut.ts'
import { anEntry, type Entry, isComputing, needsLease, stepOf } from './entry.ts'
import type { Held } from './held.ts'
import { giveBack, renew, renewalOf } from './lease.ts'

export type Desk = AsyncDisposable & {
  /** Takes on a task and starts it. */
  take(held: Held, expiresInMs: number): Promise<void>
  /** How many tasks are being computed. */
  computing(): number
  holding(): Hex[]
  /** Rejects when the desk ended by a bug. */
  readonly done: Promise<void>
}

export type DeskOptions = Readonly<{
  /** Told when work ended, and maybe a place became free. */
  freed(): void
  signal: AbortSignal
}>

type State = Readonly<{
  parts: Parts
  entries: Map<Hex, Entry>
  /** Lets `work` go on beside everything else. */
  start(work: Promise<void>): void
  signal: AbortSignal
}>

/** Opens the desk with what an earlier process left. */
export async function openDesk(parts: Parts, { freed, signal }: DeskOptions): Promise<Desk> {
  const { shelf, clock, config, log } = parts
  const running = new Set<Promise<void>>()
  const start = (work: Promise<void>): void => {
    const tracked = work
      .catch((error) => log.error('desk.failed', { error }))
      .finally(() => {
        running.delete(tracked)
        loop.nudge()
        freed()
      })
    running.add(tracked)
  }
  const state: State = { parts, entries: await resumed(parts), start, signal }
  const tick = ticking(state)
  const loop = startLoop(tick, { name: 'desk', everyMs: config.POLL_MS, clock, log, signal })
  return {
    async take(held, expiresInMs) {
      const { taskId, dealId, index } = held.lease
      if (state.entries.has(taskId)) return
      await shelf.save(held)
      state.entries.set(taskId, anEntry(held, renewalOf(expiresInMs, clock.now())))
      log.info('task.taken', { taskId, dealId, index })
      loop.nudge()
    },
    computing: () => [...state.entries.values()].filter(isComputing).length,
    holding: () => [...state.entries.keys()],
    done: loop.done,
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]()
      await Promise.all(running)
      await giveBackUnfinished(state)
    },
  }
}

async function resumed({ shelf, log }: Parts): Promise<Map<Hex, Entry>> {
  const all = await shelf.all()
  for (const { lease, digest } of all) log.info('task.resumed', { taskId: lease.taskId, digest })
  return new Map(all.map((held) => [held.lease.taskId, anEntry(held, 0)]))
}

/** A step of the desk's loop: looks at what may have changed, then starts what is due. */
function ticking(state: State): () => Promise<void> {
  const { parts, entries } = state
  let seen: Seen | undefined
  return async () => {
    if (entries.size === 0) return
    for (const entry of entries.values()) renewWhenDue(entry, state) // also while no node answers
    const head = await readHead(parts)
    const now = parts.clock.now()
    if (isBehind(head, seen, now)) return
    const moved = head.hash !== seen?.hash
    const due = [...entries.values()].filter(
      ({ stale, notBefore }) => (moved || stale) && head.number >= notBefore,
    )
    await Promise.all(due.map((entry) => look(entry, head, parts)))
    seen = { ...head, at: now }
    for (const entry of entries.values()) advance(entry, parts.clock.now(), state)
  }
}

type Seen = Readonly<{ number: bigint; hash: Hex; at: number }>

/** How long a lower head is taken for a node that lags; after that the chain itself went back. */
const LAG_MS = 10_000

function isBehind(head: Block, seen: Seen | undefined, now: number): boolean {
  return seen !== undefined && head.number < seen.number && now - seen.at < LAG_MS
}

function renewWhenDue(entry: Entry, { parts, start }: State): void {
  const due = entry.renewAt !== undefined && parts.clock.now() >= entry.renewAt
  if (due && needsLease(entry)) start(renew(entry, parts))
}

/** One task that cannot be seen does not hide the others. */
async function look(entry: Entry, head: Block, parts: Parts): Promise<void> {
  const { taskId } = entry.held.lease
  entry.stale = true
  try {
    entry.facts = await readFacts(parts, taskId, parts.account.address, head)
    entry.stale = false
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    parts.log.debug('task.unseen', { taskId, error })
  }
}

function advance(entry: Entry, now: number, state: State): void {
  const { start } = state
  const step = stepOf(entry)
  entry.overSince = step === 'over' ? (entry.overSince ?? now) : undefined
  const abandoned = entry.renewAt === undefined && entry.held.digest === undefined
  if (step === 'over') end(entry, now, state)
  else if (entry.busy || now < entry.againAt) return
  else if (abandoned) start(drop(entry, state))
  else if (step !== 'wait') start(act(entry, step, state))
}

async function act(entry: Entry, action: Action, state: State): Promise<void> {
  const outcome = await carryOut(entry, action, state.parts, state.signal)
  if (outcome === 'drop') await drop(entry, state)
}

/** The files stay for a while: a reorganisation of the chain may bring the task back. */
function end(entry: Entry, now: number, state: State): void {
  entry.busy?.abort(new AppError('task/over', 'The task went on without this worker.'))
  const kept = now - (entry.overSince ?? now)
  if (!entry.busy && kept >= state.parts.config.KEEP_MS) state.start(drop(entry, state))
}

async function drop(entry: Entry, { parts, entries }: State): Promise<void> {
  const { taskId } = entry.held.lease
  if (entries.get(taskId) !== entry) return // already dropped
  entries.delete(taskId)
  await parts.shelf.drop(taskId)
  parts.log.info('task.dropped', { taskId, status: entry.facts?.task.status })
}

/** A worker that stops gives back what it has not computed, and keeps the rest for its return. */
async function giveBackUnfinished(state: State): Promise<void> {
  const reason = new AppError('worker/stopping', 'The worker was stopped.')
  const unfinished = [...state.entries.values()].filter(isComputing)
  await Promise.all(
    unfinished.map(async (entry) => {
      await giveBack(entry.held.lease.leaseId, reason, state.parts)
      await drop(entry, state)
    }),
  )
}
