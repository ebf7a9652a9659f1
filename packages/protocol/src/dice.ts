/** Dice: the same chances in each run. */

export type Dice = Readonly<{
  /** From 0 to below 1. */
  roll(): number
  /** A whole number from 0 to below `sides`. */
  of(sides: number): number
}>

/** Dice of 32 bits from a seed (mulberry32). */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { roll, of: (sides) => Math.floor(roll() * sides) }
}
