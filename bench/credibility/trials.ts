/** Trials: the tables that only trying out gives, beside what is published, and the attacks. */
import type { Policy } from '@traboule/protocol/credibility'
import { dice } from '@traboule/protocol/testing'
import { type Nature, natures, type Outcome, run, type Setting } from './pool.ts'
import { type Cell, combined, depth } from './published.ts'
import { adaptive, credibility, onChain, type Rule, voting } from './rules.ts'

const WORKERS = 200
const CHECKING = 0.1
const RATES = [0.03, 0.1, 0.3, 1]

export type Report = Readonly<{ figures: number; wrong: readonly string[]; costOff: number }>

/** Runs every cell of the published table so often. */
export function combinations(runs: number): Report {
  const wrong: string[] = []
  const cells = combined.flatMap(({ saboteurs, blacklisting, without }) => [
    ...blacklisting.map(([most, cell]) => ({ saboteurs, most, cell, blacklisting: true })),
    ...without.map(([most, cell]) => ({ saboteurs, most, cell, blacklisting: false })),
  ])
  let costOff = 0
  const rows = cells.map(({ saboteurs, most, cell, blacklisting }) => {
    const policy: Policy = { saboteurs, checking: CHECKING, blacklisting }
    const each = RATES.map((rate) =>
      several(runs, (seed) => cellOf(policy, most, natures.at(rate), seed)),
    )
    const error = Math.max(...each.map((outcomes) => mean(outcomes, (one) => one.error)))
    const costs = each.map((outcomes) => mean(outcomes, (one) => one.slowdown))
    const [least, top] = [Math.min(...costs), Math.max(...costs)]
    const what = `f=${saboteurs} error ${most}${blacklisting ? '' : ' without blacklisting'}`
    const off = Math.max(...[Math.abs(least / cell[1] - 1), Math.abs(top / cell[2] - 1)])
    costOff = Math.max(costOff, off)
    if (error > most) wrong.push(`${what}: measured ${error}`)
    if (off > 0.1)
      wrong.push(`${what}: cost ${least.toFixed(2)}-${top.toFixed(2)}, not ${cell[1]}-${cell[2]}`)
    return {
      f: saboteurs,
      allowed: most,
      blacklisting,
      error: error.toExponential(1),
      ...range(least, top, cell),
    }
  })
  console.log(
    `\nSpot-checks and voting, 10,000 tasks, ${WORKERS} workers, ${runs} runs: worst mean error, slowdown`,
  )
  console.table(rows)
  return { figures: cells.length, wrong, costOff }
}

function range(least: number, top: number, [error, from, to]: Cell) {
  return {
    slowdown: `${least.toFixed(2)}-${top.toFixed(2)}`,
    published: `${error.toExponential(1)} ${from.toFixed(2)}-${to.toFixed(2)}`,
  }
}

function cellOf(policy: Policy, most: number, lies: Nature, seed: number): Outcome {
  return run({
    ...{ tasks: 10_000, workers: WORKERS, saboteurs: policy.saboteurs, lies },
    ...{ rule: credibility(policy, most, WORKERS), order: 'breadth', backtracking: true },
    dice: dice(seed),
  })
}

const several = <T>(runs: number, of: (seed: number) => T): T[] =>
  Array.from({ length: runs }, (_, n) => of(2026 + n))

const mean = (all: readonly Outcome[], of: (one: Outcome) => number) =>
  all.reduce((sum, one) => sum + of(one), 0) / all.length

const SLOW_RATES = [0.01, ...RATES]

/** The same for tasks that are finished before others are begun. */
export function finishing(tasks: number): Report {
  const wrong: string[] = []
  const cells = depth.flatMap(({ rule, cells: all }) =>
    all.map(([saboteurs, cell]) => ({ rule, saboteurs, cell })),
  )
  let costOff = 0
  const rows = cells.map(({ rule, saboteurs, cell }) => {
    const each = SLOW_RATES.map((rate) =>
      run({
        ...{ tasks, workers: WORKERS, saboteurs, lies: natures.at(rate), dice: dice(11) },
        ...{ rule: named(rule, saboteurs), order: 'depth', backtracking: false },
      }),
    )
    const error = Math.max(...each.map((one) => one.error))
    const [least, top] = [Math.min(...each.map(costOf)), Math.max(...each.map(costOf))]
    const off = Math.max(Math.abs(least / cell[1] - 1), Math.abs(top / cell[2] - 1))
    costOff = Math.max(costOff, off)
    if (off > 0.1) wrong.push(`${rule} f=${saboteurs}: cost ${least.toFixed(2)}-${top.toFixed(2)}`)
    if (typeof rule === 'number' && error > rule) wrong.push(`${rule} f=${saboteurs}: ${error}`)
    return { rule, f: saboteurs, error: error.toExponential(1), ...range(least, top, cell) }
  })
  console.log(`\nFinishing before beginning, nothing undone, ${tasks} tasks: worst error, cost`)
  console.table(rows)
  return { figures: cells.length, wrong, costOff }
}

const costOf = ({ cost }: Outcome) => cost

function named(rule: (typeof depth)[number]['rule'], saboteurs: number): Rule {
  if (rule === 'adaptive') return adaptive(WORKERS, dice(5))
  if (typeof rule === 'string') return onChain(BigInt(rule.slice('hub '.length)), WORKERS)
  return credibility({ saboteurs, checking: CHECKING, blacklisting: true }, rule, WORKERS)
}

