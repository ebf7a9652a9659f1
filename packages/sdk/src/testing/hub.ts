/**
 * Hub: the contracts of a test network, as functions over its state.
 *
 * What is decided is decided by the rules of `@traboule/protocol`, which the contracts are held equal
 * to; here is only what the SDK calls and a test pool does.
 */
import {
  Consensus,
  Contribution,
  Deal,
  Match,
  Order,
  Payment,
  Salt,
  Scalar,
  Task,
} from '@traboule/protocol'
import { type Address, type Hex, recoverTypedDataAddress } from 'viem'
import {
  CHAIN_ID,
  change,
  dealOf,
  places,
  Refusal,
  type State,
  settle,
  type TaskRow,
  taskIn,
} from './state.ts'

/** What a call may see and do beside the state. */
export type Context = Readonly<{
  state: State
  from: Address
  /** The contract that was called. */
  at: Address
  /** Writes an event of the contract that was called, or of another, into the log. */
  emit(eventName: string, args: object, by?: Address): void
}>

const domain = Order.domain(CHAIN_ID, places.hub)
const KITTY_SHARE = { kittyCapPercent: 100n, scoreMinPrice: 0n } as const

/** Makes a deal of four orders, paid by `payer` (the requester if not said). */
export async function match(
  context: Context,
  orders: Order.Quartet,
  payer: Address = orders.request.requester,
): Promise<Hex> {
  const { state, emit } = context
  const facts = await factsOf(state, orders)
  const refused = Match.refusal(orders, facts)
  if (refused) throw new Refusal(`iExecV5-matchOrders-${refused}`)
  for (const kind of Order.kinds) checkTerms(context, orders, kind)
  const volume = Match.volume(orders, facts.consumed)
  const requestHash = Order.hash('request', orders.request, domain)
  const dealId = Deal.id(requestHash, facts.consumed.request)
  const deal = dealFrom(state, { dealId, orders, volume, payer, first: facts.consumed.request })
  lock(context, payer, Payment.price(deal) * volume)
  lock(context, deal.workerpool.owner, Payment.poolStake(deal.workerpool.price) * volume)
  const hashes = Object.fromEntries(
    Order.kinds.map((kind) => {
      const hash = hashOf(orders, kind)
      if (hash !== Scalar.nullBytes32) change(state.consumed, hash, volume)
      return [`${kind}Hash`, hash]
    }),
  )
  state.deals.set(dealId, deal)
  emit('SchedulerNotice', { workerpool: deal.workerpool.pointer, dealid: dealId })
  emit('OrdersMatched', { dealid: dealId, ...hashes, volume })
  return dealId
}

const hasDataset = ({ dataset }: Order.Quartet) => dataset.dataset !== Scalar.nullAddress
const hashOf = (orders: Order.Quartet, kind: Order.Kind): Hex =>
  kind === 'dataset' && !hasDataset(orders)
    ? Scalar.nullBytes32
    : Order.hash(kind, orders[kind], domain)

async function factsOf(state: State, orders: Order.Quartet): Promise<Match.Facts> {
  const signed: Record<string, boolean> = {}
  for (const kind of Order.kinds) signed[kind] = await isSigned(state, orders, kind)
  const { app, dataset, workerpool, request } = orders
  const known = (address: Address, kind: string) => state.entries.get(address)?.kind === kind
  const consumed = Order.kinds.map((kind) => [kind, state.consumed.get(hashOf(orders, kind)) ?? 0n])
  return {
    categoryExists: request.category < BigInt(state.categories.length),
    isMember: () => false,
    registered: {
      app: known(app.app, 'app'),
      dataset: known(dataset.dataset, 'dataset'),
      workerpool: known(workerpool.workerpool, 'workerpool'),
    },
    signed: signed as Match.Facts['signed'], // one field a kind, just now
    consumed: Object.fromEntries(consumed) as Match.Facts['consumed'], // likewise
  }
}

/** Who must have signed: the owner of the asset, or the requester. */
export function signerOf(state: State, kind: Order.Kind, order: object): Address {
  const fields = order as Record<string, Address>
  if (kind === 'request') return fields.requester ?? Scalar.nullAddress
  return state.entries.get(fields[kind] ?? Scalar.nullAddress)?.owner ?? Scalar.nullAddress
}

