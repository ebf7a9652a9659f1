/** Verdict: when a task's ballots suffice, and what they tell of those who cast them. */
import { judge, type Lesson, lesson } from '@traboule/protocol/credibility'
import type { Hex } from 'viem'
import { type Opening, outstanding } from '../workers/choose.ts'
import { believable, mostDoubt, suffices, unsent } from '../workers/suffice.ts'
import type { Ballot } from './ballots.ts'

export type Verdict = Readonly<{
  resultHash: Hex
  /** How likely it is wrong, by what the pool knows. */
  doubt: number
  send: readonly Ballot[]
  lesson: Lesson
}>

/** How long a decided task waits for one more worker to be checked by it. */
const CHECK_MS = 5_000

/** What to do with the ballots of an open task; undefined while they do not suffice. */
export function verdict(task: Opening, nowMs: number): Verdict | undefined {
  const waiting = unsent(task)
  const last = waiting.at(-1)
  if (!last) return undefined
  const isLonely = nowMs - last.handedIn >= CHECK_MS && outstanding(task).length === 0
  const found = suffices(task) ?? (isLonely ? suffices(unchecked(task)) : undefined)
  if (!found) return undefined
  const { resultHash } = found
  const senders = new Set(found.send.map(({ worker }) => worker))
  const order = found.send.map(({ worker }) => worker)
  const send = waiting
    .filter(({ worker }) => senders.has(worker))
    .sort((a, b) => order.indexOf(a.worker) - order.indexOf(b.worker))
  return { resultHash, send, ...told(task) }
}

const unchecked = (task: Opening): Opening =>
  task.belief ? { ...task, belief: { ...task.belief, checked: false } } : task

/** What the votes say to somebody who knows the workers. */
function told(task: Opening): Pick<Verdict, 'doubt' | 'lesson'> {
  const { votes, belief, trust } = task
  if (!belief) return { doubt: 1, lesson: { passed: [], failed: [] } }
  const counted = believable([...votes, ...unsent(task)], belief)
  return { doubt: judge(counted)?.doubt ?? 1, lesson: lesson(counted, mostDoubt(trust)) }
}
