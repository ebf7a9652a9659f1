/**
 * Scalars: the shapes every message is made of, parsed once at the edge.
 *
 * Amounts are nRLC (1 RLC = 10^9 nRLC) and timestamps are Unix seconds, both as bigint.
 */
import { type Address, getAddress, type Hex, isAddress, zeroAddress, zeroHash } from 'viem'
import { z } from 'zod'

/** 20 bytes of hexadecimal in any case; becomes checksummed. */
export const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'must be an address: 0x and 40 hex digits')
  .transform((text): Address => getAddress(text))

/** 32 bytes of hexadecimal; becomes lower case. */
export const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 32 bytes: 0x and 64 hex digits')
  .transform((text) => text.toLowerCase() as Hex)

/** A whole number of bytes in hexadecimal; becomes lower case. */
export const hex = z
  .string()
  .max(131_074, 'must be at most 64 KiB')
  .regex(/^0x([0-9a-fA-F]{2})*$/, 'must be hexadecimal bytes starting with 0x')
  .transform((text) => text.toLowerCase() as Hex)

const MAX_UINT256 = 2n ** 256n - 1n

/** A non-negative integer below 2^256, from a bigint, a safe number or decimal text. */
export const uint256 = z
  .union([
    z.bigint(),
    z.number().int().nonnegative().safe(),
    z
      .string()
      .max(78, 'must be at most 78 digits')
      .regex(/^(0|[1-9][0-9]*)$/, 'must be a whole decimal number'),
  ])
  .transform(BigInt)
  .refine((value) => value >= 0n && value <= MAX_UINT256, 'must be between 0 and 2^256 - 1')

/** The largest integer that JSON readers agree on; the market's "unlimited" volume. */
export const MAX_SAFE = 9_007_199_254_740_991n

export const nullAddress: Address = zeroAddress
export const nullBytes32: Hex = zeroHash
