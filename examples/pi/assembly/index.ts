/**
 * Estimates π by throwing points at a square and counting those inside the circle.
 *
 * Answers a callback contract with two uint256: π × 10^18 and the number of points. Each task of a
 * bag throws its own points: their randomness comes from the task.
 */
import { args, env, fail, print, random64, writeText } from "../../wasi/assembly/wasi"

const MAX_SAMPLES: f64 = 4_000_000_000
const SCALE: u64 = 1_000_000_000

let s0: u64 = 0
let s1: u64 = 0

/** xoroshiro128+ (Blackman and Vigna): two 26-bit coordinates come from one number. */
// @ts-ignore: decorator
@inline
function next(): u64 {
  const result = s0 + s1
  const mixed = s1 ^ s0
  s0 = rotl(s0, 24) ^ mixed ^ (mixed << 16)
  s1 = rotl(mixed, 37)
  return result
}

function hits(samples: u64): u64 {
  const side: u64 = 1 << 26
  let inside: u64 = 0
  for (let left = samples; left > 0; left--) {
    const bits = next()
    const x = bits >> 38
    const y = (bits >> 12) & (side - 1)
    inside += u64(x * x + y * y < side * side)
  }
  return inside
}

function word(value: u64): string {
  return value.toString(16).padStart(64, "0")
}

function main(): void {
  const given = args()
  const wanted = given.length > 0 ? parseFloat(given[0]) : 1_000_000
  if (!(wanted >= 1 && wanted <= MAX_SAMPLES && Math.floor(wanted) == wanted))
    return fail("Give the number of points: a whole number from 1 to 4000000000.")
  const samples = <u64>wanted
  s0 = random64()
  s1 = random64() | 1
  const inside = hits(samples)
  // Nine digits at a time: the product with 10^18 would not fit 64 bits.
  const whole = (inside * 4 * SCALE) / samples
  const rest = (inside * 4 * SCALE) % samples
  const pi = whole * SCALE + (rest * SCALE) / samples
  const data = "0x" + word(pi) + word(samples)
  const text = pi.toString().padStart(19, "0")
  const decimal = text.substring(0, text.length - 18) + "." + text.substring(text.length - 18)
  writeText("pi.json", '{"pi":"' + decimal + '","points":' + samples.toString() + ',"inside":' + inside.toString() + "}\n")
  writeText("computed.json", '{"deterministic-output-path":"/iexec_out/pi.json","callback-data":"' + data + '"}')
  print("task " + env("IEXEC_BOT_TASK_INDEX", "0") + ": pi is about " + decimal)
}

main()
