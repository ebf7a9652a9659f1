/** Hub: the rules of one task's life, as the chain holds them, in memory and in virtual time. */
import { Consensus, Contribution } from '@traboule/protocol'
import type { Address, Hex } from 'viem'
import { type Event, proofs, sum, winners } from '../../src/tasks/progress.ts'

export type Rules = Readonly<{
  taskId: Hex
  trust: bigint
  startTime: bigint
  timeRef: bigint
  /** What a worker’s vote weighs; newcomers’ 2 for all if not said. */
  weightOf?(worker: Address): bigint
}>

/** A task on the simulated chain. Every method answers whether the chain accepted it. */
export function openTask({ taskId, trust, startTime, timeRef, weightOf = () => 2n }: Rules) {
  const events: Event[] = []
  let known = sum([])
  let counted = 0
  const state = () => {
    if (counted !== events.length) known = sum(events)
    counted = events.length
    return known
  }
  const heard = new Set<Address>()
  const deadline = { contribution: startTime + 7n * timeRef, final: startTime + 10n * timeRef }
  const revealDeadline = () => (state().agreed?.at ?? 0n) + 2n * timeRef
  const accept = (at: bigint, ...news: Omit<Event, 'at'>[]) => {
    events.push(...news.map((event) => ({ ...event, at })))
    return true
  }
  const credible = () => {
    const { agreed, votes } = state()
    const proved = proofs(state()).map(({ worker }) => worker)
    const standing = votes.filter(
      ({ worker, resultHash }) => resultHash !== agreed?.resultHash || proved.includes(worker),
    )
    return agreed !== undefined && reached(standing, agreed.resultHash)
  }
  const reached = (votes: readonly { worker: Address; resultHash: Hex }[], hash: Hex) => {
    const tally = votes.map(({ worker, resultHash }) => ({ resultHash, weight: weightOf(worker) }))
    return Consensus.reached(tally.reduce(Consensus.add, Consensus.empty), hash, trust || 1n)
  }

  return {
    taskId,
    events,
    state,
    initialize: (now: bigint) => state().status === 'unset' && accept(now, { kind: 'initialized' }),

    contribute(worker: Address, digest: Hex, now: bigint): boolean {
      if (state().status !== 'active' || now >= deadline.contribution || heard.has(worker))
        return false
      heard.add(worker)
      const value = Contribution.resultHash(taskId, digest)
      accept(now, { kind: 'contributed', worker, value })
      return reached(state().votes, value) ? accept(now, { kind: 'agreed', value }) : true
    },

    reveal(worker: Address, digest: Hex, now: bigint): boolean {
      const { status, agreed } = state()
      if (status !== 'revealing' || now >= revealDeadline()) return false
      if (agreed?.resultHash !== Contribution.resultHash(taskId, digest)) return false
      return accept(now, { kind: 'revealed', worker, value: digest })
    },

    reopen(now: bigint): boolean {
      const fit = state().status === 'revealing' && now >= revealDeadline() && !credible()
      return fit && now < deadline.final && accept(now, { kind: 'reopened' })
    },

    finalize(now: bigint): boolean {
      if (state().status !== 'revealing' || now >= deadline.final) return false
      const proved = proofs(state()).length
      const all = proved === winners(state()).length
      if (!all && (proved === 0 || now < revealDeadline())) return false
      return accept(now, { kind: all || credible() ? 'finalized' : 'reopened' })
    },

    claim(now: bigint): boolean {
      const { status } = state()
      const open = status === 'active' || status === 'revealing'
      return open && now >= deadline.final && accept(now, { kind: 'claimed' })
    },
  }
}

export type SimulatedTask = ReturnType<typeof openTask>
