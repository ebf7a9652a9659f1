/** Closed form: what majority voting and spot-checking let through, by formula instead of by trial. */

/**
 * The error of voting until m of at most 2m − 1 agree, where each answer is wrong with `phi`
 * independently and wrong answers agree: `Σ_{j=m}^{2m−1} C(2m−1, j) phi^j (1 − phi)^(2m−1−j)`.
 */
export function votingError(phi: number, m: number): number {
  const n = 2 * m - 1
  const terms = Array.from({ length: m }, (_, at) => term(n, m + at, phi))
  return terms.reduceRight((sum, each) => sum + each, 0) // small ones first
}

/** The least m whose `votingError` is at most `most`. */
export function votesNeeded(phi: number, most: number): number {
  let m = 1
  while (votingError(phi, m) > most) m++
  return m
}

/** `C(n, j) phi^j (1 − phi)^(n − j)`, factor by factor so that nothing overflows. */
function term(n: number, j: number, phi: number): number {
  let value = 1
  let rest = n - j // factors (1 − phi) not yet used
  for (let i = 1; i <= j; i++) {
    value *= ((n - j + i) / i) * phi
    for (; rest > 0 && value > 1; rest--) value *= 1 - phi
  }
  return value * (1 - phi) ** rest
}

export type Checked = Readonly<{ saboteurs: number; checking: number; results: number }>

/**
 * The error of spot-checking with blacklisting and backtracking, where saboteurs lie at rate `s` and
 * every worker gives n results: `s f (1 − q s)^n / ((1 − f) + f (1 − q s)^n)`.
 */
export function checkedError(
  s: number,
  { saboteurs: f, checking: q, results: n }: Checked,
): number {
  const uncaught = (1 - q * s) ** n
  return (s * f * uncaught) / (1 - f + f * uncaught)
}

/** The most that saboteurs can do to it by choosing `s`, and the bound `f / ((1 − f) q n e)`. */
export function worstCheckedError(checked: Checked): { error: number; s: number; bound: number } {
  const { saboteurs: f, checking: q, results: n } = checked
  let [low, high] = [0, 1]
  // The error has one maximum: thirds close in on it.
  for (let step = 0; step < 200; step++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3]
    if (checkedError(a, checked) < checkedError(b, checked)) low = a
    else high = b
  }
  const s = (low + high) / 2
  return { error: checkedError(s, checked), s, bound: f / ((1 - f) * q * n * Math.E) }
}
