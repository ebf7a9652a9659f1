import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, systemClock } from '@traboule/service-kit/process'
import { afterAll, expect, test } from 'vitest'
import { startEngine } from '../../../scripts/engine.ts'
import { noCredentials } from '../src/images/credentials.ts'
import type { Image } from '../src/images/reference.ts'
import { conforms } from '../src/runners/conformance.ts'
import { contains } from '../src/runners/containment.ts'
import { accepted, openEngine } from '../src/runners/docker/engine.ts'
import { openDocker } from '../src/runners/docker.ts'
import { aJob } from '../src/runners/testing.ts'
import { compileProgram, recipeOf } from './images.ts'
import { startRegistry } from './support/registry.ts'

const program = compileProgram()
const engine = program && (await startEngine())
if (program && engine) {
  const registry = await startRegistry()
  const image = registry.push(recipeOf(program))
  const folder = await mkdtemp(join(tmpdir(), 'traboule-docker-'))
  afterAll(async () => {
    await registry[Symbol.asyncDispose]()
    await engine[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  let opened = 0
  const open = (name = String(opened++), socketPath = engine.socketPath) =>
    openDocker({
      socketPath,
      folder: join(folder, name),
      credentials: noCredentials,
      ...{ imageBytes: 1e9, cpus: 1, clock: systemClock },
      log: createLog({}, { level: 'silent' }),
    })
  const subject = { open: () => open(), program: async () => image }
  conforms('the docker runner', subject)
  contains('what the docker runner runs', subject)

  test('removes the containers that a worker left when it was killed', async () => {
    const killed = await open()
    const again = String(opened - 1)
    const { signal } = new AbortController()
    await killed.prepare(image, { tell: () => undefined, signal })
    const lost = killed.run(aJob({ app: image, args: ['loop'] }), signal).catch(() => undefined)
    await using client = openEngine(engine.socketPath)
    const count = async () => {
      const answer = await client.ask({ method: 'GET', path: '/containers/json' })
      return (accepted(answer) as unknown[]).length
    }
    await expect.poll(count, { timeout: 20_000 }).toBe(1)
    await using _restarted = await open(again)
    expect(await count()).toBe(0)
    await lost
    await killed[Symbol.asyncDispose]()
  })

  test('tells that an image cannot be had, or not be started, in words of its own', async () => {
    await using runner = await open()
    const { signal } = new AbortController()
    const prepare = (app: Image) => runner.prepare(app, { tell: () => undefined, signal })
    await expect(prepare({ ...image, digest: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({
      code: 'image/unknown',
    })
    await expect(prepare({ ...image, registry: '127.0.0.1:1' })).rejects.toMatchObject({
      code: 'registry/unreachable',
    })
    const empty = registry.push({ layers: [[{ path: 'x' }]], config: { Entrypoint: ['/nothing'] } })
    await prepare(empty)
    await expect(runner.run(aJob({ app: empty }), signal)).rejects.toMatchObject({
      code: 'app/not-startable',
    })
  })

  test('says that no engine answers', () =>
    expect(open('none', join(folder, 'no.sock'))).rejects.toMatchObject({
      code: 'runner/unavailable',
    }))
} else test.skip('the docker runner: as root, apt-get install docker.io gcc libc6-dev', () => {})
