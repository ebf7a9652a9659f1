/**
 * Draw: which workers a task is offered to, and which of its assignments are checks.
 *
 * Everything follows from a seed that the pool commits to before a task begins and shows afterwards,
 * so that anybody can draw again and see that nobody was preferred.
 */
import { type Address, concat, type Hex, keccak256, toHex } from 'viem'

/** What the pool publishes before: it binds the seed and shows nothing of it. */
export function commitment(seed: Hex): Hex {
  return keccak256(seed)
}

/** A worker’s number for a task, from 0 to below 1; nobody can choose it. */
export function ticket(seed: Hex, taskId: Hex, worker: Address): number {
  return fraction(keccak256(concat([seed, taskId, worker])))
}

/** Whether the task takes one more worker than it needs: a check of whoever comes last. */
export function isChecked(seed: Hex, taskId: Hex, checking: number): boolean {
  return fraction(keccak256(concat([seed, taskId, toHex('check')]))) < checking
}

/** The first 52 bits as a fraction. */
const fraction = (hash: Hex): number => Number(BigInt(hash) >> 204n) / 2 ** 52
