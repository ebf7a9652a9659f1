import { type Deal, Payment } from '@traboule/protocol'
import { aDeal } from '@traboule/protocol/testing'
import { type Address, encodePacked, keccak256, numberToHex } from 'viem'
import { expect, test } from 'vitest'
import { CASES, difference, openAnswerer, randomBytes, SEED, TIMEOUT } from './generate.ts'

const ACCOUNTS = 10
const WIDTH = 52 + 4 * 6 + 2
const LOCKED = 2n ** 100n

const accountOf = (n: number): Address => numberToHex(0x1000 + (n % ACCOUNTS), { size: 20 })

/** The same as `PaymentCases.sol`. */
function answer(row: Uint8Array): bigint {
  const at = new DataView(row.buffer, row.byteOffset)
  const kitty = at.getBigUint64(28)
  const cap = at.getUint16(36)
  const policy: Payment.Policy = {
    kitty,
    kittyCapPercent: cap % 3 === 0 ? Payment.NO_CAP : BigInt(cap),
    scoreMinPrice: at.getBigUint64(38),
  }
  const { moves, credited, punished } = endOf(at, dealOf(at), votesOf(at), policy)
  const words = Array.from({ length: ACCOUNTS }, (_, n) => {
    const own = moves.filter(({ account }) => account === accountOf(n))
    const free = own.reduce((sum, move) => sum + move.free, 0n)
    const locked = own.reduce((sum, move) => sum + move.locked, LOCKED)
    const before = n < 6 ? BigInt(at.getUint16(54 + 4 * n)) : 0n
    const up = credited.includes(accountOf(n)) ? before + 1n : before
    const score = punished.includes(accountOf(n)) ? Payment.penalized(up) : up
    return free | (locked << 104n) | (score << 208n)
  })
  const inKitty = moves.filter(({ account }) => account === Payment.KITTY)
  words.push(inKitty.reduce((sum, move) => sum + move.locked, kitty))
  return BigInt(
    keccak256(
      encodePacked(
        words.map(() => 'uint256'),
        words,
      ),
    ),
  )
}

function endOf(
  at: DataView,
  deal: Deal.Deal,
  votes: readonly Payment.Vote[],
  policy: Payment.Policy,
): Payment.Settlement {
  const agreed = at.getUint8(51) % 2 === 0
  switch (at.getUint8(0) % 4) {
    case 0:
      return Payment.finalize({ ...deal, ...contestOf(at, votes) }, votes, policy)
    case 1:
      return Payment.contributeAndFinalize(deal, accountOf(0), policy)
    case 2:
      return Payment.claim(deal, agreed ? votes : votes.map(asUndecided))
    default:
      return Payment.untouched(deal, BigInt(at.getUint8(50)))
  }
}

function contestOf(at: DataView, votes: readonly Payment.Vote[]): { contest?: Payment.Contest } {
  if (at.getUint8(76) % 3 === 0) return {}
  const someWrong = votes.some(({ stands }) => stands === 'wrong')
  const isRight = at.getUint8(77) % 2 > 0 && someWrong
  return { contest: { challenger: accountOf(at.getUint8(76)), isRight } }
}

const asUndecided = (vote: Payment.Vote): Payment.Vote =>
  vote.stands === 'rejected' ? vote : { ...vote, stands: 'wrong' }

function dealOf(at: DataView): Deal.Deal {
  const resource = (n: number, price: bigint) => ({
    pointer: accountOf(0),
    owner: accountOf(at.getUint8(n)),
    price,
  })
  const price = at.getBigUint64(17)
  return aDeal({
    app: resource(47, at.getBigUint64(1)),
    dataset: resource(48, at.getBigUint64(9)),
    workerpool: resource(49, price),
    workerStake: (price * BigInt(at.getUint16(25))) / 100n,
    schedulerRewardRatio: BigInt(at.getUint8(27) % 101),
    sponsor: accountOf(at.getUint8(46)),
  })
}

function votesOf(at: DataView): readonly Payment.Vote[] {
  const count = 1 + (at.getUint8(50) % 6)
  const ways = ['proved', 'silent', 'wrong', 'rejected'] as const
  return Array.from({ length: count }, (_, i) => {
    const chosen = (i === 0 ? undefined : ways[at.getUint8(52 + 4 * i) % 4]) ?? 'proved'
    const stands = chosen === 'wrong' && i === count - 1 ? 'rejected' : chosen
    return { worker: accountOf(i), weight: 2n + BigInt(at.getUint8(53 + 4 * i)), stands }
  })
}

test(
  `property: ${CASES} tasks are paid alike on the chain and here (seed ${SEED})`,
  async () => {
    await using chain = await openAnswerer('PaymentCases')
    const bytes = randomBytes(SEED)
    const rows = Array.from({ length: CASES }, () => {
      const row = bytes(WIDTH)
      // Amounts of every size: the leading bytes of some are zero.
      for (const start of [1, 9, 17, 28, 38]) row.fill(0, start, start + ((row[start] ?? 0) % 9))
      if ((row[25] ?? 0) < 200) row[25] = 0
      return row
    })
    expect(difference(rows, await chain.ask(rows), answer)).toBeUndefined()
  },
  TIMEOUT,
)
