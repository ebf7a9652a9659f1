/**
 * Refusal: how the hub says no. A name is that of an error of its ABI; anything else is the reason
 * of a revert, byte for byte.
 */
import type { Code } from '../match.ts'

/** All but those of `match.ts`, which have a table of their own. */
export const refusals = [
  'AlreadyContributed',
  'AlreadyRevealed',
  'AuthorizationRefused',
  'CallbackNotBound',
  'Contestable',
  'ContributionRefused',
  'DeadlineNotReached',
  'DeadlineReached',
  'DatasetAlreadyTaken',
  'DatasetNotTaken',
  'DealIsClosed',
  'ERC20InsufficientBalance',
  'EmptySlice',
  'EnclaveRequired',
  'EnclaveSignatureRefused',
  'InASlice',
  'IncompatibleDatasetOrder',
  'IndexOutOfBag',
  'InsufficientBalance',
  'NotAContributor',
  'NotAllowed',
  'NotAtTheFront',
  'NotContestable',
  'NotInASlice',
  'NotInConsensus',
  'NotSingleWorker',
  'NothingUntouched',
  'OrderExpired',
  'OrderReserved',
  'OrderRevoked',
  'ProofRefused',
  'ResultsNotBound',
  'RevealsMissing',
  'SingleTask',
  'StillCredible',
  'TooManyContributors',
  'UnknownDeal',
  'WrongDigest',
  'WrongSeal',
  'WrongStatus',
  'IexecEscrow: Transfer amount exceeds balance',
  'invalid-sender-or-signature',
] as const

export type Refusal = (typeof refusals)[number] | `iExecV5-matchOrders-${Code}`

/** Nothing, when it was done. */
export type Refused = Refusal | undefined
