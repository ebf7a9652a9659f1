import fc from 'fast-check'
import { bytesToHex, stringToHex } from 'viem'
import { expect, test } from 'vitest'
import * as Multiaddr from './multiaddr.ts'

const CID = 'QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'

test('keeps an IPFS path as a binary multiaddr of its multihash', () => {
  const bytes = Multiaddr.encode(`/ipfs/${CID}`)
  expect(bytes).toMatch(/^0xa503221220[0-9a-f]{64}$/)
  expect(Multiaddr.decode(bytes)).toBe(`/ipfs/${CID}`)
})

test('keeps any other text as it is', () => {
  for (const text of ['docker.io/library/hello:1', 'https://example.com/a.wasm', '', '/ipfs/Qmno'])
    expect(Multiaddr.encode(text)).toBe(stringToHex(text))
})

test('reads an IPFS path that was deployed as text', () => {
  expect(Multiaddr.decode(stringToHex(`/ipfs/${CID}`))).toBe(`/ipfs/${CID}`)
})

test('property: every sha2-256 multihash survives the way there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (digest) => {
      const bytes = bytesToHex(Uint8Array.of(0xa5, 0x03, 34, 0x12, 32, ...digest))
      const text = Multiaddr.decode(bytes)
      expect(Multiaddr.encode(text)).toBe(bytes)
    }),
  )
})
