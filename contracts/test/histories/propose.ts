/** Propose: what people of all roles try next, most of it likely to be done and much of it not. */
import { type Order, Slice } from '@traboule/protocol'
import * as Hub from '@traboule/protocol/hub'
import { type Address, type Hex, zeroAddress, zeroHash } from 'viem'
import { choose } from './offers.ts'
import { openBulk, settleDatasets, takeDatasets } from './proposeBulk.ts'
import { aDeal, anIndex, mostly, type Proposal, person, type Scene } from './scene.ts'
import { digestOf, proofOf, resultOf, rootOf } from './tree.ts'

const RLC = 1_000_000_000n
const ANSWERS = [0, 1, 2] as const

/** What somebody tries next: what can be done now is tried more often. */
export function propose(scene: Scene): Proposal {
  const { dice, hub } = scene
  const tasks = [...hub.tasks.values()]
  const when = (isWanted: Wanted, often: number) => (tasks.some(isWanted) ? often : 1)
  const agreed = [...hub.deals.values()].some(({ bulkRoot }) => bulkRoot)
  const dealt = (often: number) => (hub.deals.size > 0 ? often : 1)
  const make = dice.weighed([
    [hub.deals.size < 2 ? 30 : 4, matchOrders],
    [dealt(10), initialize],
    [dealt(8), openSlice],
    [when(votable(scene), 26), contribute],
    [when(votable(scene), 4), contributeSigned],
    [when(votable(scene), 5), contributeAndFinalize],
    [when(votable(scene), 2), carve],
    [when(openable(scene), 30), reveal],
    [when(openable(scene), 4), revealFor],
    [when(settleable, 12), finalize],
    [when(settleable, 4), reopen],
    [when(contestable, 8), contest],
    [when(({ status }) => status === 'completed', 3), prove],
    [dealt(3), claim],
    [dealt(3), claimDeal],
    [dealt(3), openBulk],
    [agreed ? 9 : 1, takeDatasets],
    [hub.uses.size > 0 ? 5 : 1, settleDatasets],
    [5, moveMoney],
    [3, manage],
  ])
  return make(scene)
}

function moveMoney(scene: Scene): Proposal {
  const { dice } = scene
  const by = person(scene)
  const amount = dice.percent(85) ? BigInt(dice.below(10)) * RLC : 2_000n * RLC
  const action = dice.pick([
    { do: 'deposit', by, amount } as const,
    { do: 'withdraw', by, amount } as const,
    { do: 'transfer', by, to: person(scene), amount } as const,
  ])
  return { sender: by, action }
}

function matchOrders(scene: Scene): Proposal {
  const by = person(scene)
  const offers = choose(scene.dice, scene.book)
  return { sender: by, action: { do: 'match', by, offers, sponsored: scene.dice.percent(30) } }
}

function manage(scene: Scene): Proposal {
  const { dice, book, hub } = scene
  if (dice.percent(8)) {
    const by = person(scene)
    return { sender: by, action: { do: 'revoke', by } }
  }
  const kind = dice.pick<Order.Kind>(['app', 'dataset', 'workerpool', 'request'])
  const all: readonly Hub.Offer[] = kind === 'dataset' ? book.dataset.slice(1) : book[kind]
  const offer = dice.pick(all)
  const fields = offer.order as Partial<Record<Order.Kind | 'requester', Address>> // one of the four
  const owner = hub.settings.assets.get(fields[kind] ?? zeroAddress)?.owner
  const by = mostly(scene, 80, kind === 'request' ? fields.requester : owner)
  return { sender: by, action: { do: dice.pick(['sign', 'close']), by, kind, offer } }
}

function initialize(scene: Scene): Proposal {
  const { dealId, known } = aDeal(scene)
  const action = { do: 'initialize', dealId, index: anIndex(scene, known) } as const
  return { sender: person(scene), action }
}

function claimDeal(scene: Scene): Proposal {
  const { dealId, known } = aDeal(scene)
  const sender = person(scene)
  if (scene.dice.percent(50)) return { sender, action: { do: 'claimUntouched', dealId } }
  const index = anIndex(scene, known)
  return { sender, action: { do: 'initializeAndClaim', dealId, index } }
}

