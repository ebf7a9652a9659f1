/** Votes: cast sealed, one by one or many at once, and opened. */
import type { Address, Hex } from 'viem'
import * as Consensus from '../consensus.ts'
import { deadlineRatio } from '../task.ts'
import { lock } from './money.ts'
import type { Refused } from './refusal.ts'
import { account, deadlineOf, type Hub, type Task, type Vote } from './state.ts'

/** What a worker shows when it contributes. */
export type Papers = Readonly<{
  /** Signed by the scheduler. */
  authorized: boolean
  /** `signed`: by the enclave that it names. */
  enclave: 'none' | 'signed' | 'unsigned'
}>

export type Ballot = Papers &
  Readonly<{
    ref: Hex
    worker: Address
    digest: Hex
    /** Whether the seal is made of the digest. */
    sealed: boolean
    /** Whether the worker signed, where somebody else sends it. */
    signed: boolean
  }>

export type VoteAction =
  | Readonly<{ do: 'contribute'; ballot: Ballot }>
  | Readonly<{ do: 'contributeSigned'; ballots: readonly Ballot[] }>
  | Readonly<{ do: 'reveal'; ref: Hex; worker: Address; digest: Hex }>
  | Readonly<{ do: 'revealFor'; ref: Hex; workers: readonly Address[]; digest: Hex }>

/** Most workers that may contribute to one task. */
const MAX_CONTRIBUTORS = 32
/** The bit of a tag that asks for an enclave. */
const TEE = 1n

/** What is refused half way through is undone by `apply`. */
export function vote(hub: Hub, action: VoteAction, now: bigint): Refused {
  switch (action.do) {
    case 'contribute':
      return contribute(hub, action.ballot, now)
    case 'contributeSigned':
      return firstRefusal(action.ballots, (ballot) =>
        ballot.signed ? contribute(hub, ballot, now) : 'ContributionRefused',
      )
    case 'reveal':
      return reveal(hub.tasks.get(action.ref), action.worker, action.digest, now)
    case 'revealFor':
      return firstRefusal(action.workers, (worker) =>
        reveal(hub.tasks.get(action.ref), worker, action.digest, now),
      )
  }
}

/** Why the papers are not enough to contribute to the task. */
export function unauthorized({ of }: Task, { authorized, enclave }: Papers): Refused {
  const needsEnclave = (BigInt(of.deal.tag) & TEE) !== 0n
  if (needsEnclave && enclave === 'none') return 'EnclaveRequired'
  if (!authorized) return 'AuthorizationRefused'
  return enclave === 'unsigned' ? 'EnclaveSignatureRefused' : undefined
}

/** Whether `digest` has the trust of the deal, counting these votes. */
export function isCredible({ of, contest }: Task, votes: readonly Vote[], digest: Hex): boolean {
  const cast = votes.map(({ digest: resultHash, weight }) => ({ resultHash, weight }))
  const trust = contest?.trust ?? of.deal.trust
  return Consensus.reached(cast.reduce(Consensus.add, Consensus.empty), digest, trust)
}

function contribute(hub: Hub, ballot: Ballot, now: bigint): Refused {
  const { ref, worker, digest, sealed } = ballot
  const task = hub.tasks.get(ref)
  if (task?.status !== 'active') return 'WrongStatus'
  if (now >= deadlineOf(task, 'contribution')) return 'DeadlineReached'
  const refused = unauthorized(task, ballot)
  if (refused) return refused
  if (task.votes.length === MAX_CONTRIBUTORS) return 'TooManyContributors'
  if (task.votes.some((each) => each.worker === worker)) return 'AlreadyContributed'
  const tooPoor = lock(hub, worker, task.of.deal.workerStake * task.count)
  if (tooPoor) return tooPoor
  const weight = Consensus.weightOf(account(hub, worker).score)
  task.votes.push({ worker, digest, weight, sealed, proved: false, rejected: false })
  const counted = task.votes.filter(({ rejected }) => !rejected)
  if (!isCredible(task, counted, digest)) return undefined
  task.status = 'revealing'
  task.agreed = digest
  task.revealDeadline = now + deadlineRatio.reveal * task.of.clock
  return undefined
}

function reveal(task: Task | undefined, worker: Address, digest: Hex, now: bigint): Refused {
  if (task?.status !== 'revealing') return 'WrongStatus'
  if (now >= task.revealDeadline) return 'DeadlineReached'
  const mine = task.votes.find((each) => each.worker === worker)
  if (!mine) return 'NotAContributor'
  if (mine.rejected || mine.digest !== task.agreed) return 'NotInConsensus'
  if (mine.proved) return 'AlreadyRevealed'
  if (digest !== mine.digest) return 'WrongDigest'
  if (!mine.sealed) return 'WrongSeal'
  mine.proved = true
  task.opened = digest
  return undefined
}

function firstRefusal<T>(all: readonly T[], attempt: (each: T) => Refused): Refused {
  for (const each of all) {
    const refused = attempt(each)
    if (refused) return refused
  }
  return undefined
}
