/** Ballot box: where workers hand in their votes, and what a vote must be to be sent with others. */
import { AppError, Contribution, Scalar } from '@traboule/protocol'
import type { Clock, Log } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import { type Address, type Hex, recoverMessageAddress } from 'viem'
import type { Tables } from '../db/schema.ts'
import type { Ballots } from '../tasks/ballots.ts'
import type { Board, Open } from '../tasks/board.ts'
import type { Action } from '../tasks/decide.ts'
import { type Claim, type Leases, unknown } from './leases.ts'
import type { Pace } from './pace.ts'
import { type Records, refuseDistrusted } from './records.ts'
import type { Vouch } from './vouch.ts'

export type BallotBox = Readonly<{
  /**
   * Takes a sealed vote. A lease that ran out is as good as a held one: the work is done.
   * Throws `lease/unknown`, `task/over`, `worker/distrusted` or `ballot/refused`.
   */
  take(claim: Claim, paper: Paper): Promise<void>
}>

export type Paper = Readonly<{ resultHash: Hex; resultSeal: Hex; signature: Hex }>

export type BallotBoxOptions = Readonly<{
  db: Kysely<Tables>
  workerpool: Address
  chainId: number
  hub: Address
  board: Board
  leases: Leases
  ballots: Ballots
  records: Records
  pace: Pace
  vouch: Vouch
  next(task: Open): Action | undefined
  /** Decides again now. */
  nudge(): void
  clock: Clock
  log: Log
}>

export function openBallotBox(options: BallotBoxOptions): BallotBox {
  const { board, leases, ballots, pace, vouch, next, nudge, clock, log } = options
  return {
    async take(claim, { resultHash, resultSeal, signature: workerSign }) {
      const { worker, leaseId } = claim
      const lease = leases.find(leaseId)
      if (lease?.worker !== worker) throw unknown(leaseId)
      const { taskId, weight } = lease
      const task = board.find(taskId)
      if (!task || next(task)?.do !== 'recruit')
        throw new AppError('task/over', `Task ${taskId} takes no votes any more.`, { taskId })
      await refuseDistrusted(options, worker)
      await refuseForged({ taskId, resultHash, resultSeal }, { worker, workerSign }, options)
      const authorizationSign = await vouch(worker, taskId, Scalar.nullAddress)
      const vote = { resultHash, resultSeal, workerSign, authorizationSign, weight }
      await ballots.put({ taskId, worker, ...vote, handedIn: clock.now() })
      await leases.voted(claim)
      if (lease.state === 'held') pace.note(task.terms.dealId, clock.now() - lease.grantedAt)
      log.info('ballot.handed-in', { taskId, worker, leaseId })
      nudge()
    },
  }
}

/** A ballot that its worker did not sign would spoil those it is sent with. */
async function refuseForged(
  ballot: Pick<Contribution.Ballot, 'taskId' | 'resultHash' | 'resultSeal'>,
  { worker, workerSign }: Readonly<{ worker: Address; workerSign: Hex }>,
  { chainId, hub }: BallotBoxOptions,
): Promise<void> {
  const enclaveChallenge = Scalar.nullAddress
  const raw = Contribution.ballotHash({ chainId, hub, enclaveChallenge, ...ballot })
  const signed = { message: { raw }, signature: workerSign }
  const signer = await recoverMessageAddress(signed).catch(() => undefined)
  if (signer === worker) return
  const sentence = `The ballot is not signed by ${worker}.`
  throw new AppError('ballot/refused', sentence, { worker, signer, taskId: ballot.taskId })
}
