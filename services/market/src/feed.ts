/**
 * Feed: every change of book and deals over socket.io, numbered, so that who reconnects misses
 * nothing.
 *
 * `join { chainId, topic, after }` first gets what came after that number, then everything as it
 * happens; each event carries its record and, as a second argument, its number. Without `after`
 * only what happens from now on is told.
 */
import type { Server as HttpServer } from 'node:http'
import type { Clock, Log } from '@traboule/service-kit'
import { startLoop } from '@traboule/service-kit'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import { changesAfter, type Numbered, newest, oldest, prune } from './changes.ts'
import type { Db } from './db/tx.ts'

export type FeedOptions = Readonly<{
  db: Db
  chainId: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

export type Feed = AsyncDisposable &
  Readonly<{
    /** Says that there may be changes to tell. */
    nudge(): void
    /** Rejects when changes can no longer be read. */
    done: Promise<void>
    serve(server: HttpServer): AsyncDisposable
  }>

const topics = ['orders', 'deals'] as const
const joining = z.object({
  chainId: z.number(),
  topic: z.enum(topics),
  after: z.number().int().nonnegative().optional(),
})
type Joining = z.output<typeof joining>

/** Changes that are read, and sent to one listener, at a time. */
const TOGETHER = 500
/** Changes that are kept for who comes back. */
const KEPT = 1_000_000

/** Changes that are also kept at hand: when many come back at once, none of them asks the database. */
const AT_HAND = 1_000

/** Opens the feed; changes made by other processes are noticed within a second. */
export async function openFeed({ db, chainId, clock, log, signal }: FeedOptions): Promise<Feed> {
  let told = await newest(db)
  let io: Server | undefined
  const recent: Numbered[] = []

  async function tell() {
    for (;;) {
      const changes = await changesAfter(db, told, TOGETHER)
      for (const change of changes) {
        io?.to(change.topic).emit(change.event, change.payload, change.sequence)
        told = change.sequence
        recent.push(change)
      }
      recent.splice(0, recent.length - AT_HAND)
      if (changes.length > 0 && told % TOGETHER < changes.length) await prune(db, told - KEPT)
      if (changes.length < TOGETHER) return
    }
  }
  const loop = startLoop(tell, { name: 'feed', everyMs: 1_000, clock, log, signal })

  const atHand = (at: number) => at >= (recent[0]?.sequence ?? told)

  function missed(at: number): Promise<Numbered[]> | Numbered[] {
    if (!atHand(at)) return changesAfter(db, at, TOGETHER)
    return recent.filter(({ sequence }) => sequence > at)
  }

  /** Sends what was missed; joins at the very moment when there is no more of it. */
  async function join(socket: Socket, { topic, after }: Joining): Promise<Answer> {
    let at = after ?? told
    if (!atHand(at) && at + 1 < (await oldest(db)))
      return { ok: false, error: 'too old: take a snapshot', sequence: told }
    while (at < told) {
      const changes = await missed(at)
      for (const change of changes.filter(({ sequence }) => sequence <= told)) {
        if (change.topic === topic) socket.emit(change.event, change.payload, change.sequence)
        at = change.sequence
      }
      if (changes.length === 0) break
    }
    if (socket.connected) await socket.join(topic) // a room never forgets who left before they came
    return true
  }

  return {
    nudge: loop.nudge,
    done: loop.done,
    serve(server) {
      io = new Server(server, { path: '/ws', cors: { origin: '*' }, serveClient: false })
      io.on('connection', (socket) => listen(socket, chainId, join))
      return { [Symbol.asyncDispose]: () => closed(io) }
    },
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  }
}

/** `true` as the gateway answers, or why not. */
type Answer = true | Readonly<{ ok: false; error: string; sequence?: number }>
type Reply = (answer: Answer) => void

function listen(
  socket: Socket,
  chainId: number,
  join: (socket: Socket, asked: Joining) => Promise<Answer>,
): void {
  const refuse = (error: string): Answer => ({ ok: false, error })
  const replyTo = (reply: unknown): Reply =>
    typeof reply === 'function' ? (reply as Reply) : () => {}
  socket.on('join', async (asked: unknown, reply: unknown) => {
    const parsed = joining.safeParse(asked)
    if (!parsed.success) return replyTo(reply)(refuse('topic must be orders or deals'))
    if (parsed.data.chainId !== chainId) return replyTo(reply)(refuse('chainId is not supported'))
    const answer = await join(socket, parsed.data).catch(() => refuse('try again later'))
    replyTo(reply)(answer)
  })
  socket.on('leave', async (asked: unknown, reply: unknown) => {
    const parsed = joining.safeParse(asked)
    if (parsed.success) await socket.leave(parsed.data.topic)
    replyTo(reply)(parsed.success || refuse('topic must be orders or deals'))
  })
  socket.on('leaveAll', async (...args: unknown[]) => {
    for (const topic of topics) await socket.leave(topic)
    replyTo(args.at(-1))(true)
  })
}

async function closed(io: Server | undefined): Promise<void> {
  io?.disconnectSockets(true)
  await io?.close().catch(() => undefined) // the HTTP server may be closed already
}
