import { AppError, Archive, Result, Scalar } from '@traboule/protocol'
import { aDeal, anAddress, someBytes32 } from '@traboule/protocol/testing'
import { describe, expect, test } from 'vitest'
import type { Job, Outcome, Runner } from '../runners/runner.ts'
import { run } from './run.ts'
import { seal } from './seal.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | undefined) => new TextDecoder().decode(content)
const job = {} as Job // no runner here looks at it
const signal = new AbortController().signal
const deal = aDeal()

const good = new Map([
  ['result.txt', bytes('42')],
  [Result.COMPUTED, bytes('{"deterministic-output-path":"/iexec_out/result.txt"}')],
])

function answers(outcome: Partial<Outcome>): Runner {
  return runner(async () => ({
    exitCode: 0,
    files: good,
    stdout: bytes(''),
    stderr: bytes(''),
    runMs: 1,
    ...outcome,
  }))
}

function runner(run: Runner['run']): Runner {
  return {
    ...{ appType: 'WASI', bounds: [], run },
    prepare: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const unpacked = async (from: Runner, of = deal) =>
  Archive.unzip(seal(await run(from, job, of, signal), of).zip)

test('seals what the app gave, with what it printed beside it', async () => {
  const files = await unpacked(answers({ stdout: bytes('hello') }))
  expect(text(files.get('result.txt'))).toBe('42')
  expect(text(files.get('stdout.txt'))).toBe('hello')
  expect(files.has('stderr.txt')).toBe(false)
})

test('leaves what was printed out where it would change the digest', async () => {
  const whole = bytes('{"deterministic-output-path":"/iexec_out"}')
  const files = new Map([...good, [Result.COMPUTED, whole]])
  const from = answers({ files, stdout: bytes('hello') })
  const output = await run(from, job, deal, signal)
  const { digest, zip } = seal(output, deal)
  expect([...Archive.unzip(zip).keys()].sort()).toEqual([Result.COMPUTED, 'result.txt'])
  expect(Result.digestOf(Archive.unzip(zip), deal)).toBe(digest)
})

test('an app keeps its own stdout.txt', async () => {
  const files = new Map([...good, ['stdout.txt', bytes('mine')]])
  const unzipped = await unpacked(answers({ files, stdout: bytes('printed') }))
  expect(text(unzipped.get('stdout.txt'))).toBe('mine')
})

describe('a failed app gives a report', () => {
  test.each([
    ['that ends with a code', answers({ exitCode: 3 }), 'app/exited'],
    ['without computed.json', answers({ files: new Map() }), 'result/malformed'],
    [
      'that traps',
      runner(async () => {
        throw new AppError('app/trapped', 'unreachable at function 7')
      }),
      'app/trapped',
    ],
    [
      'that takes too long',
      runner(async () => {
        throw new AppError('app/timeout', 'It ran for 2003 ms.')
      }),
      'app/timeout',
    ],
  ])('%s', async (_, from, code) => {
    const files = await unpacked(from)
    expect(text(files.get('error.txt'))).toContain(code)
    expect(files.has('stderr.txt')).toBe(true)
  })

  test('on which workers agree whatever their engines say', async () => {
    const digests = ['at 0x7f', 'in function 7'].map(async (message) => {
      const from = runner(async () => {
        throw new AppError('app/trapped', message)
      })
      return seal(await run(from, job, deal, signal), deal).digest
    })
    const [one, other] = await Promise.all(digests)
    expect(one).toBe(other)
  })
})

test('a failed app never calls back with made-up data', async () => {
  const withCallback = aDeal({ callback: anAddress(0xca) })
  const output = await run(answers({ exitCode: 1 }), job, withCallback, signal)
  expect(() => seal(output, withCallback)).toThrow(
    expect.objectContaining({
      code: 'result/malformed',
      details: expect.objectContaining({ code: 'app/exited' }),
    }),
  )
})

test('what is not the app’s doing is no result', async () => {
  const from = runner(async () => {
    throw new AppError('runner/crashed', 'The sandbox ended.')
  })
  await expect(run(from, job, deal, signal)).rejects.toMatchObject({ code: 'runner/crashed' })
})

test('the digest of callback data needs no file', async () => {
  const callback = anAddress(0xca)
  const files = new Map([[Result.COMPUTED, bytes(`{"callback-data":"${someBytes32(1)}"}`)]])
  const output = await run(answers({ files }), job, aDeal({ callback }), signal)
  expect(callback).not.toBe(Scalar.nullAddress)
  // The vector of PoCo for 32 bytes that are the number 1.
  expect(seal(output, { callback }).digest).toBe(
    '0xb10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf6',
  )
})
