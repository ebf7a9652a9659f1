import { AppError } from '@traboule/protocol'
import { virtualClock } from '@traboule/service-kit/testing'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { limit } from './limit.ts'

const MOST = 600

function openApp() {
  const clock = virtualClock()
  const app = new Hono()
  app.onError(
    (error) => new Response(null, { status: error instanceof AppError ? error.status : 500 }),
  )
  app.use(limit({ most: MOST, clock, addressOf: (call) => call.req.header('from') ?? '' }))
  app.get('/', (call) => call.text('here'))
  const ask = async (from: string) => app.request('/', { headers: { from } })
  return { clock, ask }
}

test('ten thousand requests of one address leave another all of its own', async () => {
  const { ask } = openApp()
  const statuses = new Map<number, number>()
  for (let n = 0; n < 10_000; n++) {
    const { status } = await ask('a flood')
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([...statuses]).toEqual([
    [200, MOST],
    [429, 10_000 - MOST],
  ])
  const other = await ask('a guest')
  expect(other.status).toBe(200)
  expect(other.headers.get('ratelimit-limit')).toBe(String(MOST))
  expect(other.headers.get('ratelimit-remaining')).toBe(String(MOST - 1))
})

test('who waited is served again, as much as the wait was worth', async () => {
  const { ask, clock } = openApp()
  for (let n = 0; n < MOST; n++) await ask('a flood')
  expect((await ask('a flood')).status).toBe(429)
  await clock.pass(1_000)
  const answers = []
  for (let n = 0; n < 12; n++) answers.push((await ask('a flood')).status)
  expect(answers.filter((status) => status === 200)).toHaveLength(MOST / 60)
})
