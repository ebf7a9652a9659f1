import { AppError } from '@traboule/protocol'
import { expect, test } from 'vitest'
import { retry } from './retry.ts'
import { virtualClock } from './testing.ts'

const passing = () => new AppError('chain/unreachable', 'not now')
const lasting = () => new AppError('order/consumed', 'never')

/** Fails with `errors` in turn, then succeeds; notes when it was tried. */
function attempts(errors: Error[]) {
  const clock = virtualClock()
  const at: number[] = []
  const attempt = async () => {
    at.push(clock.now())
    const error = errors.shift()
    if (error) throw error
    return 'done'
  }
  return { clock, at, attempt }
}

test('waits twice as long each time, up to a limit', async () => {
  const { clock, at, attempt } = attempts(Array.from({ length: 5 }, passing))
  const result = retry(attempt, { clock, tries: 6, firstMs: 100, mostMs: 500 })
  await clock.pass(10_000)
  expect(await result).toBe('done')
  expect(at).toEqual([0, 100, 300, 700, 1_200, 1_700])
})

test('gives up after its tries, with the last failure', async () => {
  const errors = [passing(), passing(), passing()]
  const last = errors[2]
  const { clock, at, attempt } = attempts(errors)
  const result = retry(attempt, { clock, tries: 3 }).catch((error) => error)
  await clock.pass(10_000)
  expect(await result).toBe(last)
  expect(at).toHaveLength(3)
})

test.each([
  ['a failure that lasts', lasting()],
  ['a bug', new TypeError('bug')],
])('does not repeat %s', async (_, error) => {
  const { clock, at, attempt } = attempts([error])
  await expect(retry(attempt, { clock })).rejects.toBe(error)
  expect(at).toEqual([0])
})

test('stops waiting when told to stop', async () => {
  const { clock, at, attempt } = attempts(Array.from({ length: 9 }, passing))
  const stop = new AbortController()
  const result = retry(attempt, { clock, signal: stop.signal }).catch((error) => error)
  await clock.pass(150)
  stop.abort(new Error('stopped'))
  expect(await result).toMatchObject({ message: 'stopped' })
  expect(at).toEqual([0, 100])
})
