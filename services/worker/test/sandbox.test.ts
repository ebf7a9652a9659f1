import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@traboule/protocol'
import { createLog, systemClock } from '@traboule/service-kit/process'
import { afterAll, expect, test } from 'vitest'
import { noCredentials } from '../src/images/credentials.ts'
import { conforms } from '../src/runners/conformance.ts'
import { contains } from '../src/runners/containment.ts'
import { openSandbox } from '../src/runners/sandbox.ts'
import { aJob } from '../src/runners/testing.ts'
import { compileProgram, recipeOf } from './images.ts'
import { startRegistry } from './support/registry.ts'

const program = compileProgram()
const folder = await mkdtemp(join(tmpdir(), 'traboule-sandbox-'))
await chmod(folder, 0o755) // programs run as nobody
let opened = 0
const open = (name = String(opened++)) =>
  openSandbox({
    folder: join(folder, name),
    credentials: noCredentials,
    ...{ imageBytes: 1e9, cpus: 1, clock: systemClock },
    log: createLog({}, { level: 'silent' }),
  })
afterAll(() => rm(folder, { recursive: true, force: true }))

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it ended
  }
}

/** Why there is nothing to test here; undefined when there is. */
async function missing(): Promise<string | undefined> {
  if (!program) return 'apt-get install gcc libc6-dev'
  try {
    await using _runner = await open()
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'runner/unavailable') return error.message
    throw error
  }
}

const why = await missing()
if (program && why === undefined) {
  const registry = await startRegistry()
  const image = registry.push(recipeOf(program))
  afterAll(() => registry[Symbol.asyncDispose]())
  const subject = { open: () => open(), program: async () => image }
  conforms('the sandbox runner', subject)
  contains('what the sandbox runner runs', subject)

  test('ends what a worker left running when it was killed', async () => {
    const killed = await open()
    const again = String(opened - 1)
    const { signal } = new AbortController()
    const lost = killed.run(aJob({ app: image, args: ['loop'] }), signal).catch(() => undefined)
    const count = async () =>
      (await readdir('/proc'))
        .filter((pid) => /^\d+$/.test(pid))
        .map(commandOf)
        .filter(isOurs).length
    const isOurs = (text: string) => text.startsWith('bwrap') && text.includes(join(folder, again))
    await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(0)
    await using _restarted = await open(again)
    await expect.poll(count, { timeout: 20_000 }).toBe(0)
    await lost
    await killed[Symbol.asyncDispose]()
  })

  test('tells that an image cannot be started', async () => {
    await using runner = await open()
    const { signal } = new AbortController()
    for (const layer of [[], [{ path: 'program', content: 'no program', mode: 0o644 }]]) {
      const app = registry.push({ layers: [layer], config: { Entrypoint: ['/program'] } })
      await expect(runner.run(aJob({ app }), signal)).rejects.toMatchObject({
        code: 'app/not-startable',
      })
    }
  })
} else test.skip(`the sandbox runner: ${why}`, () => {})
