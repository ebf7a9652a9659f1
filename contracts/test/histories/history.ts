/** History: how things are at first, and what people then try to do, one after the other. */
import { Payment } from '@traboule/protocol'
import * as Hub from '@traboule/protocol/hub'
import { type Address, type TypedDataDomain, zeroAddress } from 'viem'
import { type Dice, openDice } from './dice.ts'
import { type Book, CLOCKS, makeBook, START } from './offers.ts'
import { propose } from './propose.ts'
import type { Stage } from './replay.ts'

/** What is written into the hub before the first action. */
export type Beginning = Readonly<{
  /** Of each of the people. */
  wallets: readonly Readonly<{ free: bigint; score: bigint }>[]
  kitty: bigint
  kittyCapPercent: bigint
  scoreMinPrice: bigint
}>

/** Something that `sender` tries at `now`. */
export type Attempt = Readonly<{ now: bigint; sender: Address; action: Hub.Action }>

export type History = Readonly<{ beginning: Beginning; book: Book; attempts: readonly Attempt[] }>

/** Tokens that each of the people holds besides. */
const PURSE = 1_000_000_000_000n

const RLC = 1_000_000_000n

/** The model in the state in which the history begins. */
export function begin(stage: Stage, { wallets, kitty, ...policy }: Beginning): Hub.Hub {
  const owners = stage.people
  const asset = (owner: Address | undefined, workerStakePercent = 0n, schedulerPercent = 0n) => ({
    owner: owner ?? zeroAddress,
    workerStakePercent,
    schedulerPercent,
  })
  const assets = new Map([
    [stage.apps[0], asset(owners[2])],
    [stage.apps[1], asset(owners[0])],
    [stage.datasets[0], asset(owners[3])],
    [stage.datasets[1], asset(owners[5])],
    [stage.pools[0], asset(owners[1], 30n, 1n)],
    [stage.pools[1], asset(owners[4], 55n, 20n)],
  ] as [Address, Hub.Asset][]) // all are there
  const hub = Hub.open({ ...policy, clocks: CLOCKS, assets })
  for (const [n, { free, score }] of wallets.entries())
    Object.assign(Hub.account(hub, owners[n] ?? zeroAddress), { free, score, purse: PURSE })
  Hub.account(hub, Payment.KITTY).locked = kitty
  return hub
}

/** A history of `length` attempts that follows from the seed. */
export function makeHistory(
  seed: number,
  length: number,
  { stage, domain }: { stage: Stage; domain: TypedDataDomain },
): History {
  const dice = openDice(seed)
  const beginning = makeBeginning(dice, stage)
  const book = makeBook(dice, stage, domain)
  const hub = begin(stage, beginning)
  const attempts: Attempt[] = []
  let now = START
  for (let n = 0; n < length; n++) {
    now = later(dice, hub, now)
    const attempt = { now, ...propose({ dice, stage, book, hub, now }) }
    Hub.apply(hub, attempt.action, now)
    attempts.push(attempt)
  }
  return { beginning, book, attempts }
}

function makeBeginning(dice: Dice, { people }: Stage): Beginning {
  return {
    wallets: people.map(() => ({
      free: dice.percent(90) ? 100n * RLC : BigInt(dice.below(3_000_000_000)),
      score: BigInt(dice.percent(60) ? 0 : dice.below(60)),
    })),
    kitty: dice.pick([0n, 3n, RLC / 2n, 30n * RLC]),
    kittyCapPercent: dice.pick([Payment.NO_CAP, 0n, 20n, 150n]),
    scoreMinPrice: dice.pick([0n, RLC]),
  }
}

/** Often at once; else a little later, or near the end of some phase. */
function later(dice: Dice, { tasks, deals }: Hub.Hub, now: bigint): bigint {
  if (dice.percent(84)) return now
  if (dice.percent(50)) return now + BigInt(1 + dice.below(100))
  const reveals = [...tasks.values()].filter(({ status }) => status === 'revealing')
  const phases = reveals.map(({ revealDeadline }) => revealDeadline)
  if (dice.percent(phases.length === 0 ? 50 : 15))
    for (const { deal, clock } of deals.values())
      phases.push(deal.startTime + 7n * clock, deal.startTime + 10n * clock)
  const ahead = phases.map((end) => end + dice.pick([-1n, 0n, 0n, 1n])).filter((end) => end > now)
  return ahead.length > 0 ? dice.pick(ahead) : now
}
