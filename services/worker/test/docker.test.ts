import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, systemClock } from '@traboule/service-kit/process'
import { afterAll, test } from 'vitest'
import { startEngine } from '../../../scripts/engine.ts'
import { noCredentials } from '../src/images/credentials.ts'
import { conforms } from '../src/runners/conformance.ts'
import { contains } from '../src/runners/containment.ts'
import { openDocker } from '../src/runners/docker.ts'
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
  const open = () =>
    openDocker({
      socketPath: engine.socketPath,
      folder: join(folder, String(opened++)),
      credentials: noCredentials,
      ...{ imageBytes: 1e9, cpus: 1, clock: systemClock },
      log: createLog({}, { level: 'silent' }),
    })
  const subject = { open, program: async () => image }
  conforms('the docker runner', subject)
  contains('what the docker runner runs', subject)
} else test.skip('the docker runner: as root, apt-get install docker.io gcc libc6-dev', () => {})
