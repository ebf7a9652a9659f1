/** Contracts: the functions of the ABI, by name, on a test network's state. */
import { Contribution, Order, Scalar, Task } from '@traboule/protocol'
import {
  appRegistryAbi,
  datasetRegistryAbi,
  hubAbi,
  tokenAbi,
  workerpoolAbi,
  workerpoolRegistryAbi,
} from '@traboule/protocol/abi'
import {
  type Abi,
  type Address,
  encodeAbiParameters,
  getAddress,
  type Hex,
  keccak256,
  numberToHex,
  recoverAddress,
} from 'viem'
import * as Hub from './hub.ts'
import { nameContracts } from './names.ts'
import { CHAIN_ID, change, type Entry, type Kind, places, Refusal, type State } from './state.ts'

/** Arguments come decoded by the ABI that the function is in. */
type Method = (context: Hub.Context, ...args: never[]) => unknown
type Methods = Readonly<Record<string, Method>>

export type Contract = Readonly<{ abi: Abi; methods: Methods }>

const entryOf = (state: State, address: Address) => state.entries.get(address)
const domain = Order.domain(CHAIN_ID, places.hub)

/** What the pool of a test network does within it, without transactions. */
const steps = ['initialize', 'contribute', 'contributeAndFinalize', 'reveal', 'finalize', 'reopen']
function leaveToThePool(): never {
  throw new Refusal('the pool of a test network does this itself')
}

const emptyDeal = {
  ...Object.fromEntries(
    ['app', 'dataset', 'workerpool'].map((name) => [
      name,
      { pointer: Scalar.nullAddress, owner: Scalar.nullAddress, price: 0n },
    ]),
  ),
  ...{ trust: 0n, category: 0n, tag: Scalar.nullBytes32, params: '', startTime: 0n },
  ...{
    requester: Scalar.nullAddress,
    beneficiary: Scalar.nullAddress,
    callback: Scalar.nullAddress,
  },
  ...{ botFirst: 0n, botSize: 0n, workerStake: 0n, schedulerRewardRatio: 0n },
  sponsor: Scalar.nullAddress,
}

function taskView(state: State, taskId: Hex) {
  const task = state.tasks.get(taskId)
  const none = {
    ...{ contributionDeadline: 0n, revealDeadline: 0n, finalDeadline: 0n, revealCounter: 0n },
    ...{ consensusValue: Scalar.nullBytes32, winnerCounter: 0n, contributors: [], results: '0x' },
    ...{ resultDigest: Scalar.nullBytes32, resultsCallback: '0x' },
  }
  return {
    ...(task ?? none),
    status: Task.statuses.indexOf(task?.status ?? 'unset'),
    dealid: task?.dealId ?? Scalar.nullBytes32,
    idx: task?.index ?? 0n,
    timeref: task?.timeRef ?? 0n,
    resultsTimestamp: 0n,
  }
}

