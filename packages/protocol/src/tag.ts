/** Tag: 256 switches that say what an execution needs. Bit i of the integer is one switch. */
import { type Hex, numberToHex } from 'viem'
import { AppError } from './errors.ts'

/** Names that people write, and their bit. */
export const bits = { tee: 0, scone: 1, gramine: 2, tdx: 3, gpu: 8, contestable: 33 } as const
export type Switch = keyof typeof bits

/** Bits of a dataset's tag that name a TEE framework; the chain ignores them (PoCo 6.2.0). */
export const DATASET_IGNORED = 0x0en

/** The tag with these switches on. Throws `order/unknown-tag`. */
export function encode(names: readonly string[]): Hex {
  const value = names.reduce((tag, name) => tag | (1n << BigInt(bitOf(name))), 0n)
  return numberToHex(value, { size: 32 })
}

/** The names of the switches that are on; unnamed bits read `bit12`. */
export function decode(tag: Hex): string[] {
  const value = BigInt(tag)
  const on = Array.from({ length: 256 }, (_, bit) => bit).filter((bit) => has(value, bit))
  return on.map((bit) => Object.entries(bits).find(([, b]) => b === bit)?.[0] ?? `bit${bit}`)
}

/** Whether `tag` includes every switch of `required`. */
export function includes(tag: Hex, required: Hex): boolean {
  return (BigInt(required) & ~BigInt(tag)) === 0n
}

/** The tag with this switch off. */
export function without(tag: Hex, name: Switch): Hex {
  return numberToHex(BigInt(tag) & ~(1n << BigInt(bits[name])), { size: 32 })
}

const has = (value: bigint, bit: number) => ((value >> BigInt(bit)) & 1n) === 1n

function bitOf(name: string): number {
  const bit = (bits as Record<string, number>)[name]
  if (bit !== undefined && Object.hasOwn(bits, name)) return bit
  throw new AppError('order/unknown-tag', `"${name}" is not a tag.`, { known: Object.keys(bits) })
}
