/** Group: how far equal results of several workers are believed. */

/** The odds that workers with these doubts are all right, should they agree: `∏ (1 − d) / d`. */
export function oddsOf(doubts: readonly number[]): number {
  return doubts.reduce((odds, doubt) => (odds * (1 - doubt)) / doubt, 1)
}

/**
 * The doubt in each group of equal results, given the doubts in its members. With the odds o of each
 * group and 1 for “all are wrong”, exactly one of which is true,
 *
 *     doubt(g) = (1 + Σ of o over the other groups) / (1 + Σ of o over all)
 *
 * which is one minus Sarmenta’s `Cr(g) = P(g good) · ∏ P(h bad) / (Σ … + ∏ P(all bad))`: the chance of g
 * given that what was seen can only be if at most one group is right. The hub computes the same with
 * whole weights (`Consensus`).
 */
export function doubts(groups: readonly (readonly number[])[]): number[] {
  const odds = groups.map(oddsOf)
  const total = odds.reduce((sum, each) => sum + each, 1)
  return odds.map((_, at) => odds.reduce((sum, o, n) => (n === at ? sum : sum + o), 1) / total)
}