const hub: Methods = {
  viewAccount: ({ state }, owner: Address) => ({
    stake: state.stake.get(owner) ?? 0n,
    locked: state.locked.get(owner) ?? 0n,
  }),
  viewScore: ({ state }, worker: Address) => state.scores.get(worker) ?? 0n,
  viewEpoch: ({ state }, owner: Address) => state.epochs.get(owner) ?? 0n,
  viewConsumed: ({ state }, hash: Hex) => state.consumed.get(hash) ?? 0n,
  viewDeal: ({ state }, dealId: Hex) => state.deals.get(dealId) ?? emptyDeal,
  viewTask: ({ state }, taskId: Hex) => taskView(state, taskId),
  viewContribution({ state }, taskId: Hex, worker: Address) {
    const vote = state.tasks.get(taskId)?.votes.find((each) => each.worker === worker)
    return {
      status: Contribution.statuses.indexOf(vote?.status ?? 'unset'),
      resultHash: vote?.resultHash ?? Scalar.nullBytes32,
      resultSeal: vote?.resultSeal ?? Scalar.nullBytes32,
      enclaveChallenge: Scalar.nullAddress,
      weight: vote?.weight ?? 0n,
    }
  },
  async verifyPresignatureOrSignature({ state }, signer: Address, hash: Hex, signature: Hex) {
    if (state.presigned.get(hash) === signer) return true
    return (await recoverAddress({ hash, signature }).catch(() => undefined)) === signer
  },
  countCategory: ({ state }) => BigInt(state.categories.length),
  viewCategory: ({ state }, id: bigint) => state.categories[Number(id)],
  createCategory({ state }, name: string, description: string, workClockTimeRef: bigint) {
    return BigInt(state.categories.push({ name, description, workClockTimeRef }) - 1)
  },
  viewApp({ state }, address: Address) {
    const entry = entryOf(state, address)
    return {
      ...{ owner: entry?.owner, m_appName: entry?.name, m_appType: entry?.type },
      ...{ m_appMultiaddr: entry?.multiaddr, m_appChecksum: entry?.checksum },
      m_appMREnclave: entry?.mrenclave,
    }
  },
  viewDataset({ state }, address: Address) {
    const entry = entryOf(state, address)
    return {
      ...{ owner: entry?.owner, m_datasetName: entry?.name },
      ...{ m_datasetMultiaddr: entry?.multiaddr, m_datasetChecksum: entry?.checksum },
    }
  },
  viewWorkerpool({ state }, address: Address) {
    const entry = entryOf(state, address)
    return {
      ...{ owner: entry?.owner, m_workerpoolDescription: entry?.name },
      m_workerStakeRatioPolicy: entry?.stakeRatio,
      m_schedulerRewardRatioPolicy: entry?.rewardRatio,
    }
  },
  matchOrders(
    context,
    app: Order.Order<'app'>,
    dataset: Order.Order<'dataset'>,
    workerpool: Order.Order<'workerpool'>,
    request: Order.Order<'request'>,
  ) {
    return Hub.match(context, { app, dataset, workerpool, request })
  },
  sponsorMatchOrders(
    context,
    app: Order.Order<'app'>,
    dataset: Order.Order<'dataset'>,
    workerpool: Order.Order<'workerpool'>,
    request: Order.Order<'request'>,
  ) {
    return Hub.match(context, { app, dataset, workerpool, request }, context.from)
  },
  withdraw({ state, from, emit }, amount: bigint) {
    change(state.stake, from, -amount)
    change(state.tokens, from, amount)
    emit('Transfer', { from, to: Scalar.nullAddress, value: amount })
    return true
  },
  claim: (context, taskId: Hex) => Hub.claim(context, taskId),
  claimArray(context, taskIds: readonly Hex[]) {
    for (const taskId of taskIds) Hub.claim(context, taskId)
    return true
  },
  initializeAndClaimArray(context, dealIds: readonly Hex[], indexes: readonly bigint[]) {
    for (const [n, dealId] of dealIds.entries())
      Hub.claim(context, Hub.initialize(context, dealId, indexes[n] ?? 0n))
    return true
  },
  revokeAllOrders({ state, from }) {
    state.epochs.set(from, (state.epochs.get(from) ?? 0n) + 1n)
    return state.epochs.get(from)
  },
  contest() {
    throw new Refusal('NotContestable') // the pool of a test network offers no such deals
  },
  ...Object.fromEntries(Order.kinds.map((kind) => [managing(kind), manage(kind)])),
  ...Object.fromEntries(steps.map((name) => [name, leaveToThePool])),
}

function managing(kind: Order.Kind): string {
  return `manage${kind.charAt(0).toUpperCase()}${kind.slice(1)}Order`
}

function manage(kind: Order.Kind): Method {
  return ({ state, from }, operation: { order: Order.Order; operation: number }) => {
    const { order } = operation
    if (Hub.signerOf(state, kind, order) !== from) throw new Refusal('invalid-sender-or-signature')
    const hash = Order.hash(kind, order, domain)
    if (operation.operation === 0) state.presigned.set(hash, from)
    else state.consumed.set(hash, order.volume)
  }
}

