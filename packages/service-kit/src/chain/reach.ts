/**
 * Reach: how many blocks to ask a node about at once. Nodes refuse answers that would be too long,
 * each by a limit and in words of its own, so the reach is found by trying: it halves when a node
 * refuses and grows again slowly, which keeps it near the limit with few refusals.
 */
import { AppError } from '@traboule/protocol'
import {
  BaseError,
  HttpRequestError,
  LimitExceededRpcError,
  ResponseBodyTooLargeError,
  TimeoutError,
} from 'viem'

export type Reach = Readonly<{
  /** Blocks that one question may be about. */
  most(): bigint
  /** An answer about `blocks` came. */
  grew(blocks: bigint): void
  /** A question about `blocks` was refused. */
  shrank(blocks: bigint): void
}>

const FULL = 1_000n

/** A reach that starts at its fullest. */
export function openReach(full = FULL): Reach {
  let most = full
  return {
    most: () => most,
    grew(blocks) {
      if (blocks < most) return // a shorter question says nothing of the limit
      const wider = most + most / 16n + 1n
      most = wider < full ? wider : full
    },
    shrank(blocks) {
      most = blocks > 1n ? blocks / 2n : 1n
    },
  }
}

/** Whether a node did not answer a reading because the answer would be too long, or take too long. */
export function refused(reading: unknown): 'too long' | 'too slow' | undefined {
  const error = reading instanceof AppError ? reading.cause : reading
  if (!(error instanceof BaseError)) return undefined
  if (error.walk((each) => each instanceof TimeoutError)) return 'too slow'
  return error.walk(tooLong) ? 'too long' : undefined
}

function tooLong(error: unknown): boolean {
  if (error instanceof ResponseBodyTooLargeError) return true
  if (error instanceof HttpRequestError && error.status === 413) return true
  if (!(error instanceof BaseError) || OTHERWISE.test(error.details)) return false
  return error instanceof LimitExceededRpcError || TOO_LONG.test(error.details)
}

const TOO_LONG = /\brange\b|results|response size|too (large|big|long)/i
/** Who asks too often, or about blocks that a node does not have, is told so in similar words. */
const OTHERWISE =
  /too many requests|rate.?limit|request (count|limit)|per (second|minute|day)|quota|beyond|out of range/i
