/** Work: the graph's tasks and contributions, and what happened to them. */
import { born, id, ofTask } from './events.ts'
import {
  bytes,
  contributionStatus,
  type Entity,
  many,
  maybe,
  onChain,
  one,
  taskStatus,
  whole,
} from './fields.ts'

const worker = one('Account', 't.account')

export const work: Readonly<Record<string, Entity>> = {
  Task: {
    from: 'market.tasks',
    fields: {
      id,
      status: taskStatus("case t.status when 'FAILED' then 'FAILLED' else t.status end"),
      deal: one('Deal', 't.deal'),
      index: whole('t.index'),
      requester: one('Account', 't.requester'),
      contributions: many('Contribution', 'task'),
      consensus: bytes('t.consensus', true),
      resultDigest: bytes('t.result_digest', true),
      results: bytes('t.results', true),
      resultsCallback: onChain('Bytes', 'task'),
      contributionDeadline: whole('t.contribution_deadline'),
      revealDeadline: whole('t.reveal_deadline', true),
      finalDeadline: whole('t.final_deadline'),
      ...born,
      rewards: many('Reward', 'task'),
      seizes: many('Seize', 'task'),
      events: many('TaskEvent', 'task'),
      bulkSlice: maybe('BulkSlice', "t.deal || '-' || t.index"),
    },
  },
  Contribution: {
    from: 'market.contributions',
    fields: {
      id,
      status: contributionStatus('t.status'),
      ...born,
      task: one('Task', 't.task'),
      worker: one('Account', 't.worker'),
      hash: bytes('t.hash'),
      seal: bytes('t.seal', true),
      challenge: onChain('Bytes', 'contribution'),
    },
  },
  TaskInitialize: ofTask('TaskInitialize', { workerpool: one('Workerpool', 't.workerpool') }),
  TaskContribute: ofTask('TaskContribute', { worker, hash: bytes('t.data') }),
  TaskConsensus: {
    ...ofTask('TaskConsensus', { consensus: bytes('t.data') }),
    plural: 'taskConsensuses',
  },
  TaskReveal: ofTask('TaskReveal', { worker, digest: bytes('t.data') }),
  TaskReopen: ofTask('TaskReopen'),
  TaskFinalize: ofTask('TaskFinalize', { results: bytes('t.data') }),
  TaskClaimed: ofTask('TaskClaimed'),
}