const token: Methods = {
  balanceOf: ({ state }, owner: Address) => state.tokens.get(owner) ?? 0n,
  transfer({ state, from }, to: Address, amount: bigint) {
    change(state.tokens, from, -amount)
    change(state.tokens, to, amount)
    return true
  },
  approveAndCall({ state, from, emit }, hub: Address, amount: bigint) {
    change(state.tokens, from, -amount)
    change(state.stake, from, amount)
    emit('Transfer', { from: Scalar.nullAddress, to: from, value: amount }, getAddress(hub))
    return true
  },
}

/** What each registry's `create` gives an entry beside its owner, in the order of the ABI. */
const fields = {
  app: ['name', 'type', 'multiaddr', 'checksum', 'mrenclave'],
  dataset: ['name', 'multiaddr', 'checksum'],
  workerpool: ['name'],
} as const satisfies Record<Kind, readonly (keyof Entry)[]>

function registry(kind: Kind): Methods {
  const suffix = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
  const owned = (state: State, owner: Address) =>
    [...state.entries].filter(([, entry]) => entry.kind === kind && entry.owner === owner)
  const predict = (...args: readonly unknown[]) => entryPlace(kind, args)
  return {
    isRegistered: ({ state }, address: Address) => entryOf(state, address)?.kind === kind,
    ownerOf: ({ state }, id: bigint) =>
      entryOf(state, getAddress(numberToHex(id, { size: 20 })))?.owner,
    balanceOf: ({ state }, owner: Address) => BigInt(owned(state, owner).length),
    tokenOfOwnerByIndex: ({ state }, owner: Address, index: bigint) =>
      BigInt(owned(state, owner)[Number(index)]?.[0] ?? 0),
    safeTransferFrom({ state, from }, _from: Address, to: Address, id: bigint) {
      const address = getAddress(numberToHex(id, { size: 20 }))
      const entry = entryOf(state, address)
      if (entry?.owner !== from) throw new Refusal('caller is not the owner')
      state.entries.set(address, { ...entry, owner: to })
    },
    [`predict${suffix}`]: (_, ...args: never[]) => predict(...args),
    [`create${suffix}`]({ state, emit }, ...args: never[]) {
      const address = predict(...args)
      if (state.entries.has(address)) throw new Refusal('Create2: Failed on deploy')
      const [owner, ...rest] = args as readonly Address[] // the first is always the owner
      const said = Object.fromEntries(fields[kind].map((name, n) => [name, rest[n]]))
      const usual = { name: '', type: '', multiaddr: '0x', checksum: '0x', mrenclave: '0x' }
      const policy = { stakeRatio: 30n, rewardRatio: 1n }
      state.entries.set(address, { kind, owner, ...usual, ...policy, ...said } as Entry) // as the ABI says
      const minted = { from: Scalar.nullAddress, to: owner, tokenId: BigInt(address) }
      emit('Transfer', minted)
      return address
    },
  }
}

function entryPlace(kind: Kind, args: readonly unknown[]): Address {
  const text = encodeAbiParameters([{ type: 'string' }], [[kind, ...args].join('\n')])
  return getAddress(`0x${keccak256(text).slice(-40)}`)
}

const workerpool: Methods = {
  changePolicy({ state, from, at }, stakeRatio: bigint, rewardRatio: bigint) {
    const entry = entryOf(state, at)
    if (entry?.owner !== from) throw new Refusal('caller is not the owner')
    state.entries.set(at, { ...entry, stakeRatio, rewardRatio })
  },
}

const contracts = new Map<Address, Contract>([
  [places.hub, { abi: hubAbi, methods: hub }],
  [places.token, { abi: tokenAbi, methods: token }],
  [places.appRegistry, { abi: appRegistryAbi, methods: registry('app') }],
  [places.datasetRegistry, { abi: datasetRegistryAbi, methods: registry('dataset') }],
  [places.workerpoolRegistry, { abi: workerpoolRegistryAbi, methods: registry('workerpool') }],
  ...nameContracts,
])

/** The contract at an address; every other address is taken for a workerpool's. */
export function contractAt(address: Address): Contract {
  return contracts.get(getAddress(address)) ?? { abi: workerpoolAbi, methods: workerpool }
}
