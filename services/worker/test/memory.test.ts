/** A machine runs many workers, so one that waits for work must be small. */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Scene, startScene } from './support/scene.ts'

const MOST_KIB = 120 * 1024

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterAll(() => scene[Symbol.asyncDispose]())

test('an idle worker takes at most 120 MiB', async () => {
  const worker = await scene.startWorker(1, { env: { POLL_MS: '250' } })
  await worker.logged('service.started')
  const asked = worker.lines.length
  await scene.pool.askedBy(scene.addressOf(1), 8) // two seconds of waiting for work
  const kib = Number(
    execFileSync('ps', ['-o', 'rss=', '-p', String(worker.child.pid)], { encoding: 'utf8' }),
  )
  expect(kib).toBeGreaterThan(0)
  expect(kib).toBeLessThan(MOST_KIB)
  expect(worker.lines.length).toBe(asked) // and it waits in silence
})
