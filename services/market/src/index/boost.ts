/**
 * Boost: deals of trust 1 that one worker's word settles. The chain keeps less of them: the rest is
 * in the notice that it gives with the match.
 */
import { type Deal, Scalar, Task } from '@traboule/protocol'
import type { Address, Hex } from 'viem'
import { counted, note, type Step } from './effects.ts'

export type BoostNotice = Readonly<{
  workerpool: Address
  dealId: Hex
  app: Address
  dataset: Address
  category: bigint
  tag: Hex
  params: string
  beneficiary: Address
}>

/** What `viewDealBoost` answers. */
type Shown = Readonly<
  Record<
    'appOwner' | 'datasetOwner' | 'workerpoolOwner' | 'requester' | 'callback' | 'sponsor',
    Address
  > &
    Record<'appPrice' | 'datasetPrice' | 'workerpoolPrice' | 'workerReward', bigint> &
    Record<'botFirst' | 'botSize', number>
>

/** The whole deal. Its workers stake nothing. */
export function boosted(notice: BoostNotice, shown: Shown, startTime: bigint): Deal.Deal {
  const { workerpoolPrice: price, workerReward } = shown
  const { dealId, tag, category, params, beneficiary } = notice
  return {
    dealId,
    app: { pointer: notice.app, owner: shown.appOwner, price: shown.appPrice },
    dataset: { pointer: notice.dataset, owner: shown.datasetOwner, price: shown.datasetPrice },
    workerpool: { pointer: notice.workerpool, owner: shown.workerpoolOwner, price },
    trust: 1n,
    category,
    tag,
    requester: shown.requester,
    beneficiary,
    callback: shown.callback,
    params,
    startTime,
    botFirst: BigInt(shown.botFirst),
    botSize: BigInt(shown.botSize),
    workerStake: 0n,
    schedulerRewardRatio: price === 0n ? 0n : ((price - workerReward) * 100n) / price,
    sponsor: shown.sponsor,
  }
}

type Pushed = Readonly<{ dealId: Hex; index: bigint; results: Hex }>

/** What follows from each event that only these deals have. */
export const boost = {
  async SchedulerNoticeBoost({ workerpool, dealId }: BoostNotice, step: Step) {
    note(step, 'SchedulerNotice', { workerpool, deal: dealId })
  },
  async DealSponsoredBoost({ dealId, sponsor }: { dealId: Hex; sponsor: Address }, step: Step) {
    note(step, 'DealSponsored', { deal: dealId, account: sponsor })
  },
  async ResultPushedBoost({ dealId, index, results }: Pushed, step: Step) {
    const id = Task.id(dealId, index)
    await begin(step, { id, dealId, index, status: 'COMPLETED', results })
    await counted(step, id, 'completed_tasks')
    note(step, 'TaskFinalize', { task: id, deal: dealId, data: results })
  },
}

/** A task that was never initialized was claimed: which one of which deal follows from its id alone. */
export async function claimed(step: Step, id: Hex): Promise<void> {
  const all = await step.unit.find('deals', 'kind', 'boost')
  for (const deal of all.toReversed()) {
    const size = deal.bot_size ?? 0n
    if ((deal.completed_tasks ?? 0n) + (deal.claimed_tasks ?? 0n) === size) continue
    for (let index = 0n; index < size; index++) {
      const dealId = deal.id as Hex // the ids of deals are hashes
      if (Task.id(dealId, index) !== id) continue
      return begin(step, { id, dealId, index, status: 'FAILED', results: null })
    }
  }
}

type Begun = Readonly<{ id: Hex; dealId: Hex; index: bigint; status: string; results: Hex | null }>

async function begin({ unit, log }: Step, { dealId, ...task }: Begun): Promise<void> {
  const deal = await unit.get('deals', dealId)
  const category = await unit.get('categories', String(deal?.category))
  const [start, unitTime] = [deal?.start_time ?? 0n, category?.work_clock_time_ref ?? 0n]
  await unit.put('tasks', {
    ...task,
    deal: dealId,
    requester: deal?.requester ?? Scalar.nullAddress,
    workerpool: deal?.workerpool ?? Scalar.nullAddress,
    consensus: null,
    result_digest: null,
    contribution_deadline: start + unitTime * Task.deadlineRatio.contribution,
    reveal_deadline: null,
    final_deadline: start + unitTime * Task.deadlineRatio.final,
    timestamp: log.blockTimestamp,
    block: log.blockNumber,
  })
}
