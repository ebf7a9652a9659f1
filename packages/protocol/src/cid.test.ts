import { createHash } from 'node:crypto'
import { MemoryBlockstore } from 'blockstore-core'
import fc from 'fast-check'
import { type ImporterOptions, importBytes } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import { describe, expect, test } from 'vitest'
import { matches, of } from './cid.ts'

const text = (content: string) => new TextEncoder().encode(content)
const fast = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

test.each([
  ['', 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'],
  ['hello world\n', 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'],
])('names %j as ipfs add does', (content, cid) => {
  expect(of(text(content))).toBe(cid)
})

test('recognises either version and raw blocks', () => {
  const file = text('hello world\n')
  expect(matches('bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby', file)).toBe(true)
  expect(matches('bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4', file)).toBe(true)
  expect(matches('QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o', text('hello'))).toBe(false)
})

describe('agrees with the reference importer on', () => {
  const version0: ImporterOptions = { cidVersion: 0, rawLeaves: false }
  const version1: ImporterOptions = { cidVersion: 1, rawLeaves: true }
  const v1Leaves: ImporterOptions = { cidVersion: 1, rawLeaves: false }
  const large: ImporterOptions = { cidVersion: 1, rawLeaves: true }
  test.each([
    ['version 0', { ...version0, ...layout(262_144, 174) }],
    ['version 1', { ...version1, ...layout(262_144, 174) }],
    ['version 1 with wrapped leaves', { ...v1Leaves, ...layout(262_144, 174) }],
    ['the profile of 2025', { ...large, ...layout(1_048_576, 1_024) }],
  ])('%s', async (_, options) => {
    for (const size of [0, 1, 262_143, 262_144, 262_145, 1_048_577, 46_000_000]) {
      const file = new Uint8Array(size).map((_, at) => (at * 31) % 251)
      const { cid } = await importBytes(file, new MemoryBlockstore(), options)
      expect({ size, matches: matches(cid.toString(), file, fast) }).toEqual({
        size,
        matches: true,
      })
    }
  })

  function layout(chunkSize: number, maxChildrenPerNode: number): ImporterOptions {
    return {
      chunker: fixedSize({ chunkSize }),
      layout: balanced({ maxChildrenPerNode }),
      reduceSingleLeafToSelf: true,
    }
  }
})

test('property: one changed byte is never the same file', () => {
  const file = fc.uint8Array({ minLength: 1, maxLength: 1_000 })
  fc.assert(
    fc.property(file, fc.nat(), (bytes, at) => {
      const altered = bytes.map((byte, n) => (n === at % bytes.length ? byte ^ 1 : byte))
      expect(matches(of(bytes), bytes)).toBe(true)
      expect(matches(of(bytes), altered)).toBe(false)
    }),
  )
})
