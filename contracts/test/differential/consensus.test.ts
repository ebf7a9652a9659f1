import { Consensus } from '@traboule/protocol'
import { numberToHex } from 'viem'
import { expect, test } from 'vitest'
import { CASES, difference, openAnswerer, randomBytes, SEED, TIMEOUT } from './generate.ts'

const MAX = 2n ** 256n - 1n

/** The same as `ConsensusCases.sol`. */
function answer(row: Uint8Array): bigint {
  const at = new DataView(row.buffer, row.byteOffset)
  const trust = 1n + BigInt(at.getUint32(0))
  const votes = at.getUint8(4) % 33
  let tally = Consensus.empty
  let word = 0n
  for (let i = 0; i < votes; i++) {
    const resultHash = numberToHex(at.getUint8(5 + 4 * i) % 4)
    const score = BigInt(at.getUint32(5 + 4 * i) & 0xffffff)
    tally = Consensus.add(tally, { resultHash, weight: Consensus.weightOf(score) })
    const group = tally.groups.get(resultHash) ?? 0n
    // The chain refuses a vote whose sums do not fit in a word.
    if (group * trust > MAX || tally.total * (trust - 1n) > MAX) return MAX
    if (Consensus.reached(tally, resultHash, trust)) word |= 1n << BigInt(i)
  }
  return (word | (tally.total << 64n)) & MAX
}

test(
  `property: ${CASES} votes are counted alike on the chain and here (seed ${SEED})`,
  async () => {
    await using chain = await openAnswerer('ConsensusCases')
    const bytes = randomBytes(SEED)
    const rows = Array.from({ length: CASES }, () => {
      const row = bytes(5 + 4 * 32)
      // Most trusts and scores are small; some are as large as they get.
      if ((row[0] ?? 0) % 8 !== 0) row.fill(0, 0, 3)
      for (let i = 0; i < 32; i++)
        if ((row[5 + 4 * i] ?? 0) < 240) row.fill(0, 6 + 4 * i, 8 + 4 * i)
      return row
    })
    expect(difference(rows, await chain.ask(rows), answer)).toBeUndefined()
  },
  TIMEOUT,
)
