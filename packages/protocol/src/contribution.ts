/**
 * Contribution: what one worker commits to, and the proofs that go with it.
 *
 * Source: PoCo v6 task functions; every hash is keccak256 over tightly packed bytes.
 */
import { type Address, concat, encodeAbiParameters, type Hex, keccak256 } from 'viem'

/** Statuses of one worker's contribution, in the order of the chain's enumeration. */
export const statuses = ['unset', 'contributed', 'proved', 'rejected'] as const
export type Status = (typeof statuses)[number]

/** One worker's contribution as the chain tells it. */
export type Contribution = Readonly<{
  status: Status
  resultHash: Hex
  resultSeal: Hex
  enclaveChallenge: Address
  weight: bigint
}>

/** What workers vote on: binds a result digest to its task. */
export function resultHash(taskId: Hex, digest: Hex): Hex {
  return keccak256(concat([taskId, digest]))
}

/** Binds the digest to one worker, so that copying another worker's hash earns nothing. */
export function resultSeal(worker: Address, taskId: Hex, digest: Hex): Hex {
  return keccak256(concat([worker, taskId, digest]))
}

/** What the workerpool's owner signs (EIP-191 over these 32 bytes) to let a worker contribute. */
export function authorizationHash(worker: Address, taskId: Hex, enclaveChallenge: Address): Hex {
  return keccak256(concat([worker, taskId, enclaveChallenge]))
}

/** What the enclave's key signs (EIP-191 over these 32 bytes) beside a contribution. */
export function enclaveHash(hash: Hex, seal: Hex): Hex {
  return keccak256(concat([hash, seal]))
}

/** A vote that somebody else sends for its worker. */
export type Ballot = Readonly<{
  chainId: number
  hub: Address
  taskId: Hex
  resultHash: Hex
  resultSeal: Hex
  enclaveChallenge: Address
}>

const ballotFields = ['uint256', 'address', 'bytes32', 'bytes32', 'bytes32', 'address'].map(
  (type) => ({ type }),
)

/** What a worker signs (EIP-191 over these 32 bytes) so that its scheduler may send its vote. */
export function ballotHash(ballot: Ballot): Hex {
  const { chainId, hub, taskId, resultHash, resultSeal, enclaveChallenge } = ballot
  const values = [BigInt(chainId), hub, taskId, resultHash, resultSeal, enclaveChallenge]
  return keccak256(encodeAbiParameters(ballotFields, values))
}