async function isSigned(state: State, orders: Order.Quartet, kind: Order.Kind): Promise<boolean> {
  const order = orders[kind]
  const signer = signerOf(state, kind, order)
  if (state.presigned.get(hashOf(orders, kind)) === signer) return true
  const typed = Order.toSign(kind, order, domain)
  const recovered = recoverTypedDataAddress({ ...typed, signature: order.sign } as never) // EIP-712
  return (await recovered.catch(() => undefined)) === signer
}

function checkTerms({ state, from }: Context, orders: Order.Quartet, kind: Order.Kind): void {
  if (hashOf(orders, kind) === Scalar.nullBytes32) return
  const { expiry, epoch, matcher } = Salt.read(orders[kind].salt)
  if (expiry !== undefined && expiry <= state.now) throw new Refusal('OrderExpired')
  if (matcher !== undefined && !from.toLowerCase().endsWith(matcher.slice(2)))
    throw new Refusal('OrderReserved')
  const current = state.epochs.get(signerOf(state, kind, orders[kind])) ?? 0n
  if (epoch !== current) throw new Refusal('OrderRevoked')
}

type Making = Readonly<{
  dealId: Hex
  orders: Order.Quartet
  volume: bigint
  payer: Address
  first: bigint
}>

function dealFrom(state: State, { dealId, orders, volume, payer, first }: Making): Deal.Deal {
  const { app, dataset, workerpool, request } = orders
  const pool = state.entries.get(workerpool.workerpool)
  const owner = (address: Address) => state.entries.get(address)?.owner ?? Scalar.nullAddress
  const { requester, beneficiary, callback, params, category } = request
  return {
    dealId,
    app: { pointer: app.app, owner: owner(app.app), price: app.appprice },
    dataset: {
      pointer: dataset.dataset,
      owner: owner(dataset.dataset),
      price: hasDataset(orders) ? dataset.datasetprice : 0n,
    },
    workerpool: {
      pointer: workerpool.workerpool,
      owner: owner(workerpool.workerpool),
      price: workerpool.workerpoolprice,
    },
    ...{ requester, beneficiary, callback, params, category },
    trust: request.trust > 1n ? request.trust : 1n,
    tag: Match.tag(orders),
    startTime: state.now,
    botFirst: first,
    botSize: volume,
    workerStake: (workerpool.workerpoolprice * (pool?.stakeRatio ?? 0n)) / 100n,
    schedulerRewardRatio: pool?.rewardRatio ?? 0n,
    sponsor: payer,
  }
}

function lock({ state, emit }: Context, owner: Address, amount: bigint): void {
  change(state.stake, owner, -amount)
  change(state.locked, owner, amount)
  emit('Transfer', { from: owner, to: places.hub, value: amount }, places.hub)
  emit('Lock', { owner, amount }, places.hub)
}

/** Begins a task of a deal. */
export function initialize({ state, emit }: Context, dealId: Hex, index: bigint): Hex {
  const deal = dealOf(state, dealId)
  const taskId = Task.id(dealId, index)
  const inside = index >= deal.botFirst && index < deal.botFirst + deal.botSize
  if (state.tasks.has(taskId) || !inside) throw new Refusal('task cannot be initialized')
  const timeRef = state.categories[Number(deal.category)]?.workClockTimeRef ?? 0n
  const { contribution, final } = Task.deadlineRatio
  state.tasks.set(taskId, {
    ...{ taskId, dealId, index, timeRef, status: 'active', revealDeadline: 0n },
    contributionDeadline: deal.startTime + timeRef * contribution,
    finalDeadline: deal.startTime + timeRef * final,
    ...{ consensusValue: Scalar.nullBytes32, revealCounter: 0n, winnerCounter: 0n },
    ...{ contributors: [], resultDigest: Scalar.nullBytes32, results: '0x', resultsCallback: '0x' },
    votes: [],
  })
  emit('TaskInitialize', { taskid: taskId, workerpool: deal.workerpool.pointer })
  return taskId
}

