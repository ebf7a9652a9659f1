/**
 * Conformance: what every runner promises, as tests. A runner's test file calls `conforms` with a
 * program that does what its first argument says (see `test/programs.ts`), and then `repeats` if
 * what it runs cannot tell machines apart, or `contains` if it runs programs of the machine itself.
 */
import { type AppError, Result } from '@traboule/protocol'
import { toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { App, Job, Runner } from './runner.ts'
import { aJob, fingerprint } from './testing.ts'

export type Subject = Readonly<{
  open: () => Promise<Runner>
  /** The program that acts on its first argument. */
  program: () => Promise<App>
}>

const never = () => new AbortController().signal
const quick = { ...aJob({ app: new Uint8Array() }).limits, wallMs: 300 }
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

/** A runner for the tests of one `describe`, and ways to ask it. */
export function opened({ open, program }: Subject) {
  let app: App
  let runner: Runner
  beforeAll(async () => {
    app = await program()
    runner = await open()
    await runner.prepare(app, { tell: () => undefined, signal: never() })
  })
  afterAll(() => runner[Symbol.asyncDispose]())
  const run = (args: readonly string[], over: Partial<Job> = {}, signal = never()) =>
    runner.run(aJob({ app, args, ...over }), signal)
  const refusal = (args: readonly string[], over: Partial<Job> = {}) =>
    run(args, over).then(
      () => 'accepted',
      (error: AppError) => error.code,
    )
  return { run, refusal, app: () => app, bounds: () => runner.bounds }
}

export function conforms(name: string, subject: Subject): void {
  describe(name, () => {
    const { run, refusal, app } = opened(subject)

    test('gives the program its arguments, environment and inputs, and nothing else', async () => {
      const outcome = await run(['tell', 'two words', 'é'], {
        env: { IEXEC_IN: '/iexec_in', ACCENT: 'é' },
        inputs: new Map([['dir/in.txt', new TextEncoder().encode('input')]]),
      })
      expect(decode(outcome.stdout)).toBe(
        'app tell two words é\nIEXEC_IN=/iexec_in ACCENT=é\n/iexec_in /iexec_out\ninput\n',
      )
    })

    test('gives back files, streams and the exit code', async () => {
      const outcome = await run(['write', 'dir/result.txt', 'hello'])
      expect(outcome.exitCode).toBe(0)
      expect([...outcome.files.keys()]).toEqual(['computed.json', 'dir/result.txt'])
      expect(decode(outcome.files.get('dir/result.txt'))).toBe('hello')
      expect(decode(outcome.stderr)).toBe('wrote\n')
      expect(Result.parseComputed(outcome.files.get('computed.json') ?? new Uint8Array())).toEqual({
        'deterministic-output-path': '/iexec_out/dir/result.txt',
      })
      expect((await run(['exit', '3'])).exitCode).toBe(3)
    })

    test('starts every run from nothing', async () => {
      await run(['write', 'dir/result.txt', 'left behind'])
      expect((await run(['exit', '0'])).files.size).toBe(0)
    })

    test('keeps inputs as they are', async () => {
      const inputs = new Map([['in.txt', new TextEncoder().encode('input')]])
      const outcome = await run(['spoil', 'in.txt'], { inputs })
      expect(decode(outcome.stdout)).toBe('69 69 69\n')
      expect(decode(inputs.get('in.txt'))).toBe('input')
    })

    test('ends what takes too long or asks for too much', async () => {
      expect(await refusal(['loop'], { limits: quick })).toBe('app/timeout')
      expect(await refusal(['memory'])).toBe('app/out-of-memory')
      expect(await refusal(['huge', '10000000000'])).toBe('app/output-too-large')
      expect(await refusal(['sparse', '10000000000'])).toBe('app/output-too-large')
      expect(await refusal(['files', '1000000'])).toBe('app/too-many-files')
      expect(await refusal(['folders', '1000000'])).toBe('app/too-many-files')
      expect(await refusal(['stdout', '10000000000'])).toBe('app/output-too-large')
    })

    test('still works after programs that misbehaved', async () => {
      expect((await run(['exit', '0'])).exitCode).toBe(0)
    })

    test('stops when asked, with the reason given', async () => {
      const abort = new AbortController()
      const running = run(['loop'], {}, abort.signal)
      abort.abort(new Error('the deal is over'))
      await expect(running).rejects.toThrow('the deal is over')
      await expect(run(['exit', '0'], {}, abort.signal)).rejects.toThrow('the deal is over')
    })

    test('closes while a program runs', async () => {
      const closing = await subject.open()
      const running = closing.run(aJob({ app: app(), args: ['loop'] }), never())
      const ended = expect(running).rejects.toMatchObject({ code: 'runner/crashed' })
      await closing[Symbol.asyncDispose]()
      await ended
    })
  })
}

/** For runners whose programs can see nothing that differs between machines. */
export function repeats(name: string, subject: Subject): void {
  describe(name, () => {
    const { run, refusal } = opened(subject)

    test('shows the time of the deal and randomness of the task, so that workers agree', async () => {
      const one = await run(['world'])
      expect(decode(one.stdout)).toContain('1700000000 ')
      expect(fingerprint(await run(['world']))).toBe(fingerprint(one))
      const other = await run(['world'], { seed: toHex(8, { size: 32 }) })
      expect(fingerprint(other)).not.toBe(fingerprint(one))
    })

    test('lets a sleeping program wake at once, with its clock moved on', async () => {
      const outcome = await run(['sleep', '86400'])
      expect(decode(outcome.stdout)).toBe('1700086400\n')
      expect(outcome.runMs).toBeLessThan(5_000)
    })

    test('ends a program that only waits, hides its files, or leaves its folders', async () => {
      expect(await refusal(['poll'], { limits: quick })).toBe('app/timeout')
      expect(await refusal(['hoard', '1000000'])).toBe('app/output-too-large')
      expect(await refusal(['open', '../secret'])).toBe('app/path-escape')
      expect(await refusal(['open', 'a/../../secret'])).toBe('app/path-escape')
      expect(await refusal(['open', '/etc/passwd'])).toBe('app/path-escape')
      expect(await refusal(['trap'])).toBe('app/trapped')
      expect(await refusal(['recurse'])).toBe('app/trapped')
    })

    test('makes no link, so that nothing leads out of the output', async () => {
      expect(decode((await run(['symlink', '/etc/passwd', 'link'])).stdout)).toBe('58\n')
    })

    test('takes no program that is not one', async () => {
      const app = new TextEncoder().encode('#!/bin/sh\nexit')
      expect(await refusal([], { app: new Uint8Array() })).toBe('app/not-wasm')
      expect(await refusal([], { app })).toBe('app/not-wasm')
      const whole = await subject.program()
      if (!(whole instanceof Uint8Array)) throw new Error('the program is no module')
      expect(await refusal([], { app: whole.slice(0, whole.length - 9) })).toBe('app/not-wasm')
    })
  })
}
