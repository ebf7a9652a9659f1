/**
 * Numbers between 0 and 1 that cover their range evenly, so that few samples make a smooth picture.
 *
 * A sample's coordinates step by powers of the generalised golden ratio; every pixel starts at
 * another place of the sequence, so that what error remains looks like the grain of a film. Nothing
 * is random: a pixel has the same grain in every run, and tiles meet without a seam.
 */
const DIMENSIONS: i32 = 12
/** 1/φ, …, 1/φ^12 where φ is the root of x^13 = x + 1. */
const steps = new StaticArray<u32>(DIMENSIONS)
const offsets = new StaticArray<u32>(DIMENSIONS)

let index: u32 = 0

/** Prepares the steps; call once. */
export function prepare(): void {
  let root: f64 = 1.05
  for (let round = 0; round < 60; round++) root = Math.pow(1 + root, 1 / <f64>(DIMENSIONS + 1))
  let step: f64 = 1
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    step /= root
    steps[dimension] = <u32>(step * 4294967296)
  }
}

/** Starts the samples of a pixel of the whole picture. */
export function enter(x: u32, y: u32): void {
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    offsets[dimension] = hash(hash(y * 8192 + x) + <u32>dimension)
  }
  index = 0
}

/** Goes to the pixel's next sample. */
export function advance(): void {
  index++
}

/** One coordinate of the current sample. */
// @ts-ignore: decorator
@inline
export function sample(dimension: i32): f32 {
  const bits = unchecked(offsets[dimension]) + index * unchecked(steps[dimension])
  return <f32>(bits >> 8) * (1.0 / 16777216.0)
}

function hash(value: u32): u32 {
  let mixed = value * 0x9e3779b1
  mixed = (mixed ^ (mixed >> 15)) * 0x85ebca6b
  mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35
  return mixed ^ (mixed >> 16)
}
