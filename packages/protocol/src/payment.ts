/**
 * Payment: who gets what when a task ends. Amounts in nRLC, rounded down.
 *
 * The chain decides (`contracts/src/libraries/Reward.sol` and `Payment.sol`); this is the same
 * arithmetic for those who must foresee or explain it. Nothing is created or lost: the moves of a
 * settlement add up to zero.
 */
import type { Address } from 'viem'
import { FINDERS_PART } from './course.ts'
import type { Deal } from './deal.ts'

/** Percent of the workerpool price that the workerpool owner stakes on each task. */
export const POOL_STAKE_PERCENT = 30n
/** Percent of the kitty that one task draws, unless the policy caps it. */
export const KITTY_PERCENT = 10n
/** Least a task draws from a kitty that holds it: 1 RLC. */
export const KITTY_MIN = 1_000_000_000n
/** The account of seized pool stakes: nobody has its key. Source: PoCo v6 `kitty_address`. */
export const KITTY: Address = '0x99c2268479b93fDe36232351229815DF80837e23'
/** A `kittyCapPercent` that caps nothing. */
export const NO_CAP = 65_535n

/** A deal whose money is that of `tasks` tasks, settled as one (a slice); of 1 otherwise. */
export type Terms = Deal & Readonly<{ tasks?: bigint; contest?: Contest }>

/** Who contested the result, and whether another one was found. */
export type Contest = Readonly<{ challenger: Address; isRight: boolean }>

/** What the hub holds and wants when the task ends. */
export type Policy = Readonly<{
  /** What the kitty holds. */
  kitty: bigint
  /** Most a task may draw from it, in percent of its workerpool price. */
  kittyCapPercent: bigint
  /** Workerpool price below which agreement earns no score. */
  scoreMinPrice: bigint
}>

/**
 * A contribution when the task ends. `proved`: opened, for the agreed result. `silent`: for the
 * agreed result, never opened. `rejected`: silent before the task was reopened. `wrong`: any other,
 * and every vote while nothing is agreed.
 */
export type Vote = Readonly<{
  worker: Address
  weight: bigint
  stands: 'proved' | 'silent' | 'wrong' | 'rejected'
}>

/** A change of the free and the locked money of an account. */
export type Move = Readonly<{ account: Address; free: bigint; locked: bigint }>

/** The moves in the chain's order, and whose score grows by one or loses a third. */
export type Settlement = Readonly<{
  moves: readonly Move[]
  credited: readonly Address[]
  punished: readonly Address[]
}>

/** What the payer locks for one task. */
export function price({ app, dataset, workerpool }: Deal): bigint {
  return app.price + dataset.price + workerpool.price
}

/** What the workerpool owner locks for one task of this price. */
export function poolStake(workerpoolPrice: bigint): bigint {
  return (workerpoolPrice * POOL_STAKE_PERCENT) / 100n
}

/** What a kitty adds to a task of this workerpool price. */
export function fromKitty(workerpoolPrice: bigint, { kitty, kittyCapPercent }: Policy): bigint {
  const drawn = least(most((kitty * KITTY_PERCENT) / 100n, KITTY_MIN), kitty)
  if (kittyCapPercent === NO_CAP) return drawn
  return least(drawn, (workerpoolPrice * kittyCapPercent) / 100n)
}

/** The score after an error: a third is lost. */
export function penalized(score: bigint): bigint {
  return (score * 2n) / 3n
}

/** floor(log2(weight)), for a weight of at least 1: ten times the weight is not ten times the pay. */
export function logWeight(weight: bigint): bigint {
  return BigInt(weight.toString(2).length - 1)
}

/** The end of a task whose result several may have voted for, and at least one has proved. */
export function finalize(deal: Terms, votes: readonly Vote[], policy: Policy): Settlement {
  const { tasks = 1n } = deal
  const stake = deal.workerStake * tasks
  const proved = votes.filter(({ stands }) => stands === 'proved')
  const { taken, moves } = judge(deal, stake)
  const lost = stake * BigInt(votes.length - proved.length)
  const pot = deal.workerpool.price * tasks + lost - taken
  const parts = proved.reduce((sum, { weight }) => sum + logWeight(weight), 0n)
  const shared = forWorkers(pot, deal)
  const earned = ({ stands, weight }: Vote) =>
    stands === 'proved' ? (shared * logWeight(weight)) / parts : 0n
  const rest = votes.reduce((left, vote) => left - earned(vote), pot)
  const credits = votes.length > 1 && deal.workerpool.price >= policy.scoreMinPrice
  return {
    moves: [
      ...success(deal, policy),
      ...moves,
      ...votes.flatMap((vote) =>
        vote.stands === 'proved'
          ? [unlock(vote.worker, stake), reward(vote.worker, earned(vote))]
          : [seize(vote.worker, stake)],
      ),
      reward(deal.workerpool.owner, rest),
    ],
    credited: credits ? proved.map(({ worker }) => worker) : [],
    punished: votes.filter(({ stands }) => stands !== 'proved').map(({ worker }) => worker),
  }
}

