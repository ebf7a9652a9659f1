/** Encode: an attempt as a call to the hub. */
import { Contribution } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Action, Ballot, Offers } from '@traboule/protocol/hub'
import {
  type Abi,
  type AbiFunction,
  type Address,
  concat,
  encodeAbiParameters,
  type Hex,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem'
import { SIGNED, UNSIGNED } from './offers.ts'
import { digestOf, resultOf } from './tree.ts'

const known = new Map<string, Readonly<{ selector: Hex; inputs: AbiFunction['inputs'] }>>()

/** Calldata for a function of the hub, found by its name once. */
export function calldata(name: string, args: readonly unknown[]): Hex {
  const { selector, inputs } = known.get(name) ?? lookUp(name, args.length)
  return concat([selector, encodeAbiParameters(inputs, args)])
}

/** The hub of coins has a function of the same name but with fewer inputs. */
function lookUp(name: string, count: number) {
  const item = (hubAbi as Abi).find(
    (each) => each.type === 'function' && each.name === name && each.inputs.length === count,
  ) as AbiFunction // names are written in this file
  const found = { selector: toFunctionSelector(item), inputs: item.inputs }
  known.set(name, found)
  return found
}

/** The call that tries `action`. `enclave` is the address of every enclave. */
export function encode(action: Action, enclave: Address): Hex {
  const [functionName, ...args] = callOf(action, enclave)
  return calldata(functionName, args)
}

type Call = readonly [functionName: string, ...args: readonly unknown[]]

function callOf(action: Action, enclave: Address): Call {
  switch (action.do) {
    case 'deposit':
    case 'withdraw':
      return [action.do, action.amount]
    case 'transfer':
      return ['transfer', action.to, action.amount]
    case 'match':
      return [action.sponsored ? 'sponsorMatchOrders' : 'matchOrders', ...ordersOf(action.offers)]
    case 'sign':
    case 'close': {
      const operation = action.do === 'sign' ? 0 : 1
      return [managers[action.kind], { order: action.offer.order, operation, sign: UNSIGNED }]
    }
    case 'revoke':
      return ['revokeAllOrders']
    case 'initialize':
      return ['initialize', action.dealId, action.index]
    case 'initializeAndClaim':
      return ['initializeAndClaimArray', [action.dealId], [action.index]]
    case 'contribute': {
      const vote = voteOf(action.ballot, enclave)
      const { taskid, resultHash, resultSeal, enclaveChallenge } = vote
      const signs = [vote.enclaveSign, vote.authorizationSign]
      return ['contribute', taskid, resultHash, resultSeal, enclaveChallenge, ...signs]
    }
    case 'contributeSigned':
      return ['contributeSigned', action.ballots.map((ballot) => voteOf(ballot, enclave))]
    case 'contributeAndFinalize': {
      const { ref, digest, results, callback } = action
      return [action.do, ref, digest, results, callback, ...papersOf(action, enclave)]
    }
    case 'reveal':
      return ['reveal', action.ref, action.digest]
    case 'revealFor':
      return ['revealFor', action.ref, action.workers, action.digest]
    case 'finalize':
      return ['finalize', action.ref, action.results, action.callback]
    case 'reopen':
    case 'contest':
    case 'claim':
      return [action.do, action.ref]
    case 'claimUntouched':
      return ['claimUntouched', action.dealId]
    case 'openSlice':
      return ['openSlice', action.dealId, action.count]
    case 'carve':
      return ['carve', action.dealId, action.index]
    case 'proveResult':
      return ['proveResult', action.dealId, action.index, action.digest, action.proof]
    case 'openBulk':
      return ['openBulk', action.dealId, action.root]
    case 'takeDatasets': {
      const uses = action.uses.map(({ index, offer, proof }) => {
        return { idx: index, order: offer.order, proof }
      })
      return ['takeDatasets', action.dealId, uses]
    }
    case 'settleDatasets':
      return ['settleDatasets', action.dealId, action.index, action.orderHashes]
    case 'proveResultWithCallback': {
      const result = [0, 1, 2].filter((n) => digestOf(n) === action.digest).map(resultOf)[0]
      return [action.do, action.dealId, action.index, result, action.proof]
    }
  }
}

const managers = {
  app: 'manageAppOrder',
  dataset: 'manageDatasetOrder',
  workerpool: 'manageWorkerpoolOrder',
  request: 'manageRequestOrder',
} as const

function ordersOf({ app, dataset, workerpool, request }: Offers) {
  return [app.order, dataset.order, workerpool.order, request.order]
}

function voteOf(ballot: Ballot, enclave: Address) {
  const { ref, worker, digest, sealed, signed } = ballot
  const [enclaveChallenge, enclaveSign, authorizationSign] = papersOf(ballot, enclave)
  return {
    taskid: ref,
    worker,
    resultHash: Contribution.resultHash(ref, digest),
    resultSeal: sealed ? Contribution.resultSeal(worker, ref, digest) : zeroHash,
    enclaveChallenge,
    enclaveSign,
    authorizationSign,
    workerSign: signed ? SIGNED : UNSIGNED,
  }
}

function papersOf({ enclave, authorized }: Pick<Ballot, 'enclave' | 'authorized'>, at: Address) {
  const authorizationSign = authorized ? SIGNED : UNSIGNED
  if (enclave === 'none') return [zeroAddress, '0x', authorizationSign] as const
  return [at, enclave === 'signed' ? SIGNED : UNSIGNED, authorizationSign] as const
}
