/**
 * Course: how tasks go where the deal's tag lets their results be contested, or gives each of them
 * a clock of its own.
 *
 * The chain decides (`contracts/src/libraries/Course.sol`); this is the same arithmetic for those
 * who must foresee it.
 */
import { type Hex, numberToHex } from 'viem'
import { AppError } from './errors.ts'
import { deadlineRatio } from './task.ts'

/** The bit of a tag that lets anyone contest a result before it is paid. */
export const CONTESTABLE = 1n << 33n
/** Where a tag says how many times ten reference times a deal lives. */
const LIFE_SHIFT = 40n
/** Its bits: those of an app's and a dataset's order are not read. */
export const LIFE = 0xffn << LIFE_SHIFT
/** Longest life a tag can say. */
export const MAX_LIFE = 255

/** Reference times a result can be contested after its reveal deadline. */
export const CONTEST_RATIO = 2n
/** Least a worker stakes where results can be contested, in percent of the workerpool price. */
export const BOND_PERCENT = 500n
/** Who found a wrong result gets this part of one bond. */
export const FINDERS_PART = 5n
const DOUBT = 4n
const MOST_TRUST = 2n ** 48n - 1n

/** Whether results of a deal with this tag can be contested. */
export function isContestable(tag: Hex): boolean {
  return (BigInt(tag) & CONTESTABLE) !== 0n
}

/** How many times ten reference times tasks may start, each with its own clock; 0: all at the match. */
export function lifeOf(tag: Hex): bigint {
  return (BigInt(tag) & LIFE) >> LIFE_SHIFT
}

/** The tag, for a deal that lives so long. Throws `order/unknown-tag`. */
export function withLife(tag: Hex, life: number): Hex {
  if (!Number.isInteger(life) || life < 0 || life > MAX_LIFE) {
    const sentence = `A deal cannot live ${life} times: from 0 to ${MAX_LIFE} it can.`
    throw new AppError('order/unknown-tag', sentence, { life, most: MAX_LIFE })
  }
  return numberToHex((BigInt(tag) & ~LIFE) | (BigInt(life) << LIFE_SHIFT), { size: 32 })
}

/** The tag, as far as it asks something of the machine that does the work. */
export function without(tag: Hex): Hex {
  return numberToHex(BigInt(tag) & ~(CONTESTABLE | LIFE), { size: 32 })
}

/** What a deal fixes about time: its match, and T of its category in seconds. */
export type Term = Readonly<{ tag: Hex; startTime: bigint; timeRef: bigint }>

/** When the clock of a task starts that is begun `now`. */
export function startOf(term: Term, now: bigint): bigint {
  const last = lastStart(term)
  return lifeOf(term.tag) > 0n && now < last ? now : last
}

/** When the clock of the last task starts. What was not begun is refunded ten T later. */
export function lastStart({ tag, startTime, timeRef }: Term): bigint {
  return startTime + lifeOf(tag) * deadlineRatio.final * timeRef
}

/** For how many seconds after the reveals a result can be contested that was not yet. */
export function graceOf({ tag, timeRef }: Pick<Term, 'tag' | 'timeRef'>): bigint {
  return isContestable(tag) ? CONTEST_RATIO * timeRef : 0n
}

/** The trust a task takes once votes of this weight are contested. */
export function trustAfter(weight: bigint): bigint {
  const trust = weight * DOUBT
  return trust < MOST_TRUST ? trust : MOST_TRUST
}

/** The percentage that workers of a deal stake, where the pool's policy says `percent`. */
export function stakePercent(tag: Hex, percent: bigint): bigint {
  return isContestable(tag) && percent < BOND_PERCENT ? BOND_PERCENT : percent
}
