import { AppError } from '@traboule/protocol'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { startLoop } from './loop.ts'
import { virtualClock } from './testing.ts'

/** A loop whose steps note their time and do what `step` says. */
function start(step: (n: number, signal: AbortSignal) => Promise<void> = async () => undefined) {
  const clock = virtualClock()
  const stop = new AbortController()
  const lines: Record<string, unknown>[] = []
  const log = createLog({}, { write: (line) => lines.push(JSON.parse(line)) })
  const at: number[] = []
  const loop = startLoop(
    async (signal) => {
      at.push(clock.now())
      await step(at.length, signal)
    },
    { name: 'test', everyMs: 100, clock, log, signal: stop.signal },
  )
  return { clock, stop, lines, at, loop }
}

test('repeats its step at its pace, the first at once', async () => {
  const { clock, at, loop } = start()
  await clock.pass(350)
  expect(at).toEqual([0, 100, 200, 300])
  await loop[Symbol.asyncDispose]()
})

test('a nudge brings the next step forward, also one that comes during a step', async () => {
  const during = Promise.withResolvers<void>()
  const { clock, at, loop } = start((n) => (n === 2 ? during.promise : Promise.resolve()))
  await clock.pass(30)
  loop.nudge()
  await clock.pass(1)
  expect(at).toEqual([0, 30])
  loop.nudge()
  loop.nudge()
  during.resolve()
  await clock.pass(10)
  expect(at).toHaveLength(3)
  await loop[Symbol.asyncDispose]()
})

test('goes slower while it fails, and at its pace again afterwards', async () => {
  const failing = async (n: number) => {
    if (n <= 3) throw new AppError('chain/unreachable', 'not now')
  }
  const { clock, at, lines, loop } = start(failing)
  await clock.pass(1_600)
  expect(at).toEqual([0, 200, 600, 1_400, 1_500, 1_600])
  expect(lines.map(({ level, event, failures }) => [level, event, failures])).toEqual([
    ['warn', 'test.failed', 1],
    ['warn', 'test.failed', 2],
    ['warn', 'test.failed', 3],
  ])
  await loop[Symbol.asyncDispose]()
})

test('never goes slower than ten seconds', async () => {
  const { clock, at, loop } = start(async () => {
    throw new AppError('chain/unreachable', 'not now')
  })
  await clock.pass(100_000)
  expect((at.at(-1) ?? 0) - (at.at(-2) ?? 0)).toBe(10_000)
  await loop[Symbol.asyncDispose]()
})

test('ends with the bug that happens five times in a row', async () => {
  const bug = new TypeError('bug')
  const { clock, at, lines, loop } = start(async () => {
    throw bug
  })
  await clock.pass(100_000)
  await expect(loop.done).rejects.toBe(bug)
  expect(at).toHaveLength(5)
  expect(lines.every(({ level }) => level === 'error')).toBe(true)
})

test('survives bugs that do not come five times in a row', async () => {
  const { clock, at, loop } = start(async (n) => {
    if (n % 5 !== 0) throw new TypeError('bug')
  })
  await clock.pass(100_000)
  expect(at.length).toBeGreaterThan(20)
  await loop[Symbol.asyncDispose]()
})

test('closing waits for the running step, which is told', async () => {
  let told = false
  let ended = false
  const { loop, clock } = start(async (_, signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    told = true
    await Promise.resolve()
    ended = true
  })
  await clock.pass(0)
  await loop[Symbol.asyncDispose]()
  expect({ told, ended }).toEqual({ told: true, ended: true })
})

test('ends when the service stops, even while it rests', async () => {
  const { clock, stop, at, loop } = start()
  await clock.pass(50)
  stop.abort(new Error('SIGTERM'))
  await loop.done
  await clock.pass(1_000)
  expect(at).toEqual([0])
})
