/** Testing: a job to change what a test is about in, and what two runs must have in common. */
import { keccak256, toHex } from 'viem'
import type { Job, Outcome } from './runner.ts'

const MIB = 1_048_576

/** A job for `app`; the limits are small so that breaking them is quick. */
export function aJob(over: Partial<Job> & Pick<Job, 'app'>): Job {
  return {
    taskId: toHex(1, { size: 32 }),
    args: [],
    env: {},
    inputs: new Map(),
    clock: 1_700_000_000n,
    seed: toHex(7, { size: 32 }),
    limits: {
      wallMs: 20_000,
      memoryBytes: 64 * MIB,
      outputBytes: 4 * MIB,
      outputFiles: 100,
      stdioBytes: MIB,
    },
    ...over,
  }
}

/** Digest of all that a run must repeat exactly. */
export function fingerprint(outcome: Outcome): string {
  const files = [...outcome.files].map(([path, bytes]) => [path, toHex(bytes)])
  const streams = [toHex(outcome.stdout), toHex(outcome.stderr)]
  return keccak256(toHex(JSON.stringify([outcome.exitCode, files, streams])))
}
