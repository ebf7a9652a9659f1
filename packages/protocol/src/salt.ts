/**
 * Salt: terms that an order carries where it has no field for them.
 *
 * The chain decides (`contracts/src/libraries/Salt.sol`): 8 bytes `trblv001`; 5 bytes expiry in Unix
 * seconds, 0 for never; 2 bytes epoch; 14 bytes, the low end of the only address that may match the
 * order, 0 for anyone; 3 bytes to tell equal orders apart. Any other salt has no terms.
 */
import { type Address, bytesToHex, type Hex, numberToHex, stringToHex } from 'viem'

const MAGIC = stringToHex('trblv001')
const MATCHER_BITS = 112n

/** What a salt asks; `matcher` is the low 14 bytes of an address. */
export type Terms = Readonly<{ expiry?: bigint; epoch: bigint; matcher?: Hex }>

/** The terms of a salt: none but epoch 0 for a plain one. */
export function read(salt: Hex): Terms {
  if (!salt.toLowerCase().startsWith(MAGIC)) return { epoch: 0n }
  const value = BigInt(salt)
  const expiry = (value >> 152n) & 0xff_ffff_ffffn
  const matcher = (value >> 24n) & ((1n << MATCHER_BITS) - 1n)
  return {
    epoch: (value >> 136n) & 0xffffn,
    ...(expiry !== 0n && { expiry }),
    ...(matcher !== 0n && { matcher: numberToHex(matcher, { size: 14 }) }),
  }
}

/** What a salt is made of; `unique` is 3 random bytes. */
export type Making = Readonly<{
  expiry?: bigint
  epoch?: bigint
  matcher?: Address
  unique: Uint8Array
}>

/** The salt that carries these terms. */
export function write({ expiry = 0n, epoch = 0n, matcher, unique }: Making): Hex {
  const parts = [
    MAGIC,
    numberToHex(expiry, { size: 5 }),
    numberToHex(epoch, { size: 2 }),
    matcher ? `0x${matcher.slice(-28).toLowerCase()}` : numberToHex(0n, { size: 14 }),
    bytesToHex(unique, { size: 3 }),
  ]
  return `0x${parts.map((part) => part.slice(2)).join('')}`
}
