import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { AppError } from '@traboule/protocol'
import { afterAll, expect, test } from 'vitest'
import { conforms, repeats } from '../src/runners/conformance.ts'
import { aJob, fingerprint } from '../src/runners/testing.ts'
import { startSandbox } from '../src/runners/wasi/process.ts'
import { openWasi } from '../src/runners/wasi.ts'
import { program } from './programs.ts'

const subject = { open: async () => openWasi(), program }
conforms('the WASI runner', subject)
repeats('what the WASI runner runs', subject)

const runner = openWasi()
afterAll(() => runner[Symbol.asyncDispose]())
const never = new AbortController().signal

test('property: a thousand runs in four processes give one digest', {
  timeout: 120_000,
}, async () => {
  const app = await program()
  const runners = Array.from({ length: 4 }, () => openWasi({ keep: 1 }))
  const seen = new Set<string>()
  await Promise.all(
    runners.map(async (each) => {
      for (let left = 250; left > 0; left--)
        seen.add(fingerprint(await each.run(aJob({ app, args: ['world'] }), never)))
    }),
  )
  await Promise.all(runners.map((each) => each[Symbol.asyncDispose]()))
  expect(seen.size).toBe(1)
})

test('lists a folder completely, whatever the size of the buffer', async () => {
  const app = await program()
  const names = Array.from({ length: 40 }, (_, n) => `file-${n}`.padEnd(10 + (n % 7), 'x'))
  const inputs = new Map(names.map((name) => [name, new Uint8Array()]))
  const listed = async (size: string) => {
    const { stdout } = await runner.run(aJob({ app, args: ['list', size], inputs }), never)
    return new TextDecoder().decode(stdout)
  }
  const whole = await listed('65536')
  expect(whole.trim().split('\n')).toEqual(['.', '..', ...[...names].sort()])
  expect(await listed('64')).toBe(whole)
  expect(await listed('101')).toBe(whole)
})

test('never runs two apps in one process, and keeps none for an app it forgot', async () => {
  const app = await program()
  const other = Uint8Array.from([...app, 0, 2, 1, 0x61]) // the same, with a custom section
  await using small = openWasi({ keep: 1 })
  for (const each of [app, other, app, other]) {
    const outcome = await small.run(aJob({ app: each, args: ['exit', '5'] }), never)
    expect(outcome.exitCode).toBe(5)
  }
})

test('takes as many runs at once as it is given', async () => {
  const app = await program()
  const jobs = Array.from({ length: 4 }, (_, n) => aJob({ app, args: ['exit', `${n}`] }))
  const outcomes = await Promise.all(jobs.map((job) => runner.run(job, never)))
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 1, 2, 3])
})

test('says what was wrong in words', async () => {
  const job = aJob({ app: await program(), args: ['open', '../../home/me/.ssh/id_rsa'] })
  const error = await runner.run(job, never).catch((thrown: AppError) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({
    code: 'app/path-escape',
    message: 'The app asked for ../../home/me/.ssh/id_rsa from /iexec_out.',
    retry: false,
  })
})

test('notices at once that a child is gone', async () => {
  const app = await program()
  const sandbox = await startSandbox(never)
  expect(sandbox.usable).toBe(true)
  await sandbox[Symbol.asyncDispose]()
  expect(sandbox.usable).toBe(false)
  const { taskId: _, ...order } = aJob({ app, args: ['exit', '1'] })
  await expect(sandbox.ask({ app, order }, never)).rejects.toMatchObject({ code: 'runner/crashed' })
})

const looping = `
  import { openWasi } from '${new URL('../src/runners/wasi.ts', import.meta.url)}'
  import { aJob } from '${new URL('../src/runners/testing.ts', import.meta.url)}'
  process.once('message', ({ app }) => {
    const running = openWasi().run(aJob({ app, args: ['loop'] }), new AbortController().signal)
    running.catch(() => undefined)
    process.send('running')
  })
`

test('leaves no program running when the worker is killed', async () => {
  const worker = spawn(process.execPath, ['--input-type=module-typescript', '--eval', looping], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  worker.send({ app: await program() })
  await once(worker, 'message')
  const children = async () => {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='])
    return stdout.split('\n').filter((line) => line.includes('runners/wasi/child.ts'))
  }
  const pids = (lines: string[], parent: number) =>
    lines.map((line) => line.trim().split(/\s+/).map(Number)).filter(([, ppid]) => ppid === parent)
  await expect.poll(async () => pids(await children(), worker.pid ?? 0).length).toBe(1)
  const [[pid] = []] = pids(await children(), worker.pid ?? 0)
  worker.kill('SIGKILL')
  const left = async () => (await children()).some((line) => line.trim().startsWith(`${pid} `))
  await expect.poll(left, { timeout: 5_000 }).toBe(false)
})
