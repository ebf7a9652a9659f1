/** Formulas: the tables that follow from closed forms, beside what is published. */
import { Consensus } from '@traboule/protocol'
import {
  checksNeeded,
  votesNeeded,
  votingError,
  worstCheckedError,
} from '@traboule/protocol/credibility'
import * as Published from './published.ts'

type Say = (what: string, ours: number, theirs: string | number) => string

/** Prints the tables; returns how many figures there are and which differ. */
export function formulas(): { figures: number; wrong: string[] } {
  const wrong: string[] = []
  let figures = 0
  const say: Say = (what, ours, theirs) => {
    figures++
    const same = typeof theirs === 'number' ? ours === theirs : isPrinted(ours, theirs)
    if (!same) wrong.push(`${what}: ${ours} instead of ${theirs}`)
    return typeof theirs === 'number' ? `${ours}` : ours.toExponential(digits(theirs))
  }
  for (const table of [votingTable, fractions, checkingTable, checksTable, replicasTable])
    table(say)
  return { figures, wrong }
}

function votingTable(say: Say): void {
  console.log('\nVoting: the error of m votes at phi, and the m that an error takes')
  console.table(
    Published.voting.map(([phi, errors, m]) => {
      const error = (n: number, text: string) =>
        say(`voting ${phi} m=${n}`, votingError(phi, n), text)
      const votes = (most: number, n: number) =>
        say(`votes ${phi} ${most}`, votesNeeded(phi, most), n)
      return {
        phi,
        ...named([2, 3, 5, 10], errors, error, 'm='),
        ...named([1e-2, 1e-3, 1e-6], m, votes),
      }
    }),
  )
}

/** Not printed: the same errors to the precision of the machine. */
function fractions(say: Say): void {
  for (const [phi] of Published.voting)
    for (const m of [2, 3, 5, 10]) {
      const apart = Math.abs(votingError(phi, m) / exactly(phi, m) - 1)
      say(`voting ${phi} m=${m} beside the exact fraction`, apart < 1e-13 ? 0 : apart, 0)
    }
}

function checkingTable(say: Say): void {
  console.log('\nSpot-checks with blacklisting: the worst error, and its bound')
  console.table(
    Published.checking.map(([saboteurs, q, results, error, bound]) => {
      const worst = worstCheckedError({ saboteurs, checking: q, results })
      const what = `checking f=${saboteurs} q=${q} n=${results}`
      return {
        ...{ f: saboteurs, q, n: results, at: worst.s.toFixed(4) },
        error: say(what, worst.error, error),
        bound: say(`${what} bound`, worst.bound, bound),
      }
    }),
  )
}

function checksTable(say: Say): void {
  console.log('\nChecks that one result takes (without blacklisting), and two that agree (without)')
  console.table(
    Published.checks.map(([saboteurs, most, ...needed]) => {
      const take = (members: number, blacklisting: boolean) =>
        checksNeeded(most, members, { saboteurs, checking: 0, blacklisting })
      const ours = [take(1, true), take(1, false), take(2, true), take(2, false)]
      const [a, b, c, d] = ours.map((n, at) =>
        say(`checks f=${saboteurs} ${most} #${at}`, n, needed[at] ?? 0),
      )
      return { f: saboteurs, error: most, one: `${a} (${b})`, two: `${c} (${d})` }
    }),
  )
}

function replicasTable(say: Say): void {
  console.log('\nReplicas on the hub when all agree')
  console.table(
    Published.replicas.map(([score, weight, ...needed]) => ({
      score: `${score}`,
      weight: say(`weight ${score}`, Number(Consensus.weightOf(score)), Number(weight)),
      ...named([2, 100, 1e4, 1e6], needed, (trust, n) =>
        say(`replicas ${score} ${trust}`, replicas(weight, BigInt(trust)), n),
      ),
    })),
  )
}

/** Whether `text` is the value as somebody printed it; 8.747e-2 was printed as 8.8e-2. */
function isPrinted(value: number, text: string): boolean {
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits(text))
  return Math.abs(value - Number(text)) < 0.55 * unit
}

const digits = (text: string) => (text.split('e')[0]?.length ?? 0) - 2

function named<T>(
  keys: readonly number[],
  values: readonly T[],
  of: (key: number, value: T) => string,
  prefix = '',
) {
  return Object.fromEntries(keys.map((key, at) => [`${prefix}${key}`, of(key, values[at] as T)]))
}

function replicas(weight: bigint, trust: bigint): number {
  let tally = Consensus.empty
  for (let n = 1; ; n++) {
    tally = Consensus.add(tally, { resultHash: '0x01', weight })
    if (Consensus.reached(tally, '0x01', trust)) return n
  }
}

/** The error of voting as a fraction of whole numbers, for phi in whole hundredths. */
function exactly(phi: number, m: number): number {
  const [lie, truth, n] = [
    BigInt(Math.round(phi * 100)),
    BigInt(Math.round(100 - phi * 100)),
    2 * m - 1,
  ]
  let sum = 0n
  let choose = 1n
  for (let j = 0; j <= n; j++) {
    if (j >= m) sum += choose * lie ** BigInt(j) * truth ** BigInt(n - j)
    choose = (choose * BigInt(n - j)) / BigInt(j + 1)
  }
  return Number((sum * 10n ** 40n) / 100n ** BigInt(n)) / 1e40
}
