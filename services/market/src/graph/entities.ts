/**
 * Entities of the graph: those of the PoCo subgraph, with its names, so that programs written for it
 * run here. A field is where it comes from; schema, filters and SQL follow from this table.
 */
import { Scalar } from '@traboule/protocol'
import { bulks, bulkUsages } from './bulks.ts'
import { born, emitted, event, id, moved, ofAccount, parties } from './events.ts'
import { bytes, type Entity, many, maybe, onChain, one, rlc, text, whole } from './fields.ts'
import { orders } from './orders.ts'
import { work } from './work.ts'

const NOBODY = `'${Scalar.nullAddress}'`
const used = {
  usageCount: whole('t.usage_count'),
  lastUsageTimestamp: whole('coalesce(t.last_usage, 0)'),
}

const judged = {
  contribution: one('Contribution', "t.task || '-' || t.account"),
  score: whole('t.value'),
}
const policy = (name: string) => whole(`(t.data::jsonb ->> '${name}')::numeric`)

const transferOf = (kind: string, to: string): Entity => ({
  from: 'market.asset_transfers',
  where: `t.kind = '${kind}'`,
  is: 'RessourceTransferEvent',
  fields: { ...emitted, [kind]: one(to, 't.asset'), ...parties },
})

const count = (table: string, where = 'true') =>
  whole(`(select count(*) from market.${table} where ${where})`)

const money: Readonly<Record<string, Entity>> = {
  Protocol: {
    from: "(select 'iExec'::text as id, 0::bigint as block)",
    fields: {
      id,
      categoriesCount: count('categories'),
      appsCount: count('apps'),
      datasetsCount: count('datasets'),
      workerpoolsCount: count('workerpools'),
      dealsCount: count('deals'),
      tasksCount: whole('(select coalesce(sum(bot_size), 0) from market.deals)'),
      completedTasksCount: whole('(select coalesce(sum(completed_tasks), 0) from market.deals)'),
      claimedTasksCount: whole('(select coalesce(sum(claimed_tasks), 0) from market.deals)'),
      tvl: rlc('(select coalesce(sum(balance), 0) from market.accounts)'),
    },
  },
  Transaction: {
    from: `(select transaction as id, min(timestamp) as timestamp, min(block) as block from (
      select transaction, timestamp, block from market.events
      union all select transaction, timestamp, block from market.transfers
      union all select transaction, timestamp, block from market.asset_transfers) as every
      group by transaction)`,
    fields: {
      id,
      from: onChain('ID', 'transaction', 'Account'),
      to: onChain('ID', 'transaction', 'Account'),
      value: onChain('BigInt', 'transaction'),
      gasLimit: onChain('BigInt', 'transaction'),
      gasUsed: onChain('BigInt', 'transaction'),
      gasPrice: onChain('BigInt', 'transaction'),
      ...born,
      blockNumber: whole('t.block'),
      accountEvents: many('AccountEvent', 'transaction'),
      taskEvents: many('TaskEvent', 'transaction'),
      workerpoolEvents: many('WorkerpoolEvent', 'transaction'),
      dealEvents: many('DealEvent', 'transaction'),
      ressourceTransferEvent: many('RessourceTransferEvent', 'transaction'),
    },
  },
  Account: {
    from: 'market.accounts',
    fields: {
      id,
      balance: rlc('t.balance'),
      frozen: rlc('t.frozen'),
      score: whole('t.score'),
      transfersFrom: many('Transfer', 'from'),
      transfersTo: many('Transfer', 'to'),
      events: many('AccountEvent', 'account'),
      contributions: many('Contribution', 'worker'),
      apps: many('App', 'owner'),
      datasets: many('Dataset', 'owner'),
      workerpools: many('Workerpool', 'owner'),
      dealRequester: many('Deal', 'requester'),
      dealBeneficiary: many('Deal', 'beneficiary'),
      dealCallback: many('Deal', 'callback'),
      taskRequester: many('Task', 'requester'),
      orderRequester: many('RequestOrder', 'requester'),
      orderBeneficiary: many('RequestOrder', 'beneficiary'),
      orderCallback: many('RequestOrder', 'callback'),
    },
  },
  Transfer: { from: 'market.transfers', fields: { ...emitted, ...parties, value: rlc('t.value') } },
  Reward: ofAccount('Reward', { ...moved, task: maybe('Task', 't.task') }),
  Seize: ofAccount('Seize', { ...moved, task: maybe('Task', 't.task') }),
  Lock: ofAccount('Lock', moved),
  Unlock: ofAccount('Unlock', moved),
  AccurateContribution: ofAccount('AccurateContribution', judged),
  FaultyContribution: ofAccount('FaultyContribution', judged),
}

