/** Foretell: the steps that play a history, and what the model says the hub will answer. */
import { Contribution, Deal, Payment, Task } from '@traboule/protocol'
import { hubAbi, tokenAbi } from '@traboule/protocol/abi'
import * as Hub from '@traboule/protocol/hub'
import {
  type AbiFunction,
  type Address,
  encodeErrorResult,
  type Hex,
  keccak256,
  numberToHex,
  pad,
  parseAbi,
  slice,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import { calldata, encode } from './encode.ts'
import { begin, type History } from './history.ts'
import { START } from './offers.ts'
import { type Answer, LOAD, STORE, type Stage, type Step } from './replay.ts'

/** A word that is not foretold is undefined. */
export type Foretold = Readonly<{
  step: Step
  what: string
  /** Somebody tried something; else a preparation, or a look at the end. */
  isAttempt?: true
  refusal?: Hub.Refusal
  failure: Hex
  words: readonly (Hex | undefined)[]
}>

const DONE: Hex = '0x00000000'

/** Everything that happens, and a look at every account, order, task and vote when it is over. */
export function foretell(stage: Stage, { beginning, book, attempts }: History): Foretold[] {
  const hub = begin(stage, beginning)
  const steps = pokes(stage, beginning)
  for (const { now, sender, action } of attempts) {
    const refusal = Hub.apply(hub, action, now)
    const data = encode(action, stage.people[2] ?? zeroAddress)
    steps.push({
      step: { now, by: sender, to: stage.hub, keep: 0, data },
      what: `${action.do} at ${now - START} s by ${sender}`,
      failure: refusal ? failureOf(refusal) : DONE,
      words: [],
      isAttempt: true,
      ...(refusal && { refusal }),
    })
  }
  const now = attempts.at(-1)?.now ?? START
  const looks = [
    ...people(hub, stage),
    ...orders(hub, book),
    ...bags(hub),
    ...uses(hub, book),
    ...tasks(hub),
  ]
  return [...steps, ...looks.map((look) => lookAt(stage, now, look))]
}

/** Where the two sides differ first, in words. */
export function difference(foretold: readonly Foretold[], answers: readonly Answer[]) {
  for (const [n, { what, refusal = 'done', failure, words }] of foretold.entries()) {
    const answer = answers[n]
    const said = `${what}: the model says ${refusal}`
    if (answer?.failure !== failure) return `${said}, the hub ${answer?.failure}`
    const wrong = words.findIndex((word, at) => word !== undefined && word !== answer.words[at])
    if (wrong >= 0)
      return `${what}: word ${wrong} is ${words[wrong]} here and ${answer.words[wrong]} on the hub`
  }
  return undefined
}

const word = (value: bigint | number) => numberToHex(value, { size: 32 })

/** Writes the beginning into the hub's slots: see `Funds.sol` and `Store.sol`. */
function pokes(stage: Stage, { wallets, kitty, ...policy }: History['beginning']): Foretold[] {
  const CALLBACK_GAS = 200_000n
  const settings =
    kitty |
    (CALLBACK_GAS << 104n) |
    (policy.kittyCapPercent << 136n) |
    (policy.scoreMinPrice << 152n)
  const slots = wallets.map(
    ({ free, score }, n) => [stage.wallets[n] ?? '0x', free | (score << 208n)] as const,
  )
  return [...slots, [stage.settings, settings] as const].map(([slot, value]) => ({
    step: {
      now: START,
      by: zeroAddress,
      to: stage.hub,
      keep: STORE,
      data: `${slot}${word(value).slice(2)}` as Hex,
    },
    what: `slot ${slot}`,
    failure: DONE,
    words: [],
  }))
}

const failures = new Map<Hub.Refusal, Hex>()

/** What `Replay.sol` says of a call that is refused like this: a selector, or the hash of a reason. */
function failureOf(refusal: Hub.Refusal): Hex {
  const known = failures.get(refusal)
  if (known) return known
  const error = [...hubAbi, ...tokenAbi].find(
    (item) => item.type === 'error' && item.name === refusal,
  )
  const reason = {
    abi: parseAbi(['error Error(string)']),
    errorName: 'Error',
    args: [refusal],
  } as const
  const failure = error
    ? toFunctionSelector({ ...error, type: 'function' } as AbiFunction) // hashed alike
    : slice(keccak256(encodeErrorResult(reason)), 0, 4)
  failures.set(refusal, failure)
  return failure
}

type Look = Readonly<{
  what: string
  to?: Address
  data: Hex
  words: Foretold['words']
  keep?: number
}>

function lookAt({ hub }: Stage, now: bigint, look: Look): Foretold {
  const { what, to = hub, data, words, keep = words.length } = look
  const step = { now, by: zeroAddress, to, keep, data }
  return { step, what, failure: DONE, words }
}

/** Of each of the people, the wallet as `Funds.sol` packs it, and the tokens outside of the hub. */
function people(hub: Hub.Hub, stage: Stage): Look[] {
  const looks = stage.people.flatMap((who, n): Look[] => {
    const { free, locked, score, purse, epoch } = Hub.account(hub, who)
    const wallet = free | (locked << 104n) | (score << 208n) | (epoch << 240n)
    const slot = stage.wallets[n] ?? '0x'
    return [
      { what: `wallet of ${who}`, data: slot, words: [word(wallet)], keep: LOAD },
      { what: `purse of ${who}`, to: stage.token, data: balanceOf(who), words: [word(purse)] },
    ]
  })
  const kitty = [word(Hub.account(hub, Payment.KITTY).locked)]
  return [...looks, { what: 'kitty', data: frozenOfKitty, words: kitty }]
}

const frozenOfKitty = calldata('frozenOf', [Payment.KITTY])
const balanceOf = (who: Address): Hex => `0x70a08231${pad(who, { size: 32 }).slice(2)}`

function orders({ consumed }: Hub.Hub, book: History['book']): Look[] {
  const all = [...book.app, ...book.dataset.slice(1), ...book.workerpool, ...book.request]
  return all.map(({ hash }) => ({
    what: `consumption of ${hash}`,
    data: calldata('viewConsumed', [hash]),
    words: [word(consumed.get(hash) ?? 0n)],
  }))
}

/** Which slice each task of the deals is in. */
function bags({ deals }: Hub.Hub): Look[] {
  return [...deals].flatMap(([dealId, { deal, slices }]) =>
    slices.length === 0
      ? []
      : Deal.indexes(deal).map((index): Look => {
          const mine = slices.find(({ first, count }) => index >= first && index < first + count)
          const data = calldata('sliceOf', [dealId, index])
          return { what: `slice of ${dealId} ${index}`, data, words: [mine?.ref ?? word(0)] }
        }),
  )
}

/** What each task of the deals took in bulk. */
function uses(hub: Hub.Hub, { dataset }: History['book']): Look[] {
  const all = [...hub.deals.values()].filter(({ bulkRoot }) => bulkRoot)
  return all.flatMap((of) =>
    Deal.indexes(of.deal).flatMap((index) =>
      dataset.slice(1).map(({ hash }): Look => {
        const { owner = zeroAddress, price = 0n } = Hub.useOf(hub, of, { index, hash }) ?? {}
        const data = calldata('viewUse', [Task.id(of.deal.dealId, index), hash])
        return { what: `use by ${index}`, data, words: [pad(owner, { size: 32 }), word(price)] }
      }),
    ),
  )
}

function tasks(hub: Hub.Hub): Look[] {
  return [...hub.tasks.keys()].flatMap((ref) => {
    const shown = Hub.view(hub, ref)
    const votes = shown.contributors.map((worker): Look => {
      const { status, resultHash, weight } = Hub.viewVote(hub, ref, worker)
      const words = [word(Contribution.statuses.indexOf(status)), resultHash, undefined, undefined]
      const data = calldata('viewContribution', [ref, worker])
      return { what: `vote of ${worker} on ${ref}`, data, words: [...words, word(weight)] }
    })
    return [
      { what: `task ${ref}`, data: calldata('viewTask', [ref]), words: wordsOf(shown) },
      ...votes,
    ]
  })
}

/** As the ABI lays out the struct `Task`, whose list of contributors follows its 15 fields. */
function wordsOf(shown: Hub.Shown): Foretold['words'] {
  const fields = [
    word(Task.statuses.indexOf(shown.status)),
    shown.dealId,
    word(shown.index),
    word(shown.timeRef),
    undefined,
    word(shown.revealDeadline),
    undefined,
    shown.consensusValue,
    word(shown.revealCounter),
    word(shown.winnerCounter),
    word(15 * 32),
    shown.resultDigest,
    ...[undefined, undefined, undefined],
  ]
  const list = shown.contributors.map((worker) => pad(worker, { size: 32 }))
  return [word(32), ...fields, word(list.length), ...list]
}
