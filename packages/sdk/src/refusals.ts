/** Refusals: what the chain's reasons mean, for people. */
import { Match } from '@traboule/protocol'

/** Reasons and error names of the contracts that users meet; others are given as they are. */
const known: Readonly<Record<string, string>> = {
  'IexecEscrow: Transfer amount exceeds balance':
    'An account has less free stake than this would lock: deposit first.',
  'invalid-sender-or-signature': 'Only the order’s signer may do this.',
  'invalid-signature-format': 'An order’s signature is not 64 or 65 bytes and was not presigned.',
  'fallback-disabled': 'The hub does not know this function: check the profile’s hub address.',
  'wrong-token': 'The hub takes another token: check the profile’s token address.',
  'Create2: Failed on deploy': 'This owner has deployed exactly this already.',
  'caller is not the owner': 'Only the owner may do this.',
  OrderExpired: 'One of the orders has expired.',
  OrderRevoked: 'The signer of one of the orders revoked it with all others of its epoch.',
  OrderReserved: 'One of the orders may only be matched by somebody else.',
  InsufficientBalance: 'An account has less free stake than this needs: deposit first.',
  DeadlineReached: 'It is too late for this: the deadline is over.',
  DeadlineNotReached: 'It is too early for this: the deadline is not over.',
  UnknownDeal: 'There is no such deal.',
  WrongStatus: 'The task is not in a state that allows this.',
  NotAllowed: 'This account may not do this.',
}

/** A sentence for a contract's reason or error name; undefined when we know none. */
export function sentenceOf(reason: string): string | undefined {
  const code = Match.codeIn(reason)
  return code === undefined ? known[reason] : `The orders do not match. ${Match.explain(code)}`
}
