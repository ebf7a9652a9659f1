/** Pool: workers, some of them saboteurs, computing tasks until all are believed. */
import type { Dice } from '@traboule/protocol/testing'
import type { Ballot, Rule } from './rules.ts'

/** What a worker sees of a task: whether its word alone would be enough, and the first answer if any. */
export type View = Readonly<{ alone: boolean; first: Ballot | undefined }>

/** When a saboteur lies. */
export type Nature = (view: View, dice: Dice) => boolean

export const natures = {
  /** Lies in a share of its answers. */
  at:
    (rate: number): Nature =>
    (_, { roll }) =>
      roll() < rate,
  /** Waits until its word is enough, and lies from then on. */
  sleeper: (({ alone }) => alone) satisfies Nature,
  /** The same, but only where it can see that nobody answered before. */
  sleeperFirst: (({ alone, first }) => alone && !first) satisfies Nature,
  /** Computes nothing: says what it sees, or makes something up. */
  copycat: (({ first }) => first?.wrong ?? true) satisfies Nature,
}

export type Setting = Readonly<{
  tasks: number
  workers: number
  /** Share of the workers. */
  saboteurs: number
  lies: Nature
  rule: Rule
  /** `breadth`: each task once before any twice. `depth`: what is begun is finished first. */
  order: 'breadth' | 'depth'
  /** Whether what a caught worker did is undone, also in tasks that were accepted. */
  backtracking: boolean
  dice: Dice
}>

export type Outcome = Readonly<{
  /** Wrong results, of all that were accepted. */
  error: number
  /** Share of tasks with an accepted result: less than one where nobody was left to work. */
  done: number
  /** Assignments, checks included, of all tasks. */
  cost: number
  /** Time it took, of what as many honest workers without checks would take. */
  slowdown: number
  /** Assignments of the pool from a task's first to its acceptance. */
  waited: Readonly<{ p50: number; p95: number }>
  /** Prices earned per assignment, stakes lost included. */
  income: Readonly<{ honest: number; saboteur: number }>
}>

/** What a worker stakes on a task, in prices. */
const STAKE = 0.3

type Task = {
  ballots: Ballot[]
  over: { wrong: boolean } | undefined
  began: number
  ended: number
}

/** Computes every task. */
export function run(setting: Setting): Outcome {
  const { rule, dice, lies } = setting
  const tasks = Array.from({ length: setting.tasks }, (): Task => {
    return { ballots: [], over: undefined, began: 0, ended: 0 }
  })
  const bad = Math.round(setting.saboteurs * setting.workers)
  const done: Set<Task>[] = Array.from({ length: setting.workers }, () => new Set())
  const away = new Set<number>()
  const spent = new Uint32Array(setting.workers)
  const queue = startQueue(tasks, setting.order)
  let assignments = 0

  const answers = (worker: number, first?: Ballot) =>
    worker < bad && lies({ first, alone: rule.alone(worker) }, dice)

  const judge = (task: Task): boolean => {
    task.over = rule.accepted(task.ballots)
    if (task.over) task.ended = assignments
    return task.over !== undefined
  }

  const caught = (worker: number): void => {
    rule.reset(worker)
    if (rule.blacklisting) away.add(worker)
    const theirs = done[worker] ?? new Set()
    if (!setting.backtracking) return
    for (const task of theirs) {
      task.ballots = task.ballots.filter((ballot) => ballot.worker !== worker)
      if (task.over && !judge(task)) queue.reopen(task)
    }
    theirs.clear()
  }

  const work = (worker: number): void => {
    if (rule.checking > 0 && dice.roll() < rule.checking) {
      count(worker)
      if (answers(worker)) caught(worker)
      else rule.passed(worker)
      return
    }
    const mine = done[worker] ?? new Set()
    const task = queue.next((each) => mine.has(each), judge)
    if (!task) return
    count(worker)
    if (task.ballots.length === 0) task.began = assignments
    const wrong = answers(worker, rule.sealed ? undefined : task.ballots[0])
    task.ballots.push({ worker, wrong })
    mine.add(task)
    if (setting.order === 'breadth' || !judge(task) || !task.over) return
    queue.finished(task)
    for (const other of rule.settled(task.ballots, task.over.wrong)) caught(other)
  }

  const count = (worker: number) => {
    assignments++
    spent[worker] = (spent[worker] ?? 0) + 1
  }

  let rounds = 0
  let before = -1
  // A round in which nobody found work is the last: all who are left voted, or everybody was caught.
  for (; !queue.empty() && before < assignments; rounds++) {
    before = assignments
    for (const worker of shuffled(setting.workers, away, dice)) work(worker)
  }
  return outcome({ tasks, bad, spent, assignments, rounds })
}

