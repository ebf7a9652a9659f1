import { Cid } from '@traboule/protocol'
import { expect, test } from 'vitest'
import { keyOf, name } from './cid.ts'

const text = (content: string) => new TextEncoder().encode(content)
const hello = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'

// The first two are what `ipfs add` prints; the size is that of the blocks.
test.each([
  ['', 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH', 6],
  ['hello world\n', hello, 20],
])('names %j as ipfs add does', async (content, cid, dagSize) => {
  expect(await name(text(content))).toMatchObject({ cid, dagSize })
})

test('names files of several chunks and of several levels as clients check them', async () => {
  for (const size of [262_144, 262_145, 46_000_000]) {
    const file = new Uint8Array(size).map((_, at) => (at * 31) % 251)
    const { cid } = await name(file)
    expect(Cid.of(file)).toBe(cid)
  }
})

test('finds one key for every spelling of the same multihash', async () => {
  const { key } = await name(text('hello world\n'))
  expect(keyOf(hello)).toBe(key)
  expect(keyOf('bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby')).toBe(key)
  expect(keyOf('bafkreicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby')).toBe(key)
})

test.each([
  '',
  'Qm',
  'hello',
  'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff50',
  '..%2f..%2fetc',
  'bafyreicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby',
])('refuses %j', (cid) => {
  expect(() => keyOf(cid)).toThrow(expect.objectContaining({ code: 'object/bad-cid' }))
})