function openSlice(scene: Scene): Proposal {
  const { dealId, known } = aDeal(scene)
  const by = mostly(scene, 92, known?.deal.workerpool.owner)
  const count = BigInt(scene.dice.below(30) === 0 ? 0 : 1 + scene.dice.below(4))
  return { sender: by, action: { do: 'openSlice', by, dealId, count } }
}

function carve(scene: Scene): Proposal {
  const { dealId, known } = aDeal(scene)
  const by = mostly(scene, 92, known?.deal.workerpool.owner)
  return { sender: by, action: { do: 'carve', by, dealId, index: anIndex(scene, known) } }
}

type Found = Readonly<{ ref: Hex; task?: Hub.Task }>

/** A task or slice such as is wanted, if there is one; seldom another, or none. */
function aTask({ dice, hub }: Scene, isWanted: Wanted): Found {
  const all = [...hub.tasks]
  const wanted = all.filter(([, task]) => isWanted(task))
  if (all.length === 0 || dice.percent(1)) return { ref: zeroHash }
  const [ref, task] = dice.pick(wanted.length > 0 && dice.percent(95) ? wanted : all)
  return { ref, task }
}

type Wanted = (task: Hub.Task) => boolean

const votable =
  ({ now }: Scene): Wanted =>
  ({ status, of, start }) =>
    status === 'active' && now < start + 7n * of.clock
const openable =
  ({ now }: Scene): Wanted =>
  ({ status, revealDeadline }) =>
    status === 'revealing' && now < revealDeadline
const contestable: Wanted = (task) => task.status === 'revealing' && Hub.graceOf(task) > 0n
const settleable: Wanted = ({ status }) => status === 'revealing'

function digestFor(task: Hub.Task | undefined, answer: number): Hex {
  return task?.isSlice ? digestOfSlice(task, answer) : digestOf(answer)
}

function digestOfSlice(slice: Hub.Task, answer: number): Hex {
  const root = rootOf(slice, answer)
  return Hub.binds(slice) ? Slice.bind(root, resultOf(answer)) : root
}

const answer = ({ dice }: Scene) =>
  dice.weighed([
    [70, 0],
    [20, 1],
    [10, 2],
  ])

function papers({ dice }: Scene, task: Hub.Task | undefined) {
  const needsEnclave = ((BigInt(task?.of.deal.tag ?? 0n) & 1n) === 1n) !== dice.percent(3)
  const enclave = needsEnclave
    ? dice.pick(['signed', 'signed', 'signed', 'unsigned'] as const)
    : 'none'
  return { authorized: dice.percent(94), enclave } as const
}

function ballot(scene: Scene, { ref, task }: Found): Hub.Ballot {
  const { dice, stage } = scene
  const fresh = stage.people.filter((each) => !task?.votes.some(({ worker }) => worker === each))
  return {
    ref,
    worker: mostly(scene, 95, fresh.length > 0 ? dice.pick(fresh) : undefined),
    digest: digestFor(task, answer(scene)),
    sealed: dice.percent(95),
    signed: dice.percent(97),
    ...papers(scene, task),
  }
}

function contribute(scene: Scene): Proposal {
  const mine = ballot(scene, aTask(scene, votable(scene)))
  return { sender: mine.worker, action: { do: 'contribute', ballot: mine } }
}

function contributeSigned(scene: Scene): Proposal {
  const count = 1 + scene.dice.below(3)
  const found = aTask(scene, votable(scene))
  const ballots = Array.from({ length: count }, () => ballot(scene, found))
  return { sender: person(scene), action: { do: 'contributeSigned', ballots } }
}

/** Most often what the deal asks for. */
function written({ dice }: Scene, task: Hub.Task | undefined, digest: Hex | undefined) {
  const said = ANSWERS.find((each) => digestFor(task, each) === digest)
  const result = said === undefined ? '0x' : resultOf(said)
  const binds = task !== undefined && Hub.binds(task)
  const tells = task !== undefined && (task.isSlice ? binds : task.of.deal.callback !== zeroAddress)
  const told = task?.isSlice && said !== undefined ? rootOf(task, said) : result
  const long: Hex = `0x${'ab'.repeat(200)}`
  return {
    results: binds && dice.percent(85) ? result : dice.pick<Hex>(['0x', result, '0x1234', long]),
    callback: tells !== dice.percent(5) ? told : ('0x' as const),
  }
}

