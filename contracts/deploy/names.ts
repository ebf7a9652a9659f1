/**
 * Names: the signatures of all functions, packed for `Names.sol`.
 *
 * Code costs 200 gas a byte, and signatures repeat themselves: 6,000 bytes become 1,500.
 */
import { type Abi, concat, type Hex, numberToHex, size, toFunctionSignature, toHex } from 'viem'

const FIRST_CODE = 0x80
const END_CODE = 0x100

/** Creation code of the book in which the hub finds the names of these functions. */
export function bookOf(abis: readonly Abi[]): Hex {
  const signatures = abis.flat().flatMap((item) => {
    if (item.type === 'receive') return ['receive']
    return item.type === 'function' ? [toFunctionSignature(item)] : []
  })
  const { text, pairs } = pack(signatures.map((signature) => `${signature};`).join(''))
  const table = pairs.padEnd(2 * (END_CODE - FIRST_CODE), '\0')
  return codeHolding(toHex(Buffer.from(`\0${table}${text}`, 'latin1')))
}

/** Replaces the commonest pair of characters by one that is free, as often as there is one. */
function pack(plain: string): { text: string; pairs: string } {
  let text = plain
  let pairs = ''
  for (let code = FIRST_CODE; code < END_CODE && text.length > 1; code++) {
    const pair = commonestPair(text)
    text = text.replaceAll(pair, String.fromCharCode(code))
    pairs += pair
  }
  return { text, pairs }
}

function commonestPair(text: string): string {
  const counts = new Map<string, number>()
  for (let at = 0; at + 1 < text.length; at++) {
    const pair = text.slice(at, at + 2)
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}

/** Code that returns what follows it: PUSH2 size DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN. */
function codeHolding(bytes: Hex): Hex {
  return concat(['0x61', numberToHex(size(bytes), { size: 2 }), '0x80600a5f395ff3', bytes])
}
