import { Match, Order } from '@traboule/protocol'
import { type Address, type Hex, numberToHex, zeroAddress, zeroHash } from 'viem'
import { expect, test } from 'vitest'
import { CASES, difference, openAnswerer, randomBytes, SEED, TIMEOUT } from './generate.ts'

const WIDTH = 48
const MAX = 2n ** 256n - 1n

/** Choices, as in `MatchCases.sol`. */
const hex = (value: number | bigint): Address => numberToHex(value, { size: 20 })
const asset = (choice: number, usual: number) =>
  hex([usual, usual + 1, usual | 0xff][choice % 3] ?? 0)
const optional = (choice: number) =>
  choice % 4 === 0 ? zeroAddress : asset((choice % 4) - 1, 0x0d01)
const limit = (choice: number, usual: number) => hex([0, usual, 0x0e0e, 0x0c02][choice % 4] ?? 0)
const price = (choice: number) => BigInt(choice % 4)
const volume = (choice: number) => [1n, 0n, 2n ** 32n, 2n ** 53n - 1n, 7n, MAX][choice % 6] ?? 0n
const part = (choice: number, of: bigint) => [0n, of, of / 2n, of / 2n][choice % 4] ?? 0n
const tag = (choice: number) =>
  numberToHex([0n, 1n, 0x0en, 0x100n, 3n, 2n ** 255n][choice % 6] ?? 0n, { size: 32 })
const offered = (choice: number) => (choice === 0 ? numberToHex(MAX) : tag(choice))
const category = (choice: number) => BigInt(choice % 3)
const trust = (choice: number) => BigInt((choice % 3) * 4)
const sign = (choice: number): Hex => (choice % 2 === 0 ? '0x01' : '0x')

function quartetOf(row: Uint8Array): Order.Quartet {
  const c = (n: number) => row[n] ?? 0
  return {
    app: {
      app: asset(c(0), 0x0a01),
      appprice: price(c(1)),
      volume: volume(c(2)),
      tag: tag(c(3)),
      datasetrestrict: limit(c(4), 0x0d01),
      workerpoolrestrict: limit(c(5), 0x0b01),
      requesterrestrict: limit(c(6), 0x0c01),
      salt: zeroHash,
      sign: sign(c(40)),
    },
    dataset: {
      dataset: optional(c(7)),
      datasetprice: price(c(8)),
      volume: volume(c(9)),
      tag: tag(c(10)),
      apprestrict: limit(c(11), 0x0a01),
      workerpoolrestrict: limit(c(12), 0x0b01),
      requesterrestrict: limit(c(13), 0x0c01),
      salt: zeroHash,
      sign: sign(c(41)),
    },
    workerpool: {
      workerpool: asset(c(14), 0x0b01),
      workerpoolprice: price(c(15)),
      volume: volume(c(16)),
      tag: offered(c(17)),
      category: category(c(18)),
      trust: trust(c(19)) + 1n,
      apprestrict: limit(c(20), 0x0a01),
      datasetrestrict: limit(c(21), 0x0d01),
      requesterrestrict: limit(c(22), 0x0c01),
      salt: zeroHash,
      sign: sign(c(42)),
    },
    request: {
      app: asset(c(23), 0x0a01),
      appmaxprice: price(c(24)) + 1n,
      dataset: optional(c(25)),
      datasetmaxprice: price(c(26)) + 1n,
      workerpool: limit(c(27), 0x0b01),
      workerpoolmaxprice: price(c(28)) + 1n,
      requester: asset(c(29), 0x0c01),
      volume: volume(c(30)),
      tag: tag(c(31)),
      category: category(c(32)),
      trust: trust(c(33)),
      beneficiary: zeroAddress,
      callback: zeroAddress,
      params: '',
      salt: zeroHash,
      sign: sign(c(43)),
    },
  }
}

const isRegistered = (entry: Address) => !entry.endsWith('ff')

function answer(row: Uint8Array): bigint {
  const orders = quartetOf(row)
  const { app, dataset, workerpool, request } = orders
  const consumed = Object.fromEntries(
    Order.kinds.map((kind, n) => [kind, part(row[44 + n] ?? 0, orders[kind].volume)]),
  ) as Match.Facts['consumed'] // one entry a kind
  const code = Match.refusal(orders, {
    categoryExists: request.category < 2n,
    isMember: (restriction, account) => restriction === hex(0x0c02) && account.endsWith('0c01'),
    registered: {
      app: isRegistered(app.app),
      dataset: isRegistered(dataset.dataset),
      workerpool: isRegistered(workerpool.workerpool),
    },
    signed: {
      app: app.sign === '0x01',
      dataset: dataset.sign === '0x01',
      workerpool: workerpool.sign === '0x01',
      request: request.sign === '0x01',
    },
    consumed,
  })
  return code ? BigInt(code) : 0xffn | (Match.volume(orders, consumed) << 8n)
}

/** Mostly the usual choice, so that later rules are reached too. */
function nearlyRight(bytes: (length: number) => Uint8Array): Uint8Array {
  const [row, dice] = [bytes(WIDTH), bytes(WIDTH)]
  for (let n = 0; n < WIDTH; n++) if ((dice[n] ?? 0) >= 14) row[n] = 0
  // Half of the cases agree on a dataset.
  if ((dice[0] ?? 0) % 2 === 0) row[7] = row[25] = 1
  return row
}

test(
  `property: ${CASES} matches are judged alike on the chain and here (seed ${SEED})`,
  async () => {
    await using chain = await openAnswerer('MatchCases')
    const { client, abi, to } = chain
    const wallet = (await client.readContract({
      address: to,
      abi,
      functionName: 'wallet',
    })) as Address
    const bytecode = (await client.getCode({ address: wallet })) ?? '0x'
    for (const account of [0x0c01, 0x0c02, 0x0cff])
      await client.setCode({ address: hex(account), bytecode })
    const bytes = randomBytes(SEED)
    const rows = Array.from({ length: CASES }, () => nearlyRight(bytes))
    const answers = await chain.ask(rows)
    expect(difference(rows, answers, answer)).toBeUndefined()
    const seen = new Set(answers.map((word) => Number(word & 0xffn)))
    // Every reason and every kind of success was met: 28 codes and the deals.
    if (CASES >= 10_000) expect(seen.size).toBe(29)
  },
  TIMEOUT,
)
