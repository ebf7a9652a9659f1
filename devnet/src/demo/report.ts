/** Report: the end of a run, for people. Money is in RLC, time in seconds. */
import { Amount } from '@traboule/protocol'
import type { TaskStory } from '@traboule/sdk'

export type Party = Readonly<{ name: string; gain: bigint }>
export type Phase = Readonly<{ name: string; ms: number }>

/** One line a task: who agreed, who lied, who never opened its seal. */
export function verdicts(stories: readonly TaskStory[], nameOf: (a: `0x${string}`) => string) {
  return stories.map(({ index, votes }) => {
    const of = (verdict: string) =>
      votes.filter((vote) => vote.verdict === verdict).map((vote) => nameOf(vote.worker))
    const part = (label: string, names: readonly string[]) =>
      names.length > 0 ? `  ${label}: ${names.join(' ')}` : ''
    const line =
      part('agreed', of('agreed')) + part('LIED', of('lied')) + part('silent', of('silent'))
    return `  tile ${String(index).padStart(3)}${line}`
  })
}

/** One line a party that earned or lost, and the sum, which is zero when no money was made or lost. */
export function money(parties: readonly Party[]): string[] {
  const moved = parties.filter(({ gain }) => gain !== 0n)
  const sum = parties.reduce((total, { gain }) => total + gain, 0n)
  const rows = [...moved, { name: 'sum', gain: sum }]
  const widest = Math.max(...rows.map(({ name }) => name.length))
  return rows.map(({ name, gain }) => `  ${name.padEnd(widest)}  ${signed(gain).padStart(18)}`)
}

/** One line a phase. */
export function times(phases: readonly Phase[]): string[] {
  const widest = Math.max(...phases.map(({ name }) => name.length))
  return phases.map(
    ({ name, ms }) => `  ${name.padEnd(widest)}  ${(ms / 1000).toFixed(1).padStart(6)} s`,
  )
}

const signed = (nano: bigint) => `${nano > 0n ? '+' : ''}${Amount.format(nano)}`
