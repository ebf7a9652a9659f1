/**
 * Policy: how far a pool believes one worker, by the checks it passed.
 *
 * L. Sarmenta, “Sabotage-Tolerance Mechanisms for Volunteer Computing Systems”, FGCS 18(4), 2002.
 * Everything is said as **doubt**, one minus the credibility of that paper: what matters is how close
 * credibility comes to one, and doubt says so without losing digits.
 */

export type Policy = Readonly<{
  /** The largest share of workers that may be saboteurs (f), above 0 and below 1. */
  saboteurs: number
  /** The share of assignments that are checks with a known answer (q), from 0 to below 1. */
  checking: number
  /** Whether who was caught stays away for good. Otherwise it may come back under another name. */
  blacklisting: boolean
}>

/**
 * How likely a result of a worker that passed `checks` in a row is wrong, whatever it does:
 * - nothing known: `f`;
 * - with blacklisting: `f / ((1 − f) · k · e)`, the worst over all rates s at which it may lie of
 *   `s · f · (1 − s)^k / ((1 − f) + f · (1 − s)^k)` (Sarmenta, theorem of spot-checking);
 * - without, since who was caught is back as new: `f / k`.
 * Never more than `f`, which is the doubt in a stranger.
 */
export function doubtOf(checks: number, { saboteurs: f, blacklisting }: Policy): number {
  if (checks === 0) return f
  return Math.min(f, blacklisting ? f / ((1 - f) * checks * Math.E) : f / checks)
}

/** The fewest checks after which `members` such workers who agree leave at most `most` doubt. */
export function checksNeeded(most: number, members: number, policy: Policy): number {
  const suffices = (checks: number) => {
    const doubt = doubtOf(checks, policy)
    return 1 / (1 + ((1 - doubt) / doubt) ** members) <= most
  }
  let [low, high] = [0, 1]
  if (suffices(low)) return low
  while (!suffices(high)) [low, high] = [high, 2 * high]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (suffices(middle)) high = middle
    else low = middle
  }
  return high
}
