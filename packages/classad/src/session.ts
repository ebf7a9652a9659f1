/** Session: what one evaluation may use, and what it has used. */
import { type Budget, budget } from './limits.ts'

export type Options = Readonly<{
  /** Whether a bare name that the own ad lacks is looked up in the other, as HTCondor did at first. */
  bareNames?: 'own' | 'either'
  /** Steps that may be spent. */
  steps?: number
  /** Unix seconds; without it time() is an ERROR, so that evaluating again gives the same. */
  now?: bigint
  /** From 0 to below 1; without it random() is an ERROR. */
  random?: () => number
  /** Whether to know the functions that HTCondor adds to those of the language. */
  functions?: 'all' | 'core'
}>

export type Session = Readonly<{ budget: Budget; options: Options }>

export const session = (options: Options = {}): Session => {
  return { budget: budget(options.steps), options }
}