type Attack = Readonly<{
  name: string
  saboteurs: number
  lies: Nature
  rule: (seed: number) => Rule
  /** The error that the rule promises. */
  most?: number
  /** The published cost. */
  cost?: readonly [number, number]
  backtracking?: boolean
  /** Times the tasks: what new workers cost must fade to compare with the published. */
  longer?: number
}>

/** Every attack against every rule that promises something, and against those that promise too much. */
export function attacks(tasks: number): Report & { sleeperError: number } {
  const wrong: string[] = []
  let costOff = 0
  let sleeperError = 0
  const rows = listed().map(({ name, saboteurs, lies, rule, most, cost, ...more }) => {
    const { backtracking = true, longer = 1 } = more
    const setting: Setting = {
      ...{ tasks: tasks * longer, workers: WORKERS, saboteurs, lies, rule: rule(7) },
      ...{ order: 'depth', backtracking, dice: dice(7) },
    }
    const { error, done, cost: spent, waited, income } = run(setting)
    const honestEarn = income.honest > income.saboteur
    if (most !== undefined) {
      if (done < 1) wrong.push(`${name}: only ${done} of the tasks done`)
      if (error > most) wrong.push(`${name}: measured ${error}, promised ${most}`)
      if (!honestEarn) wrong.push(`${name}: lying pays`)
      if (name.includes('sleeper')) sleeperError = Math.max(sleeperError, error)
    }
    if (cost) {
      const off = Math.max(0, spent / cost[1] - 1, 1 - spent / cost[0])
      costOff = Math.max(costOff, off)
      if (off > 0.1) wrong.push(`${name}: cost ${spent.toFixed(2)}, not ${cost.join('-')}`)
    }
    return {
      rule: name,
      f: saboteurs,
      promised: most?.toExponential(0) ?? 'none',
      error: error.toExponential(1),
      done,
      cost: spent.toFixed(3),
      published: cost?.join('-') ?? '',
      wait: `${waited.p50} / ${waited.p95}`,
      honest: income.honest.toFixed(2),
      saboteur: income.saboteur.toFixed(2),
    }
  })
  console.log(
    `\nAttacks, ${tasks} tasks, ${WORKERS} workers; wait: assignments of the pool, p50 / p95`,
  )
  console.table(rows)
  return { figures: rows.length, wrong, costOff, sleeperError }
}

function listed(): Attack[] {
  const ours = (saboteurs: number, most: number, over: Partial<Policy> = {}) => {
    const policy = { saboteurs, checking: CHECKING, blacklisting: true, ...over }
    return { saboteurs, most, rule: () => credibility(policy, most, WORKERS) }
  }
  const hub = (saboteurs: number, trust: bigint) => ({
    saboteurs,
    rule: () => onChain(trust, WORKERS),
  })
  const asleep = { lies: natures.sleeper, longer: 4 }
  const { at } = natures
  // Nobody promises anything then: it is here to be seen.
  const bribed = () => ({ saboteurs: 0.6, rule: ours(0.2, 1e-2).rule })
  return [
    { name: 'hub, trust 100, sleeper', ...hub(0.05, 100n), lies: natures.sleeperFirst },
    {
      name: 'adaptive, sleeper',
      saboteurs: 0.05,
      rule: (seed) => adaptive(WORKERS, dice(seed)),
      ...asleep,
    },
    { name: 'voting m=2, constant', saboteurs: 0.1, rule: () => voting(2), lies: at(1) },
    { name: 'ours .99, sleeper', ...ours(0.05, 1e-2), ...asleep, cost: [1.11, 1.13] },
    { name: 'ours .99, sleeper', ...ours(0.2, 1e-2), ...asleep, cost: [1.12, 1.12] },
    { name: 'ours .99, sleeper where first', ...ours(0.2, 1e-2), lies: natures.sleeperFirst },
    {
      name: 'ours .99, sleeper, nothing undone',
      ...ours(0.2, 1e-2),
      ...asleep,
      backtracking: false,
    },
    {
      name: 'ours .99, 5 % checks, sleeper',
      ...ours(0.2, 1e-2, { checking: 0.05 }),
      ...asleep,
      cost: [1.07, 1.11],
    },
    {
      name: 'ours .99, sleeper comes back (Sybil)',
      ...ours(0.05, 1e-2, { blacklisting: false }),
      ...asleep,
      cost: [1.17, 1.17],
    },
    {
      name: 'ours .99, sleeper comes back (Sybil)',
      ...ours(0.2, 1e-2, { blacklisting: false }),
      ...asleep,
      cost: [1.37, 1.37],
    },
    ...[1e-2, 1e-3, 1e-4].map((most) => ({
      name: `ours ${1 - most}, colluders`,
      ...ours(0.2, most),
      lies: at(1),
    })),
    ...[1e-2, 1e-3, 1e-4].map((most) => ({
      name: `ours ${1 - most}, now and then`,
      ...ours(0.2, most),
      lies: at(0.03),
    })),
    { name: 'hub, trust 100, copy-cats', ...hub(0.2, 100n), lies: natures.copycat },
    { name: 'ours .99, copy-cats see nothing', ...ours(0.2, 1e-2), lies: natures.copycat },
    { name: 'ours .99, bribed majority', ...bribed(), lies: at(1) },
    {
      name: 'ours .99, liars come back (Sybil)',
      ...ours(0.2, 1e-2, { blacklisting: false }),
      lies: at(1),
    },
  ]
}