function contributeAndFinalize(scene: Scene): Proposal {
  const { dice, hub } = scene
  const single = [...hub.tasks].filter(
    ([, { of, votes, status }]) =>
      of.deal.trust === 1n && votes.length === 0 && status === 'active',
  )
  const [ref, task] = single.length > 0 && dice.percent(85) ? dice.pick(single) : []
  const found = ref ? { ref, task } : aTask(scene, votable(scene))
  const worker = person(scene)
  const digest = digestFor(found.task, answer(scene))
  return {
    sender: worker,
    action: {
      do: 'contributeAndFinalize',
      ref: found.ref,
      worker,
      digest,
      ...papers(scene, found.task),
      ...written(scene, found.task, digest),
    },
  }
}

function silentOf(task: Hub.Task | undefined): readonly Address[] {
  const agreeing = task?.votes.filter((vote) => vote.digest === task.agreed && !vote.proved) ?? []
  return agreeing.filter(({ rejected }) => !rejected).map(({ worker }) => worker)
}

function reveal(scene: Scene): Proposal {
  const { ref, task } = aTask(scene, openable(scene))
  const silent = silentOf(task)
  const worker = mostly(scene, 92, silent.length > 0 ? scene.dice.pick(silent) : undefined)
  const agreed = scene.dice.percent(95) ? task?.agreed : undefined
  const digest = agreed ?? digestFor(task, answer(scene))
  return { sender: worker, action: { do: 'reveal', ref, worker, digest } }
}

function revealFor(scene: Scene): Proposal {
  const { ref, task } = aTask(scene, openable(scene))
  const silent = silentOf(task)
  const workers = silent.length > 0 && scene.dice.percent(90) ? silent : [person(scene)]
  const digest = task?.agreed ?? digestOf(0)
  return { sender: person(scene), action: { do: 'revealFor', ref, workers, digest } }
}

function finalize(scene: Scene): Proposal {
  const { ref, task } = aTask(scene, settleable)
  const by = mostly(scene, 70, task?.of.deal.workerpool.owner)
  const action = { do: 'finalize', ref, by, ...written(scene, task, task?.agreed) } as const
  return { sender: by, action }
}

function reopen(scene: Scene): Proposal {
  const { ref, task } = aTask(scene, settleable)
  const by = mostly(scene, 92, task?.of.deal.workerpool.owner)
  return { sender: by, action: { do: 'reopen', ref, by } }
}

function contest(scene: Scene): Proposal {
  const [{ ref }, by] = [aTask(scene, contestable), person(scene)]
  return { sender: by, action: { do: 'contest', ref, by } }
}

function claim(scene: Scene): Proposal {
  const { ref } = aTask(scene, ({ status }) => status === 'active' || status === 'revealing')
  return { sender: person(scene), action: { do: 'claim', ref } }
}

/** One task of a settled slice, most often with what was answered there. */
function prove(scene: Scene): Proposal {
  const { dice, hub } = scene
  const slices = [...hub.tasks.values()].filter(({ isSlice }) => isSlice)
  const done = slices.filter(({ status }) => status === 'completed')
  const slice = done.length > 0 && dice.percent(90) ? dice.pick(done) : slices[0]
  const { dealId = zeroHash } = slice?.of.deal ?? {}
  const span = slice ?? { first: 0n, count: 1n }
  const index = span.first + BigInt(dice.below(Number(span.count)))
  const agreed = slice?.sole?.digest ?? slice?.agreed
  const truth = ANSWERS.find((each) => slice && digestOfSlice(slice, each) === agreed)
  const said = truth !== undefined && dice.percent(92) ? truth : answer(scene)
  const ending = slice && Hub.binds(slice) ? [Slice.resultsLeaf(resultOf(said))] : []
  const proof = [...proofOf(span, index, said), ...ending]
  const way = dice.pick(['proveResult', 'proveResultWithCallback'] as const)
  const action = { do: way, dealId, index, digest: digestOf(said), proof } as const
  return { sender: person(scene), action }
}
