/**
 * Measures how many tasks that do nothing each runner of images ends in a second: the sandbox alone,
 * and the docker runner beside the engine itself, which does the same with nothing around it. The last
 * line is one JSON object.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, systemClock } from '@traboule/service-kit/process'
import { startEngine } from '../scripts/engine.ts'
import { noCredentials } from '../services/worker/src/images/credentials.ts'
import { type Image, textOf } from '../services/worker/src/images/reference.ts'
import { containerOf } from '../services/worker/src/runners/docker/container.ts'
import { accepted, openEngine } from '../services/worker/src/runners/docker/engine.ts'
import { openDocker } from '../services/worker/src/runners/docker.ts'
import type { Runner } from '../services/worker/src/runners/runner.ts'
import { openSandbox } from '../services/worker/src/runners/sandbox.ts'
import { aJob } from '../services/worker/src/runners/testing.ts'
import { compileProgram, recipeOf } from '../services/worker/test/images.ts'
import { startRegistry } from '../services/worker/test/support/registry.ts'

const SANDBOX_RUNS = 1_000
const CONTAINER_RUNS = 60
/** The engine and the runner take turns, so that what else the machine does meets both. */
const ROUNDS = 3
const AT_ONCE = 8
const never = new AbortController().signal

const folder = mkdtempSync(join(tmpdir(), 'traboule-bench-'))
chmodSync(folder, 0o755) // programs run as nobody
const options = {
  ...{ credentials: noCredentials, imageBytes: 1e9, cpus: 2, clock: systemClock },
  log: createLog({}, { level: 'silent' }),
}

/** How many of `count` runs end in a second. */
async function rateOf(count: number, run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  let left = count
  const one = async () => {
    while (left-- > 0) await run()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return (1_000 * count) / (performance.now() - start)
}

const runs = (runner: Runner, app: Image) => async () => {
  const { exitCode } = await runner.run(aJob({ app, args: ['exit', '0'] }), never)
  if (exitCode !== 0) throw new Error(`the program ended with ${exitCode}`)
}

/** Processor time of this process and of all that it waited for, in milliseconds. */
function processorMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return ticks * 10 // a hundred a second, on every Linux
}

async function measureSandbox(image: Image) {
  await using runner = await openSandbox({ ...options, folder: join(folder, 'sandbox') })
  await runner.prepare(image, { tell: () => undefined, signal: never })
  await rateOf(AT_ONCE, runs(runner, image))
  const before = processorMs()
  const rate = await rateOf(SANDBOX_RUNS, runs(runner, image))
  return { rate, taskMs: (processorMs() - before) / SANDBOX_RUNS }
}

async function measureDocker(image: Image, socketPath: string) {
  await using runner = await openDocker({ ...options, socketPath, folder: join(folder, 'docker') })
  await runner.prepare(image, { tell: () => undefined, signal: never })
  await rateOf(AT_ONCE, runs(runner, image))
  const alone = engineAlone(image, socketPath)
  const rates = { runner: 0, engine: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    rates.engine += (await rateOf(CONTAINER_RUNS / ROUNDS, alone)) / ROUNDS
    rates.runner += (await rateOf(CONTAINER_RUNS / ROUNDS, runs(runner, image))) / ROUNDS
  }
  return rates
}

/** The same container, made, started, waited for and removed, and nothing else. */
function engineAlone(image: Image, socketPath: string): () => Promise<void> {
  const engine = openEngine(socketPath)
  const container = containerOf({
    image: textOf(image),
    process: { argv: ['/program', 'exit', '0'], env: {}, folder: '/', scratch: [] },
    place: { in: folder, out: folder },
    user: { uid: 65_534, gid: 65_534 },
    limits: aJob({ app: image }).limits,
    ...{ cpus: 2, labels: {} },
  })
  const post = async (path: string, body?: object) =>
    accepted(await engine.ask({ method: 'POST', path, ...(body && { body }) }))
  return async () => {
    const { Id } = (await post('/containers/create', container)) as { Id: string }
    await post(`/containers/${Id}/start`)
    await post(`/containers/${Id}/wait`)
    accepted(await engine.ask({ method: 'DELETE', path: `/containers/${Id}` }))
  }
}

const round = (value: number) => Number(value.toFixed(1))

const program = compileProgram()
if (!program) throw new Error('apt-get install gcc libc6-dev')
try {
  await using registry = await startRegistry()
  const image = registry.push(recipeOf(program))
  const { rate, taskMs } = await measureSandbox(image)
  const sandbox = { sandboxPerSecond: round(rate), sandboxProcessorMs: round(taskMs) }
  console.log(`sandbox: ${round(rate)} tasks a second, ${round(taskMs)} ms of processor each`)
  await using engine = await startEngine()
  if (!engine) {
    console.log('docker: not measured, as root: apt-get install docker.io')
    console.log(JSON.stringify(sandbox))
  } else {
    const docker = await measureDocker(image, engine.socketPath)
    const [dockerPerSecond, enginePerSecond] = [round(docker.runner), round(docker.engine)]
    const ratio = Number((docker.runner / docker.engine).toFixed(2))
    console.log(`docker: ${dockerPerSecond} tasks a second; the engine alone ${enginePerSecond}`)
    console.log(JSON.stringify({ ...sandbox, dockerPerSecond, enginePerSecond, ratio }))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
