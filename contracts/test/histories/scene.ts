/** Scene: what those who propose something look at, and what they choose from. */
import type * as Hub from '@traboule/protocol/hub'
import { type Address, type Hex, zeroHash } from 'viem'
import type { Dice } from './dice.ts'
import type { Book } from './offers.ts'
import type { Stage } from './replay.ts'

export type Scene = Readonly<{ dice: Dice; stage: Stage; book: Book; hub: Hub.Hub; now: bigint }>
export type Proposal = Readonly<{ sender: Address; action: Hub.Action }>

export const person = ({ dice, stage }: Scene): Address => dice.pick(stage.people)

/** Who should, or sometimes anybody. */
export function mostly(scene: Scene, share: number, right: Address | undefined): Address {
  return right && scene.dice.percent(share) ? right : person(scene)
}

/** A deal; seldom one that is not. */
export function aDeal({ dice, hub }: Scene): { dealId: Hex; known?: Hub.Agreement } {
  const all = [...hub.deals]
  if (all.length === 0 || dice.percent(1)) return { dealId: zeroHash }
  const [dealId, known] = dice.pick(all)
  return { dealId, known }
}

/** An index of the bag; seldom one beyond. */
export function anIndex({ dice }: Scene, known: Hub.Agreement | undefined): bigint {
  const { botFirst, botSize } = known?.deal ?? { botFirst: 0n, botSize: 1n }
  if (dice.percent(3)) return botFirst + botSize
  if (dice.percent(1) && botFirst > 0n) return botFirst - 1n
  return botFirst + BigInt(dice.below(Number(botSize)))
}