/** A worker's vote for a digest. */
export function contribute(context: Context, taskId: Hex, digest: Hex): void {
  const { state, from, emit } = context
  const task = taskIn(state, taskId, 'active')
  const { workerStake, trust } = dealOf(state, task.dealId)
  if (task.contributors.includes(from)) throw new Refusal('AlreadyContributed')
  lock(context, from, workerStake)
  const resultHash = Contribution.resultHash(taskId, digest)
  const resultSeal = Contribution.resultSeal(from, taskId, digest)
  const weight = Consensus.weightOf(state.scores.get(from) ?? 0n)
  const votes = [
    ...task.votes,
    { worker: from, resultHash, resultSeal, weight, status: 'contributed' as const },
  ]
  const reached = Consensus.reached(votes.reduce(Consensus.add, Consensus.empty), resultHash, trust)
  emit('TaskContribute', { taskid: taskId, worker: from, hash: resultHash })
  if (reached) emit('TaskConsensus', { taskid: taskId, consensus: resultHash })
  const winners = votes.filter((vote) => vote.resultHash === resultHash).length
  state.tasks.set(taskId, {
    ...{ ...task, votes, contributors: [...task.contributors, from] },
    ...(reached && {
      ...{ status: 'revealing', consensusValue: resultHash, winnerCounter: BigInt(winners) },
      revealDeadline: state.now + task.timeRef * Task.deadlineRatio.reveal,
    }),
  })
}

/** A winner opens its seal. */
export function reveal({ state, from, emit }: Context, taskId: Hex, digest: Hex): void {
  const task = taskIn(state, taskId, 'revealing')
  const wins = Contribution.resultHash(taskId, digest) === task.consensusValue
  if (!wins || !task.contributors.includes(from)) throw new Refusal('NotInConsensus')
  const votes = task.votes.map((vote) =>
    vote.worker === from ? { ...vote, status: 'proved' as const } : vote,
  )
  const revealCounter = task.revealCounter + 1n
  state.tasks.set(taskId, { ...task, votes, revealCounter, resultDigest: digest })
  emit('TaskReveal', { taskid: taskId, worker: from, digest })
}

/** Nobody revealed in time: the votes so far are void. */
export function reopen({ state, emit }: Context, taskId: Hex): void {
  const task = taskIn(state, taskId, 'revealing')
  const votes = task.votes.map((vote) =>
    vote.resultHash === task.consensusValue ? { ...vote, status: 'rejected' as const } : vote,
  )
  const none = { consensusValue: Scalar.nullBytes32, revealDeadline: 0n, winnerCounter: 0n }
  state.tasks.set(taskId, { ...task, ...none, votes, status: 'active' })
  emit('TaskReopen', { taskid: taskId })
}

/** Pays everybody. */
export function finalize(context: Context, taskId: Hex, results: Hex, callback: Hex): void {
  const { state, emit } = context
  const task = taskIn(state, taskId, 'revealing')
  const kitty = state.locked.get(Payment.KITTY) ?? 0n
  const deal = dealOf(state, task.dealId)
  const settlement = Payment.finalize(deal, standings(task), { kitty, ...KITTY_SHARE })
  pay(context, taskId, settlement)
  const done = { status: 'completed', results, resultsCallback: callback } as const
  state.tasks.set(taskId, { ...task, ...done })
  emit('TaskFinalize', { taskid: taskId, results })
}

/** Refunds a task that nobody finished in time. */
export function claim(context: Context, taskId: Hex): void {
  const { state, emit } = context
  const task = taskIn(state, taskId, 'active', 'revealing')
  if (state.now < task.finalDeadline) throw new Refusal('DeadlineNotReached')
  pay(context, taskId, Payment.claim(dealOf(state, task.dealId), standings(task)))
  state.tasks.set(taskId, { ...task, status: 'failed' })
  emit('TaskClaimed', { taskid: taskId })
}

function pay({ state, emit }: Context, taskId: Hex, settlement: Payment.Settlement): void {
  settle(state, settlement)
  for (const { account: owner, free, locked } of settlement.moves) {
    if (free > 0n) emit('Transfer', { from: places.hub, to: owner, value: free })
    if (locked < 0n && free > 0n) emit('Unlock', { owner, amount: free })
    if (locked === 0n && free > 0n) emit('Reward', { owner, amount: free, ref: taskId })
    if (free === 0n && locked < 0n) emit('Seize', { owner, amount: -locked, ref: taskId })
  }
  for (const worker of settlement.credited) emit('AccurateContribution', { worker, taskid: taskId })
  for (const worker of settlement.punished) emit('FaultyContribution', { worker, taskid: taskId })
}

function standings({ votes, consensusValue }: TaskRow): Payment.Vote[] {
  return votes.map(({ worker, weight, status, resultHash }) => {
    if (status === 'rejected') return { worker, weight, stands: 'rejected' }
    if (status === 'proved') return { worker, weight, stands: 'proved' }
    return { worker, weight, stands: resultHash === consensusValue ? 'silent' : 'wrong' }
  })
}