const assets: Readonly<Record<string, Entity>> = {
  App: {
    from: 'market.apps',
    fields: {
      id,
      owner: one('Account', 't.owner'),
      name: text('t.name'),
      type: text('t.type'),
      multiaddr: bytes('t.multiaddr'),
      checksum: bytes('t.checksum'),
      mrenclave: bytes('t.mrenclave'),
      ...born,
      ...used,
      usages: many('Deal', 'app'),
      orders: many('AppOrder', 'app'),
      transfers: many('AppTransfer', 'app'),
    },
  },
  Dataset: {
    from: 'market.datasets',
    fields: {
      id,
      owner: one('Account', 't.owner'),
      name: text('t.name'),
      multiaddr: bytes('t.multiaddr'),
      checksum: bytes('t.checksum'),
      ...born,
      ...used,
      usages: many('Deal', 'dataset'),
      bulkUsages,
      orders: many('DatasetOrder', 'dataset'),
      transfers: many('DatasetTransfer', 'dataset'),
    },
  },
  Workerpool: {
    from: 'market.workerpools',
    fields: {
      id,
      owner: one('Account', 't.owner'),
      description: text('t.description'),
      workerStakeRatio: whole('t.worker_stake_ratio'),
      schedulerRewardRatio: whole('t.scheduler_reward_ratio'),
      ...born,
      ...used,
      usages: many('Deal', 'workerpool'),
      orders: many('WorkerpoolOrder', 'workerpool'),
      events: many('WorkerpoolEvent', 'workerpool'),
      transfers: many('WorkerpoolTransfer', 'workerpool'),
    },
  },
  AppTransfer: transferOf('app', 'App'),
  DatasetTransfer: transferOf('dataset', 'Dataset'),
  WorkerpoolTransfer: transferOf('workerpool', 'Workerpool'),
  SchedulerNotice: event('WorkerpoolEvent', 'SchedulerNotice', {
    workerpool: one('Workerpool', 't.workerpool'),
    deal: one('Deal', 't.deal'),
  }),
  PolicyUpdate: event('WorkerpoolEvent', 'PolicyUpdate', {
    workerpool: one('Workerpool', 't.workerpool'),
    oldWorkerStakeRatio: policy('oldWorkerStakeRatioPolicy'),
    newWorkerStakeRatio: policy('newWorkerStakeRatioPolicy'),
    oldSchedulerRewardRatio: policy('oldSchedulerRewardRatioPolicy'),
    newSchedulerRewardRatio: policy('newSchedulerRewardRatioPolicy'),
  }),
}

const deals: Readonly<Record<string, Entity>> = {
  Category: {
    from: 'market.categories',
    plural: 'categories',
    fields: {
      id,
      name: text('t.name'),
      description: text('t.description'),
      workClockTimeRef: whole('t.work_clock_time_ref'),
      ...born,
      deals: many('Deal', 'category'),
    },
  },
  Deal: {
    from: 'market.deals',
    fields: {
      id,
      tasks: many('Task', 'deal'),
      app: one('App', 't.app'),
      appOwner: one('Account', 't.app_owner'),
      appPrice: rlc('t.app_price'),
      dataset: maybe('Dataset', `nullif(t.dataset, ${NOBODY})`),
      datasetOwner: one('Account', 't.dataset_owner'),
      datasetPrice: rlc('t.dataset_price'),
      workerpool: one('Workerpool', 't.workerpool'),
      workerpoolOwner: one('Account', 't.workerpool_owner'),
      workerpoolPrice: rlc('t.workerpool_price'),
      trust: whole('t.trust'),
      category: one('Category', 't.category::text'),
      tag: bytes('t.tag'),
      requester: one('Account', 't.requester'),
      beneficiary: one('Account', 't.beneficiary'),
      callback: one('Account', 't.callback'),
      params: text('t.params'),
      startTime: whole('t.start_time'),
      botFirst: whole('t.bot_first'),
      botSize: whole('t.bot_size'),
      completedTasksCount: whole('t.completed_tasks'),
      claimedTasksCount: whole('t.claimed_tasks'),
      workerStake: whole('t.worker_stake'),
      schedulerRewardRatio: whole('t.scheduler_reward_ratio'),
      sponsor: one('Account', 't.sponsor'),
      ...born,
      apporder: maybe('AppOrder', 't.app_hash'),
      datasetorder: maybe('DatasetOrder', 't.dataset_hash'),
      workerpoolorder: maybe('WorkerpoolOrder', 't.workerpool_hash'),
      requestorder: maybe('RequestOrder', 't.request_hash'),
      events: many('DealEvent', 'deal'),
      bulk: maybe('Bulk', '(select deal from market.bulks where deal = t.id and index = -1)'),
    },
  },
  OrdersMatched: event('DealEvent', 'OrdersMatched', { deal: one('Deal', 't.deal') }),
}

/** Every entity by the name of its type. */
export const entities: Readonly<Record<string, Entity>> = {
  ...money,
  ...assets,
  ...orders,
  ...deals,
  ...work,
  ...bulks,
}

/** The table that an interface's entities share, and which entity each of its rows is. */
export const interfaces: Readonly<Record<string, Entity & Readonly<{ kindOf: string }>>> = {
  AccountEvent: shared('market.events', { account: one('Account', 't.account') }),
  TaskEvent: shared('market.events', { task: one('Task', 't.task') }),
  WorkerpoolEvent: shared('market.events', { workerpool: one('Workerpool', 't.workerpool') }),
  DealEvent: shared('market.events', { deal: one('Deal', 't.deal') }),
  RessourceTransferEvent: {
    from: 'market.asset_transfers',
    fields: { ...emitted, ...parties },
    kindOf: "initcap(t.kind) || 'Transfer'",
  },
}

function shared(from: string, fields: Entity['fields']) {
  return { from, fields: { ...emitted, ...fields }, kindOf: 't.name' }
}