/** The end of a task whose only worker contributed and finalized at once: no stake, no score. */
export function contributeAndFinalize(deal: Terms, worker: Address, policy: Policy): Settlement {
  const pot = deal.workerpool.price * (deal.tasks ?? 1n)
  const earned = forWorkers(pot, deal)
  const moves = [
    ...success(deal, policy),
    reward(worker, earned),
    reward(deal.workerpool.owner, pot - earned),
  ]
  return { moves, credited: [], punished: [] }
}

/**
 * The end of a task that nobody finalized in time: the payer is refunded, the pool's stake goes to
 * the kitty, and with it the stakes of workers who agreed to a result and hid it.
 */
export function claim(deal: Terms, votes: readonly Vote[]): Settlement {
  const { moves, ...rest } = release(deal, votes)
  return { moves: [...untouched(deal, deal.tasks ?? 1n).moves, ...moves], ...rest }
}

/**
 * What contributors have back when no result came: their stakes, but for those who agreed to one and
 * hid it.
 */
export function release(deal: Terms, votes: readonly Vote[]): Settlement {
  const stake = deal.workerStake * (deal.tasks ?? 1n)
  const hid = ({ stands }: Vote) => stands === 'silent' || stands === 'rejected'
  return {
    moves: [
      ...votes.flatMap((vote) =>
        hid(vote) ? [seize(vote.worker, stake), feedKitty(stake)] : [unlock(vote.worker, stake)],
      ),
      ...(deal.contest ? [unlock(deal.contest.challenger, stake)] : []),
    ],
    credited: [],
    punished: votes.filter(hid).map(({ worker }) => worker),
  }
}

/** The end of `tasks` tasks of a deal that nobody ever initialized. */
export function untouched(deal: Deal, tasks: bigint): Settlement {
  const stake = poolStake(deal.workerpool.price) * tasks
  const moves = [
    unlock(deal.sponsor, price(deal) * tasks),
    seize(deal.workerpool.owner, stake),
    feedKitty(stake),
  ]
  return { moves, credited: [], punished: [] }
}

/** Everything but the workerpool price, which remains to be shared out. */
function success(deal: Terms, policy: Policy): Move[] {
  const { tasks = 1n } = deal
  const drawn = fromKitty(deal.workerpool.price * tasks, policy)
  return [
    seize(deal.sponsor, price(deal) * tasks),
    reward(deal.app.owner, deal.app.price * tasks),
    reward(deal.dataset.owner, deal.dataset.price * tasks),
    unlock(deal.workerpool.owner, poolStake(deal.workerpool.price) * tasks),
    seize(KITTY, drawn),
    reward(deal.workerpool.owner, drawn),
  ]
}

/** What a contest takes from what workers share; less than nothing when the challenger pays them. */
function judge({ contest }: Terms, bond: bigint): Readonly<{ taken: bigint; moves: Move[] }> {
  if (!contest) return { taken: 0n, moves: [] }
  const { challenger, isRight } = contest
  if (!isRight) return { taken: -bond, moves: [seize(challenger, bond)] }
  const taken = bond / FINDERS_PART
  return { taken, moves: [unlock(challenger, bond), reward(challenger, taken)] }
}

function forWorkers(pot: bigint, { schedulerRewardRatio }: Deal): bigint {
  return (pot * (100n - schedulerRewardRatio)) / 100n
}

const reward = (account: Address, amount: bigint): Move => ({ account, free: amount, locked: 0n })
const seize = (account: Address, amount: bigint): Move => ({ account, free: 0n, locked: -amount })
const unlock = (account: Address, amount: bigint): Move => ({
  account,
  free: amount,
  locked: -amount,
})
const feedKitty = (amount: bigint): Move => ({ account: KITTY, free: 0n, locked: amount })
const least = (a: bigint, b: bigint) => (a < b ? a : b)
const most = (a: bigint, b: bigint) => (a > b ? a : b)
