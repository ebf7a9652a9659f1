/**
 * World: the calls of WASI preview 1 that tell a program about the world around it.
 *
 * The world is the same for every worker of a task, so that honest workers agree:
 *
 * - Time starts at the deal's start. It passes only while a program asks for it (one microsecond a
 *   question, so that waiting loops end) or sleeps (at once, in no real time).
 * - Randomness is the AES-256-CTR keystream, counter from zero, under the key
 *   sha256("traboule wasi randomness 1" ‖ seed). It repeats in every run of a task and differs
 *   between tasks. It is no secret: keys made from it are known to everybody.
 */
import { createCipheriv, createHash } from 'node:crypto'
import { ABSOLUTE_TIME, type Calls, clockid, Errno, eventtype, type Memory } from './abi.ts'
import { Exit, Fault } from './fault.ts'

type Host = Readonly<{
  memory: Memory
  args: readonly string[]
  env: Readonly<Record<string, string>>
  startNs: bigint
  seed: string
}>

export function worldCalls({ memory, args, env, startNs, seed }: Host): Calls {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return {
    ...listCalls(memory, 'args', ['app', ...args]),
    ...listCalls(memory, 'environ', variables),
    ...timeCalls(memory, startNs),
    ...randomCalls(memory, seed),
    proc_exit(code: number) {
      throw new Exit(code >>> 0)
    },
    proc_raise(signal: number) {
      throw new Fault('app/trapped', `The app raised signal ${signal}.`, { signal })
    },
    sched_yield: () => undefined,
  }
}

/** Arguments and environment have the same two calls: sizes, then NUL-ended texts with pointers. */
function listCalls(memory: Memory, name: 'args' | 'environ', texts: readonly string[]): Calls {
  const encoded = texts.map((text) => new TextEncoder().encode(`${text}\0`))
  return {
    [`${name}_sizes_get`](countAt: number, sizeAt: number) {
      memory.setU32(countAt, encoded.length)
      memory.setU32(
        sizeAt,
        encoded.reduce((sum, text) => sum + text.length, 0),
      )
    },
    [`${name}_get`](pointersAt: number, textAt: number) {
      let at = textAt >>> 0
      for (const [index, text] of encoded.entries()) {
        memory.setU32((pointersAt >>> 0) + 4 * index, at)
        memory.bytes(at, text.length).set(text)
        at += text.length
      }
    },
  }
}

const STEP_NS = 1_000n

function timeCalls(memory: Memory, startNs: bigint): Calls {
  let elapsed = 0n
  const now = (clock: number): bigint => {
    if (clock >>> 0 > clockid.threadCpu) throw new Errno('inval')
    return clock === clockid.realtime ? startNs + elapsed : elapsed
  }
  /** How far ahead a subscription's moment is; 0 when it has come. */
  const aheadOf = (at: number): bigint => {
    const timeout = memory.u64(at + 24)
    if ((memory.u16(at + 40) & ABSOLUTE_TIME) === 0) return timeout
    const ahead = timeout - now(memory.u32(at + 16))
    return ahead > 0n ? ahead : 0n
  }
  return {
    clock_res_get(clock: number, at: number) {
      now(clock)
      memory.setU64(at, STEP_NS)
    },
    clock_time_get(clock: number, _precision: bigint, at: number) {
      memory.setU64(at, now(clock))
      elapsed += STEP_NS
    },
    poll_oneoff(from: number, to: number, count: number, countAt: number) {
      if (count === 0) throw new Errno('inval')
      const all = subscriptions(memory, from, count, aheadOf)
      const wait = all.reduce((least, { ahead }) => (ahead < least ? ahead : least), 2n ** 64n)
      elapsed = BigInt.asUintN(63, elapsed + wait)
      const due = all.filter(({ ahead }) => ahead <= wait)
      due.forEach(({ user, type }, index) => {
        const at = (to >>> 0) + index * EVENT
        memory.bytes(at, EVENT).fill(0)
        memory.setU64(at, user)
        memory.setU8(at + 10, type)
      })
      memory.setU32(countAt, due.length)
    },
  }
}

const SUBSCRIPTION = 48
const EVENT = 32
const MAX_SUBSCRIPTIONS = 4_096

type Subscription = Readonly<{ user: bigint; type: number; ahead: bigint }>

/** Files are always ready: what is in memory does not keep anybody waiting. */
function subscriptions(
  memory: Memory,
  from: number,
  count: number,
  aheadOf: (at: number) => bigint,
): readonly Subscription[] {
  if (count >>> 0 > MAX_SUBSCRIPTIONS) throw new Errno('inval')
  return Array.from({ length: count >>> 0 }, (_, index) => {
    const at = (from >>> 0) + index * SUBSCRIPTION
    const type = memory.u8(at + 8)
    if (type > eventtype.fdWrite) throw new Errno('inval')
    return { user: memory.u64(at), type, ahead: type === eventtype.clock ? aheadOf(at) : 0n }
  })
}

const CHUNK = new Uint8Array(65_536)

function randomCalls(memory: Memory, seed: string): Calls {
  const key = createHash('sha256')
    .update('traboule wasi randomness 1')
    .update(Buffer.from(seed.slice(2), 'hex'))
    .digest()
  const stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16))
  return {
    random_get(at: number, length: number) {
      const out = memory.bytes(at, length)
      for (let from = 0; from < out.length; from += CHUNK.length)
        out.set(stream.update(CHUNK.subarray(0, Math.min(CHUNK.length, out.length - from))), from)
    },
  }
}
