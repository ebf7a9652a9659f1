/**
 * Accept: whether a lease is worth anything.
 *
 * Without the signature of the workerpool's owner at the time of the match the chain refuses the
 * contribution, so this is checked before an hour is spent computing.
 */
import { AppError, Contribution, type Deal, Enclave, Scalar, Task } from '@traboule/protocol'
import type { Lease } from '@traboule/protocol/api'
import { retry } from '@traboule/service-kit/process'
import { type Address, type Hex, isAddressEqual, recoverMessageAddress } from 'viem'
import { readAccount, readBroker, readDeal } from '../chain.ts'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'

/** How often a deal is looked for, with growing pauses: about ten seconds. */
const TRIES = 8

/** Throws `lease/bad-authorization`, `worker/stake-too-low` or `chain/behind`. */
export async function accept(lease: Lease, parts: Parts, signal: AbortSignal): Promise<Held> {
  const { leaseId, taskId, dealId, index, authorization } = lease
  const deal = await seenDeal(dealId, parts, signal)
  // Only now: a node that has seen the deal is recent enough to be believed about the stake.
  const { stake } = await readAccount(parts, parts.account.address)
  const held: Held = { lease: { leaseId, taskId, dealId, index, authorization } }
  await checkAuthorization(held, deal, parts)
  if (stake < deal.workerStake) {
    const sentence = `A task of this deal needs a stake of ${deal.workerStake} nRLC; ${parts.account.address} has ${stake} nRLC free on the hub.`
    const details = { needed: deal.workerStake, stake, hub: parts.hub }
    throw new AppError('worker/stake-too-low', sentence, details)
  }
  return held
}

/** The scheduler's node may be some blocks ahead of ours. */
function seenDeal(dealId: Hex, parts: Parts, signal: AbortSignal): Promise<Deal.Deal> {
  const look = () =>
    readDeal(parts, dealId).catch((cause) => {
      if (!(cause instanceof AppError) || cause.code !== 'deal/unknown') throw cause
      throw new AppError('chain/behind', `The node has not seen deal ${dealId}.`, {}, cause)
    })
  return retry(look, { clock: parts.clock, signal, tries: TRIES })
}

async function checkAuthorization({ lease }: Held, deal: Deal.Deal, parts: Parts): Promise<void> {
  const { taskId, dealId, authorization } = lease
  const index = /^\d{1,78}$/.test(lease.index) ? BigInt(lease.index) : -1n
  const inBag = index >= deal.botFirst && index < deal.botFirst + deal.botSize
  if (!inBag || Task.id(dealId, index) !== taskId)
    throw refuse('The lease is not for a task of its deal.', { taskId, dealId, index })
  if (!isAddressEqual(deal.workerpool.pointer, parts.workerpool))
    throw refuse('The deal is with another workerpool.', { workerpool: deal.workerpool.pointer })
  if (!authorization) return refuseBallot(deal)
  const { enclaveChallenge, signature } = authorization
  checkEnclave(enclaveChallenge, deal, parts)
  const raw = Contribution.authorizationHash(parts.account.address, taskId, enclaveChallenge)
  const signer = await recoverMessageAddress({ message: { raw }, signature }).catch(() => undefined)
  const expected = await vouching(enclaveChallenge, deal, parts)
  if (signer === undefined || !isAddressEqual(signer, expected))
    throw refuse('The authorisation is not signed by who may give it on this hub.', {
      signer,
      expected,
    })
}

/** An enclave’s vote needs its own authorisation: only the worker can send it. */
function refuseBallot({ tag }: Deal.Deal): void {
  if (Enclave.required(tag))
    throw refuse('The lease of a task for enclaves has no authorisation.', { tag })
}

function checkEnclave(challenge: Address, { tag }: Deal.Deal, { enclave }: Parts): void {
  const mine = Enclave.required(tag) ? enclave?.address : Scalar.nullAddress
  if (mine !== undefined && isAddressEqual(challenge, mine)) return
  throw refuse('The lease is not for the enclave of this worker.', { challenge, enclave: mine })
}

/** Who lets workers contribute: the pool's owner, or with an enclave the hub's broker if it has one. */
async function vouching(challenge: Address, deal: Deal.Deal, parts: Parts): Promise<Address> {
  const broker = challenge === Scalar.nullAddress ? challenge : await readBroker(parts)
  return broker === Scalar.nullAddress ? deal.workerpool.owner : broker
}

const refuse = (sentence: string, details: object) =>
  new AppError('lease/bad-authorization', sentence, { ...details })