type Queue = Readonly<{
  empty(): boolean
  /** The next task for a worker that may not have those it `had`; drops those `judge` finds over. */
  next(had: (task: Task) => boolean, judge: (task: Task) => boolean): Task | undefined
  finished(task: Task): void
  reopen(task: Task): void
}>

function startQueue(tasks: readonly Task[], order: Setting['order']): Queue {
  return order === 'breadth' ? breadth(tasks) : depth(tasks)
}

/** Round and round: a task is looked at again when all others had their turn. */
function breadth(tasks: readonly Task[]): Queue {
  let ring = [...tasks]
  let at = 0
  return {
    empty: () => at >= ring.length,
    next(had, judge) {
      if (at > tasks.length) [ring, at] = [ring.slice(at), 0]
      const skipped: Task[] = []
      let found: Task | undefined
      while (at < ring.length && !found) {
        const task = ring[at++]
        if (!task || task.over || (task.ballots.length > 0 && judge(task))) continue
        if (had(task)) skipped.push(task)
        else found = task
      }
      if (skipped.length > 0) [ring, at] = [[...skipped, ...ring.slice(at)], 0]
      if (found) ring.push(found)
      return found
    },
    finished: () => undefined,
    reopen: (task) => ring.push(task),
  }
}

function depth(tasks: readonly Task[]): Queue {
  const begun = new Set<Task>()
  let at = 0
  return {
    empty: () => at >= tasks.length && begun.size === 0,
    next(had) {
      for (const task of begun) if (!had(task)) return task
      const fresh = tasks[at]
      if (!fresh) return undefined
      at++
      begun.add(fresh)
      return fresh
    },
    finished: (task) => void begun.delete(task),
    reopen: (task) => void begun.add(task),
  }
}

function shuffled(workers: number, away: ReadonlySet<number>, { of }: Dice): number[] {
  const all = Array.from({ length: workers }, (_, n) => n).filter((n) => !away.has(n))
  for (let n = all.length - 1; n > 0; n--) {
    const other = of(n + 1)
    const [a, b] = [all[n] ?? 0, all[other] ?? 0]
    all[n] = b
    all[other] = a
  }
  return all
}

type Books = Readonly<{
  tasks: readonly Task[]
  bad: number
  spent: Uint32Array
  assignments: number
  rounds: number
}>

function outcome({ tasks, bad, spent, assignments, rounds }: Books): Outcome {
  const accepted = tasks.filter(({ over }) => over)
  const earned = { honest: 0, saboteur: 0 }
  for (const { ballots, over } of accepted) {
    const agreeing = ballots.filter(({ wrong }) => wrong === over?.wrong).length
    for (const { worker, wrong } of ballots) {
      const pay = wrong === over?.wrong ? 1 / agreeing : -STAKE
      earned[worker < bad ? 'saboteur' : 'honest'] += pay
    }
  }
  const sum = (from: number, to?: number) => spent.slice(from, to).reduce((a, b) => a + b, 0)
  const waits = accepted.map(({ began, ended }) => ended - began + 1).sort((a, b) => a - b)
  const at = (share: number) => waits[Math.floor(share * (waits.length - 1))] ?? 0
  return {
    error: accepted.filter(({ over }) => over?.wrong).length / Math.max(1, accepted.length),
    done: accepted.length / tasks.length,
    cost: assignments / tasks.length,
    slowdown: (rounds * spent.length) / tasks.length,
    waited: { p50: at(0.5), p95: at(0.95) },
    income: {
      honest: earned.honest / Math.max(1, sum(bad)),
      saboteur: earned.saboteur / Math.max(1, sum(0, bad)),
    },
  }
}
