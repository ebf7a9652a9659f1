import fc from 'fast-check'
import { padHex } from 'viem'
import { expect, test } from 'vitest'
import { AppError } from './errors.ts'
import * as Result from './result.ts'
import { nullAddress } from './scalars.ts'
import { anAddress } from './testing.ts'

const text = (content: string) => new TextEncoder().encode(content)
const none = { callback: nullAddress }
const some = { callback: anAddress(0xca11) }

function output(computed: unknown, files: Record<string, string> = {}): Result.Files {
  return new Map(
    Object.entries({ ...files, [Result.COMPUTED]: JSON.stringify(computed) }).map(
      ([path, content]) => [path, text(content)],
    ),
  )
}

const at = (path: string) => ({ 'deterministic-output-path': path })

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

test('digests a file as the published vector does', () => {
  expect(Result.digestOf(output(at('/iexec_out/a'), { a: 'a' }), none)).toBe(
    '0xca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
  )
})

test('digests a folder as the published vector does, whatever order its files were written in', () => {
  const digest = '0x9357c59d3ff5027438ddab3b1655da04ba890e0a43fac9d9568f78941d4b5a1f'
  for (const folder of ['/iexec_out/dir', '/iexec_out/dir/', '/iexec_out/./dir'])
    expect(
      Result.digestOf(output(at(folder), { 'dir/f2': 'b', 'dir/f1': 'a', other: 'x' }), none),
    ).toBe(digest)
})

test('digests callback data as the published vector does', () => {
  const data = padHex('0x1', { size: 32 })
  expect(Result.digestOf(output({ 'callback-data': data }), some)).toBe(
    '0xb10e2d527612073b26eecdfd717e6a320cf44b4afac2b0732d9fcbe2b7fa0cf6',
  )
  expect(Result.callbackDataOf(output({ 'callback-data': data }), some)).toBe(data)
  expect(Result.callbackDataOf(output({ 'callback-data': data }), none)).toBe('0x')
})

test('does not count the files of sub-folders', () => {
  const one = output(at('/iexec_out/d'), { 'd/a': 'a', 'd/sub/b': 'b' })
  const two = output(at('/iexec_out/d'), { 'd/a': 'a', 'd/sub/b': 'changed' })
  expect(Result.digestOf(one, none)).toBe(Result.digestOf(two, none))
})

test('refuses an output that says nothing, lies or leaves its folder', () => {
  const refused = (files: Result.Files, target = none) =>
    refusal(() => Result.digestOf(files, target))
  expect([
    refused(new Map()),
    refused(new Map([[Result.COMPUTED, text('{')]])),
    refused(output({})),
    refused(output(at('/iexec_out/missing'))),
    refused(output(at('/etc/passwd'))),
    refused(output(at('/iexec_out/../etc/passwd'))),
    refused(output(at('iexec_out/a'), { a: 'a' })),
    refused(output({ 'callback-data': '0x1' })),
    refused(output(at('/iexec_out/a'), { a: 'a' }), some),
    refused(output({ 'callback-data': '0x01' })),
    refused(output(at('/iexec_out/a'), { a: 'a', [`d/${'n'.repeat(32)}`]: 'x' })),
    refused(new Map([[Result.COMPUTED, new Uint8Array(Result.MAX_COMPUTED + 1)]])),
  ]).toMatchInlineSnapshot(`
    [
      "result/malformed: The output has no computed.json.",
      "result/malformed: computed.json is not JSON.",
      "result/malformed: computed.json: must have deterministic-output-path or callback-data.",
      "result/malformed: deterministic-output-path names nothing the app wrote.",
      "result/malformed: deterministic-output-path is outside /iexec_out.",
      "result/malformed: deterministic-output-path is outside /iexec_out.",
      "result/malformed: deterministic-output-path is outside /iexec_out.",
      "result/malformed: computed.json: callback-data must be hexadecimal bytes starting with 0x.",
      "result/malformed: The deal has a callback, but computed.json has no callback-data.",
      "result/malformed: computed.json has no deterministic-output-path, and the deal no callback.",
      "result/malformed: The name nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn has more than 31 characters.",
      "result/malformed: computed.json is longer than 262144 bytes.",
    ]
  `)
})

test('accepts names of exactly 31 characters', () => {
  const name = 'n'.repeat(31)
  expect(
    refusal(() => Result.digestOf(output(at(`/iexec_out/${name}`), { [name]: '' }), none)),
  ).toBe('accepted')
})

test('a failure report is itself a result that workers agree on', () => {
  const report = () => Result.failure('app/trapped', 'unreachable')
  expect(Result.digestOf(report(), none)).toBe(Result.digestOf(report(), none))
  expect(Result.digestOf(report(), none)).not.toBe(
    Result.digestOf(Result.failure('app/timeout', 'x'), none),
  )
})

test('writes links byte for byte as clients expect, and reads them back', () => {
  const link = Result.link('QmZ4tDuvesekSs4qM5ZBKpXiZGun7S2CYtEZRB3DYXkjGx')
  expect(Buffer.from(link.slice(2), 'hex').toString()).toBe(
    '{ "storage": "ipfs", "location": "/ipfs/QmZ4tDuvesekSs4qM5ZBKpXiZGun7S2CYtEZRB3DYXkjGx" }',
  )
  const read = Result.parseLink(link)
  expect(read && Result.cidOf(read)).toBe('QmZ4tDuvesekSs4qM5ZBKpXiZGun7S2CYtEZRB3DYXkjGx')
  expect(Result.parseLink(Result.callbackLink(anAddress(7)))).toEqual({
    storage: 'ethereum',
    location: anAddress(7),
  })
  expect(Result.parseLink('0xff')).toBeUndefined()
  expect(Result.cidOf({ storage: 'ipfs', location: '/ipfs/../secret' })).toBeUndefined()
})

test('property: the order in which files were written never changes a digest', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(names, fc.nat(), (paths, seed) => {
      const files = paths.map((path) => [`d/${path}`, text(path)] as const)
      const computed = [Result.COMPUTED, text(JSON.stringify(at('/iexec_out/d')))] as const
      const turn = seed % files.length
      const turned = [...files.slice(turn), ...files.slice(0, turn)].reverse()
      expect(Result.digestOf(new Map([computed, ...turned]), none)).toBe(
        Result.digestOf(new Map([...files, computed]), none),
      )
    }),
  )
})
