/** Dice: choices that follow from a seed. */

export type Dice = Readonly<{
  /** 0 to `limit` - 1. */
  below: (limit: number) => number
  /** True in so many of 100 cases. */
  percent: (share: number) => boolean
  /** One of several, of which there must be one. */
  pick: <T>(all: readonly T[]) => T
  /** One of several, each as often as its weight says. */
  weighed: <T>(all: readonly (readonly [weight: number, T])[]) => T
}>

/** Dice that fall alike for the same seed (mulberry32). */
export function openDice(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T // there is one
  return {
    below,
    pick,
    percent: (share) => below(100) < share,
    weighed: (all) => {
      let left = below(all.reduce((sum, [weight]) => sum + weight, 0))
      for (const [weight, each] of all) {
        if (left < weight) return each
        left -= weight
      }
      return pick(all)[1]
    },
  }
}
