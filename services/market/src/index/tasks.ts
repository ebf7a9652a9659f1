/** Tasks: what becomes of a task and of those who work on it. */
import { Contribution, Task } from '@traboule/protocol'
import type { Address, Hex } from 'viem'
import { claimed } from './boost.ts'
import { contribution, counted, note, type Step, score, task } from './effects.ts'

/** What follows from each event of a task's life. */
export const tasks = {
  async TaskInitialize({ taskid, workerpool }: { taskid: Hex; workerpool: Address }, step: Step) {
    const { unit, facts, log } = step
    const { dealId, index, timeRef } = facts.task(taskid)
    const deal = await unit.get('deals', dealId)
    const start = deal?.start_time ?? 0n
    await unit.put('tasks', {
      id: taskid,
      status: 'ACTIVE',
      deal: dealId,
      index,
      requester: deal?.requester ?? null,
      workerpool,
      consensus: null,
      result_digest: null,
      results: null,
      contribution_deadline: start + timeRef * Task.deadlineRatio.contribution,
      reveal_deadline: null,
      final_deadline: start + timeRef * Task.deadlineRatio.final,
      timestamp: log.blockTimestamp,
      block: log.blockNumber,
    })
    note(step, 'TaskInitialize', { task: taskid, deal: dealId, workerpool })
  },
  async TaskContribute(
    { taskid, worker, hash }: { taskid: Hex; worker: Address; hash: Hex },
    step: Step,
  ) {
    await step.unit.put('contributions', {
      id: `${taskid}-${worker}`,
      status: 'CONTRIBUTED',
      task: taskid,
      worker,
      hash,
      seal: null,
      timestamp: step.log.blockTimestamp,
      block: step.log.blockNumber,
    })
    note(step, 'TaskContribute', { task: taskid, account: worker, data: hash })
  },
  async TaskConsensus({ taskid, consensus }: { taskid: Hex; consensus: Hex }, step: Step) {
    const { timeRef } = step.facts.task(taskid)
    const reveal_deadline = step.log.blockTimestamp + timeRef * Task.deadlineRatio.reveal
    await task(step, taskid, { status: 'REVEALING', consensus, reveal_deadline })
    note(step, 'TaskConsensus', { task: taskid, data: consensus })
  },
  async TaskReveal(
    { taskid, worker, digest }: { taskid: Hex; worker: Address; digest: Hex },
    step: Step,
  ) {
    await task(step, taskid, { result_digest: digest })
    const seal = Contribution.resultSeal(worker, taskid, digest)
    await contribution(step, `${taskid}-${worker}`, { status: 'PROVED', seal })
    note(step, 'TaskReveal', { task: taskid, account: worker, data: digest })
  },
  async TaskReopen({ taskid }: { taskid: Hex }, step: Step) {
    const before = await step.unit.get('tasks', taskid)
    await task(step, taskid, { status: 'ACTIVE', consensus: null, reveal_deadline: null })
    for (const each of await step.unit.find('contributions', 'task', taskid))
      if (each.hash === before?.consensus) await contribution(step, each.id, { status: 'REJECTED' })
    note(step, 'TaskReopen', { task: taskid })
  },
  async TaskFinalize({ taskid, results }: { taskid: Hex; results: Hex }, step: Step) {
    await task(step, taskid, { status: 'COMPLETED', results })
    await counted(step, taskid, 'completed_tasks')
    note(step, 'TaskFinalize', { task: taskid, data: results })
  },
  async TaskClaimed({ taskid }: { taskid: Hex }, step: Step) {
    if (!(await step.unit.get('tasks', taskid))) await claimed(step, taskid)
    await task(step, taskid, { status: 'FAILED' })
    await counted(step, taskid, 'claimed_tasks')
    note(step, 'TaskClaimed', { task: taskid })
  },
  async AccurateContribution({ worker, taskid }: { worker: Address; taskid: Hex }, step: Step) {
    const earned = (await earnsScore(step, taskid)) ? 1n : 0n
    const value = await score(step, worker, (before) => before + earned)
    note(step, 'AccurateContribution', { task: taskid, account: worker, value })
  },
  async FaultyContribution({ worker, taskid }: { worker: Address; taskid: Hex }, step: Step) {
    const value = await score(step, worker, (before) => (before * 2n) / 3n)
    await contribution(step, `${taskid}-${worker}`, { status: 'REJECTED' })
    note(step, 'FaultyContribution', { task: taskid, account: worker, value })
  },
}

/** nRLC from which a task earns score until the hub's owner says otherwise. */
const SCORE_MIN_PRICE = 1n

/** Agreement on a task below the floor price is cheap to stage: the chain gives no score for it. */
async function earnsScore({ unit }: Step, taskId: Hex): Promise<boolean> {
  const deal = await unit.get('deals', (await unit.get('tasks', taskId))?.deal ?? '')
  const floor = (await unit.get('policies', 'hub'))?.score_min_price ?? SCORE_MIN_PRICE
  return (deal?.workerpool_price ?? 0n) >= floor
}
