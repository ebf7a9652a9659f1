/**
 * Enclave: what a deal's tag asks of the machine, and what may honestly be said of it.
 *
 * A simulated enclave is an ordinary process with a key of its own. It passes every check that the
 * chain makes of an enclave, and hides nothing from whoever runs it: so it is always called what it is.
 */
import { type Hex, numberToHex } from 'viem'
import * as Course from './course.ts'
import * as Tag from './tag.ts'

/** What stands behind the enclave of a pool or a worker. */
export const kinds = ['none', 'simulated'] as const
export type Kind = (typeof kinds)[number]

/** How a simulated enclave is called wherever people read of it. */
export const SIMULATED = 'simulated, not confidential'

/** The switches that a simulated enclave answers to: TDX, where a whole machine is the enclave. */
export const TAG = Tag.encode(['tee', 'tdx'])

const TEE = numberToHex(1n << BigInt(Tag.bits.tee), { size: 32 })

/** Whether only an enclave may contribute under this tag. */
export function required(tag: Hex): boolean {
  return Tag.includes(tag, TEE)
}

/** Whether an enclave of this kind can do all that the tag asks; without one, only no tag at all. */
export function serves(kind: Kind, tag: Hex): boolean {
  // How results are paid asks nothing of the machine.
  const asked = Course.without(tag)
  return kind === 'simulated' ? Tag.includes(TAG, asked) : BigInt(asked) === 0n
}
