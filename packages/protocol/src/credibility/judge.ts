/**
 * Judge: what the votes on one task say: which result, how surely, and of whom it tells something.
 *
 * The scheduler and the simulation (`bench/credibility.ts`) decide by these functions and no others.
 */
import { doubts } from './group.ts'

export type Vote = Readonly<{
  worker: string
  result: string
  /** How likely a result of this worker is wrong, by what is known of it now. */
  doubt: number
}>

export type Verdict = Readonly<{ result: string; doubt: number; voters: number }>

/** The leading result and the doubt in it; undefined without votes. */
export function judge(votes: readonly Vote[]): Verdict | undefined {
  const groups = [...Map.groupBy(votes, ({ result }) => result)]
  const each = doubts(groups.map(([, group]) => group.map(({ doubt }) => doubt)))
  const verdicts = groups.map(([result, group], at) => {
    return { result, doubt: each[at] ?? 1, voters: group.length }
  })
  return verdicts.reduce<Verdict | undefined>(
    (best, verdict) => (best && best.doubt <= verdict.doubt ? best : verdict),
    undefined,
  )
}

/** The result that is wrong with a chance of at most `most`, if there is one. */
export function accepted(votes: readonly Vote[], most: number): string | undefined {
  const verdict = judge(votes)
  return verdict && verdict.doubt <= most ? verdict.result : undefined
}

export type Lesson = Readonly<{ passed: readonly string[]; failed: readonly string[] }>

/**
 * What an accepted result tells of its voters. Who voted otherwise failed. Who agreed passed a check
 * if the answer was known without it: if the others alone would have sufficed. Workers who need each
 * other to be believed learn nothing from their agreement, or colluders could vouch for themselves.
 */
export function lesson(votes: readonly Vote[], most: number): Lesson {
  const result = accepted(votes, most)
  if (result === undefined) return { passed: [], failed: [] }
  const knownWithout = (vote: Vote) =>
    accepted(
      votes.filter((each) => each !== vote),
      most,
    ) === result
  const agreeing = votes.filter((vote) => vote.result === result)
  return {
    passed: agreeing.filter(knownWithout).map(({ worker }) => worker),
    failed: votes.filter((vote) => vote.result !== result).map(({ worker }) => worker),
  }
}

/** Whether one more vote for the leading result by a worker with this doubt would suffice. */
export function wouldSuffice(votes: readonly Vote[], doubt: number, most: number): boolean {
  const result = judge(votes)?.result ?? ''
  return accepted([...votes, { worker: '', result, doubt }], most) !== undefined
}
