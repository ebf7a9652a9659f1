/** Matching: categories, orders on chain, and the deals made of them. */
import { type Order, Scalar } from '@traboule/protocol'
import { type Address, getAddress, type Hex } from 'viem'
import { appear, broadcast, close, fill, note, presign, type Step } from './effects.ts'
import type { Facts } from './facts.ts'

type MatchedArgs = Record<'dealid' | `${'app' | 'dataset' | 'workerpool' | 'request'}Hash`, Hex> & {
  volume: bigint
}

/** What follows from each event about orders and deals. */
export const matching = {
  async CreateCategory(
    args: { catid: bigint; name: string; description: string; workClockTimeRef: bigint },
    { unit, log }: Step,
  ) {
    const { catid, name, description, workClockTimeRef } = args
    await unit.put('categories', {
      id: String(catid),
      name,
      description,
      work_clock_time_ref: workClockTimeRef,
      transaction: log.transactionHash,
      timestamp: log.blockTimestamp,
      block: log.blockNumber,
    })
  },
  async OrdersMatched(args: MatchedArgs, step: Step) {
    const { unit, facts, log } = step
    const deal = facts.deal(args.dealid)
    await unit.put('deals', {
      id: args.dealid,
      app: deal.app.pointer,
      app_owner: deal.app.owner,
      app_price: deal.app.price,
      dataset: deal.dataset.pointer,
      dataset_owner: deal.dataset.owner,
      dataset_price: deal.dataset.price,
      workerpool: deal.workerpool.pointer,
      workerpool_owner: deal.workerpool.owner,
      workerpool_price: deal.workerpool.price,
      requester: deal.requester,
      beneficiary: deal.beneficiary,
      callback: deal.callback,
      app_hash: args.appHash,
      dataset_hash: args.datasetHash,
      workerpool_hash: args.workerpoolHash,
      request_hash: args.requestHash,
      params: deal.params.replaceAll('\0', ''), // PostgreSQL has no text with a zero
      volume: args.volume,
      category: deal.category,
      tag: deal.tag,
      trust: deal.trust,
      start_time: deal.startTime,
      bot_first: deal.botFirst,
      bot_size: deal.botSize,
      worker_stake: deal.workerStake,
      scheduler_reward_ratio: deal.schedulerRewardRatio,
      sponsor: deal.sponsor,
      completed_tasks: 0n,
      claimed_tasks: 0n,
      matched_block: log.blockNumber,
      timestamp: log.blockTimestamp,
      transaction: log.transactionHash,
      kind: facts.isBoost(args.dealid) ? 'boost' : 'classic',
      block: log.blockNumber,
    })
    const { app, dataset, workerpool, requester, beneficiary, callback, sponsor } = deal
    await appear(step, requester, beneficiary, callback, sponsor)
    await appear(step, app.owner, dataset.owner, workerpool.owner)
    for (const kind of ['app', 'dataset', 'workerpool', 'request'] as const)
      if (args[`${kind}Hash`] !== Scalar.nullBytes32)
        await fill(step, kind, args[`${kind}Hash`], { by: args.volume })
    for (const [table, id] of used(deal)) {
      const row = await unit.get(table, id)
      if (!row) continue
      const usage_count = (row.usage_count ?? 0n) + 1n
      const used = { usage_count, last_usage: log.blockTimestamp, block: log.blockNumber }
      await unit.put(table, { ...row, ...used } as never) // the three tables share these columns
    }
    note(step, 'OrdersMatched', { deal: args.dealid, value: args.volume })
  },
  async SchedulerNotice({ workerpool, dealid }: { workerpool: Address; dealid: Hex }, step: Step) {
    note(step, 'SchedulerNotice', { workerpool, deal: dealid })
  },
  async PolicyUpdate(ratios: Readonly<Record<string, bigint>>, step: Step) {
    const id = getAddress(step.log.address)
    const pool = await step.unit.get('workerpools', id)
    if (!pool) return // some contract's own business
    await step.unit.put('workerpools', {
      ...pool,
      worker_stake_ratio: ratios.newWorkerStakeRatioPolicy ?? null,
      scheduler_reward_ratio: ratios.newSchedulerRewardRatioPolicy ?? null,
      block: step.log.blockNumber,
    })
    const data = JSON.stringify(ratios, (_, each) =>
      typeof each === 'bigint' ? String(each) : each,
    )
    note(step, 'PolicyUpdate', { workerpool: id, data })
  },
  async DealSponsored({ dealId, sponsor }: { dealId: Hex; sponsor: Address }, step: Step) {
    note(step, 'DealSponsored', { deal: dealId, account: sponsor })
  },
  async UntouchedRefunded({ dealid, tasks }: { dealid: Hex; tasks: bigint }, step: Step) {
    const deal = await step.unit.get('deals', dealid)
    const claimed_tasks = (deal?.claimed_tasks ?? 0n) + tasks
    if (deal) await step.unit.put('deals', { ...deal, claimed_tasks, block: step.log.blockNumber })
    note(step, 'UntouchedRefunded', { deal: dealid, value: tasks })
  },
  SignedAppOrder: ({ appHash }: { appHash: Hex }, step: Step) => presign(step, 'app', appHash),
  SignedDatasetOrder: ({ datasetHash }: { datasetHash: Hex }, step: Step) =>
    presign(step, 'dataset', datasetHash),
  SignedWorkerpoolOrder: ({ workerpoolHash }: { workerpoolHash: Hex }, step: Step) =>
    presign(step, 'workerpool', workerpoolHash),
  SignedRequestOrder: ({ requestHash }: { requestHash: Hex }, step: Step) =>
    presign(step, 'request', requestHash),
  ClosedAppOrder: ({ appHash }: { appHash: Hex }, step: Step) => close(step, 'app', appHash),
  ClosedDatasetOrder: ({ datasetHash }: { datasetHash: Hex }, step: Step) =>
    close(step, 'dataset', datasetHash),
  ClosedWorkerpoolOrder: ({ workerpoolHash }: { workerpoolHash: Hex }, step: Step) =>
    close(step, 'workerpool', workerpoolHash),
  ClosedRequestOrder: ({ requestHash }: { requestHash: Hex }, step: Step) =>
    close(step, 'request', requestHash),
  BroadcastAppOrder: ({ apporder }: { apporder: Order.Order<'app'> }, step: Step) =>
    broadcast(step, 'app', apporder),
  BroadcastDatasetOrder: ({ datasetorder }: { datasetorder: Order.Order<'dataset'> }, step: Step) =>
    broadcast(step, 'dataset', datasetorder),
  BroadcastWorkerpoolOrder: (
    { workerpoolorder }: { workerpoolorder: Order.Order<'workerpool'> },
    step: Step,
  ) => broadcast(step, 'workerpool', workerpoolorder),
  BroadcastRequestOrder: ({ requestorder }: { requestorder: Order.Order<'request'> }, step: Step) =>
    broadcast(step, 'request', requestorder),
}

function used(deal: ReturnType<Facts['deal']>) {
  const all = [
    ['apps', deal.app.pointer],
    ['datasets', deal.dataset.pointer],
    ['workerpools', deal.workerpool.pointer],
  ] as const
  return all.filter(([, id]) => id !== Scalar.nullAddress)
}
