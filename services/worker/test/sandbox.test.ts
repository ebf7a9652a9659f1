import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@traboule/protocol'
import { createLog, systemClock } from '@traboule/service-kit/process'
import { afterAll, test } from 'vitest'
import { noCredentials } from '../src/images/credentials.ts'
import { conforms } from '../src/runners/conformance.ts'
import { contains } from '../src/runners/containment.ts'
import { openSandbox } from '../src/runners/sandbox.ts'
import { compileProgram, recipeOf } from './images.ts'
import { startRegistry } from './support/registry.ts'

const program = compileProgram()
const folder = await mkdtemp(join(tmpdir(), 'traboule-sandbox-'))
await chmod(folder, 0o755) // programs run as nobody
let opened = 0
const open = () =>
  openSandbox({
    folder: join(folder, String(opened++)),
    credentials: noCredentials,
    ...{ imageBytes: 1e9, cpus: 1, clock: systemClock },
    log: createLog({}, { level: 'silent' }),
  })
afterAll(() => rm(folder, { recursive: true, force: true }))

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
  const subject = { open, program: async () => image }
  conforms('the sandbox runner', subject)
  contains('what the sandbox runner runs', subject)
} else test.skip(`the sandbox runner: ${why}`, () => {})
