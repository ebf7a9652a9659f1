/** Refusals: what the chain's reasons mean, for people. */
import { Amount, Match, Task } from '@traboule/protocol'

/** Reasons of the contracts that users meet; others are given as they are. */
const reasons: Readonly<Record<string, string>> = {
  'IexecEscrow: Transfer amount exceeds balance':
    'An account has less free stake than this would lock: deposit first.',
  'invalid-sender-or-signature': 'Only the order’s signer may do this.',
  'invalid-signature-format': 'An order’s signature is not 64 or 65 bytes and was not presigned.',
  'fallback-disabled': 'The hub does not know this function: check the profile’s hub address.',
  'wrong-token': 'The hub takes another token: check the profile’s token address.',
  'Create2: Failed on deploy': 'This owner has deployed exactly this already.',
  'caller is not the owner': 'Only the owner may do this.',
}

type Args = readonly unknown[]

/** What each error of the hub means; its values where they help. */
const errors: Readonly<Record<string, string | ((args: Args) => string)>> = {
  // Orders and deals.
  OrderExpired: ([, expiry]) => `One of the orders expired ${time(expiry)}.`,
  OrderRevoked: 'The signer of one of the orders revoked it with all others of its epoch.',
  OrderReserved: 'One of the orders may only be matched by somebody else.',
  IncompatibleDatasetOrder: ([reason]) => `The dataset does not go with this deal: ${reason}.`,
  SafeCastOverflowedUintDowncast: ([, value]) =>
    `A Boost deal holds no number as large as ${value}: use an ordinary one.`,
  UnknownDeal: 'There is no such deal.',
  DealIsClosed: 'Tasks of this deal that were not begun have been refunded: no other can begin.',
  NothingUntouched: 'Every task of this deal was begun: claim them one by one.',
  IndexOutOfBag: ([index, first, count]) =>
    `The deal has no task ${index}: it has ${count}, from ${first} on.`,
  LengthMismatch: ([left, right]) => `The lists are of different length: ${left} and ${right}.`,

  DatasetAlreadyTaken: 'The task has taken this dataset order already.',
  DatasetNotTaken: 'The task never took this dataset order, or it was settled.',

  // Tasks.
  WrongStatus: ([actual]) => states[Task.statuses[Number(actual)] ?? 'unset'],
  DeadlineReached: ([deadline]) => `It is too late for this: the deadline was ${time(deadline)}.`,
  DeadlineNotReached: ([deadline]) => `It is too early for this before ${time(deadline)}.`,
  NotAllowed: 'This account may not do this.',
  AlreadyContributed: ([worker]) => `${worker} contributed to this task already.`,
  NotAContributor: ([worker]) => `${worker} did not contribute to this task.`,
  TooManyContributors: ([limit]) => `The task has ${limit} contributors: it takes no more.`,
  NotSingleWorker: ([trust, contributors]) =>
    Number(contributors) > 0
      ? 'Somebody contributed already: finish the task by reveal and finalize.'
      : `Trust ${trust} takes more than one worker: contribute, reveal and finalize.`,
  EnclaveRequired: 'This task runs in an enclave only, and no enclave vouches for the result.',
  AuthorizationRefused: ([signer]) => `The worker needs an authorization signed by ${signer}.`,
  EnclaveSignatureRefused: 'The enclave did not sign this result.',
  NotInConsensus: 'The other workers agreed on another result than this one.',
  AlreadyRevealed: ([worker]) => `${worker} revealed already.`,
  WrongDigest: 'This is not the digest that the worker contributed.',
  WrongSeal: 'The worker cannot open this vote: its seal was made for something else.',
  RevealsMissing: ([revealed, winners, deadline]) =>
    `${revealed} of ${winners} workers revealed: wait for the rest, or for ${time(deadline)}.`,
  Contestable:
    'Results of this deal can be contested before they are paid: contribute, reveal, then finalize.',
  NotContestable:
    'This result cannot be contested: the deal’s tag, its price or an earlier contest.',
  StillCredible: 'Enough workers revealed: finalize instead.',
  CallbackNotBound: 'The data for the callback is not what the workers agreed on.',
  ResultsNotBound: 'The result is not what the workers agreed on.',
  RecordTooLong: ([length]) =>
    `${length} bytes are too much to keep on chain: store a link to them.`,

  // Slices of bags.
  InASlice: ([, index]) => `Task ${index} is part of a slice: it is settled with it.`,
  EmptySlice: 'A slice has at least one task.',
  SingleTask: 'The deal has one task: it needs no slice.',
  NotAtTheFront: 'Slices are taken from the front of a bag, before any of its tasks begins alone.',
  NotInASlice: ([, index]) => `No slice of the deal holds task ${index}.`,
  ProofRefused: 'The proof does not lead to what the workers of the slice agreed on.',
  ContributionRefused: ([worker]) => `${worker} did not sign this contribution.`,

  // Money.
  InsufficientBalance: ([account, available, needed]) =>
    `${account} has ${money(available)} free, this needs ${money(needed)}: deposit first.`,
  InsufficientAllowance: ([spender, available, needed]) =>
    `${spender} may spend ${money(available)}, this needs ${money(needed)}: approve more.`,
  SupplyTooLarge: 'The hub cannot hold that much.',
  TransferFailed: 'The token refused to send this.',
  ValueTooLow: ([sent, needed]) => `The deposits add up to ${needed} wei, ${sent} came with them.`,
  UnsupportedOperation: 'With an approval, the hub takes a match of orders and nothing else.',
  CallerIsNotTheRequester: 'Only the requester may pay for this match from its approval.',
  OperationFailed: 'The call behind the approval failed without a reason.',

  // The hub itself.
  NotSupported: 'This hub does not offer that.',
  SettingTooHigh: ([value, limit]) =>
    `${value} is above the highest this setting may be, ${limit}.`,
  NotContractOwner: ([, owner]) => `Only the hub’s owner, ${owner}, may do this.`,
  NewOwnerIsZero: 'The hub must have an owner.',
  NoCode: ([target]) => `There is no contract at ${target}.`,
  NoSelectors: 'A change of routes names at least one function.',
  SelectorTaken: ([selector, facet]) => `${selector} leads to ${facet} already: replace it.`,
  SelectorUnknown: ([selector]) => `The hub has no function ${selector}.`,
  SelectorAlreadyThere: ([selector, facet]) => `${selector} leads to ${facet} already.`,
  RemovalNamesFacet: 'A removal names functions, and the address zero for their contract.',
  InitializationFunctionReverted: 'What was to run after the change failed without a reason.',
  MalformedSignatures: 'Write signatures like `a(uint256);b();`.',
  NoFunctionAt: ([index, total]) => `The hub has ${total} functions: none has the place ${index}.`,
}

const states: Readonly<Record<Task.Status, string>> = {
  unset: 'Nobody initialized this task.',
  active: 'The task takes contributions: the workers have not agreed yet.',
  revealing: 'The workers agreed: the task waits for them to reveal and to be finalized.',
  completed: 'The task is completed.',
  failed: 'The task failed and was refunded.',
}

const time = (seconds: unknown) => new Date(Number(seconds) * 1_000).toISOString()
const money = (nano: unknown) => Amount.format(BigInt(String(nano)))

/** A sentence for a contract's reason, or error name and its values; undefined when we know none. */
export function sentenceOf(reason: string, args: Args = []): string | undefined {
  const code = Match.codeIn(reason)
  if (code !== undefined) return `The orders do not match. ${Match.explain(code)}`
  const known = errors[reason] ?? reasons[reason]
  return typeof known === 'function' ? known(args) : known
}
