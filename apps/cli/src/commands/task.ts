/** `traboule task`: one execution. */
import { resolve } from 'node:path'
import { result, task } from '@traboule/sdk'
import type { Command } from 'commander'
import { readBytes } from '../files.ts'
import { save } from '../outputs.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'
import { watched, worthOf } from './deal.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('task').description('single executions')
  noun.command('show <task>').description('status and contributions').action(act(show))
  noun
    .command('explain <task>')
    .description('what can be done with a task now, and why not the rest')
    .option('--index <number>', 'of a task not yet initialized: its index; <task> is its deal')
    .action(act(explain))
  noun
    .command('receipt <task>')
    .description('how surely its result is right, and what that rests on')
    .action(act(receipt))
  noun
    .command('watch <task>')
    .description('follow the task’s deal until it is settled')
    .action(act(follow))
  noun
    .command('result <task>')
    .description('download the result and check it against the chain')
    .option('--out <folder>', 'where to put its files (default: results/<task>)')
    .option('--key <file>', 'private key in PEM, for a result that is encrypted for you')
    .action(act(download))
  noun
    .command('contest <task>')
    .description('doubt a revealed result, against a bond: other workers vote on it')
    .action(act(contest))
  noun
    .command('claim <task>')
    .description('take back the money of a task that was not finished in time')
    .action(act(claim))
}

async function show(session: Session, _: object, id: string): Promise<Answer> {
  const network = await session.read()
  const found = await task.show(network, Parse.bytes32(id))
  const { taskId, dealId, index, status, consensusValue, resultDigest, contributions } = found
  const enclosed = contributions.some(({ enclaveChallenge }) => !/^0x0+$/.test(enclaveChallenge))
  const agreed = /[1-9a-f]/.test(consensusValue.slice(2))
  const text = facts({
    ...{ task: taskId, deal: dealId, index, status },
    ...(enclosed && { enclave: worthOf(network) }),
    ...(agreed && { consensus: consensusValue }),
    ...(status === 'completed' && { digest: resultDigest }),
  })
  const rows = await Promise.all(
    contributions.map(async ({ worker, status: state, resultHash }) => {
      return [await session.nameOf(worker), state, resultHash]
    }),
  )
  const votes = rows.length > 0 ? ['', ...table(['worker', 'status', 'result'], rows)] : []
  return { json: found, text: [...text, ...votes] }
}

async function explain(
  session: Session,
  { index }: { index?: string },
  id: string,
): Promise<Answer> {
  const known = Parse.bytes32(id)
  const place = index === undefined ? known : { dealId: known, index: Parse.whole(index) }
  const steps = await task.explain(await session.read(), place)
  const rows = await Promise.all(
    steps.map(async ({ name, by, possible, why }) => {
      return [name, by ? await session.nameOf(by) : 'anybody', possible ? 'yes' : 'no', why]
    }),
  )
  return { json: steps, text: table(['step', 'by', 'now', 'why'], rows) }
}

async function receipt(session: Session, _: object, id: string): Promise<Answer> {
  const found = await task.receipt(await session.read(), Parse.bytes32(id))
  const { asked, credibility, decided, replicas, agreeing, checked } = found
  const text = facts({
    ...{ asked: percent(asked), reached: percent(credibility) },
    votes: `${agreeing} of ${replicas} agree${decided ? '' : '; more may come'}`,
    check: checked ? 'yes: one worker more than needed' : 'no',
  })
  const rows = await Promise.all(
    found.voters.map(async ({ worker, agrees, checks, credibility: own, ticket }) => {
      const said = agrees ? 'agrees' : 'dissents'
      return [await session.nameOf(worker), said, `${checks}`, percent(own), ticket.toFixed(3)]
    }),
  )
  const head = ['worker', 'vote', 'checks', 'alone', 'draw']
  return { json: found, text: [...text, ...(rows.length > 0 ? ['', ...table(head, rows)] : [])] }
}

/** Enough digits to tell 99.99 % from certainty. */
const percent = (share: number) => `${Number((100 * share).toFixed(4))} %`

async function follow(session: Session, _: object, id: string): Promise<Answer> {
  const taskId = Parse.bytes32(id)
  const { dealId } = await task.show(await session.read(), taskId)
  const last = await watched(session, [dealId])
  const story = last?.stories.find((each) => each.taskId === taskId)
  return { json: { dealId, ...story }, text: `Task ${story?.index} is ${story?.stage}.` }
}

type Downloading = { out?: string; key?: string }

async function download(session: Session, options: Downloading, id: string): Promise<Answer> {
  const taskId = Parse.bytes32(id)
  const { out, key } = options
  const pem = key === undefined ? undefined : await readBytes(resolve(session.at.cwd, key))
  const keys = pem ? { privateKey: Buffer.from(pem).toString() } : {}
  const found = await result.download(await session.read(), taskId, keys)
  const { digest, cid, callbackData } = found
  const folder = resolve(session.at.cwd, out ?? `results/${taskId.slice(0, 10)}`)
  const files = await save(session.at, folder, [found])
  const text = facts({
    ...{ digest: `${digest} (the one on chain)`, cid },
    ...(callbackData !== '0x' && { 'callback data': callbackData }),
  })
  return { json: { taskId, digest, cid, callbackData, files }, text: [...text, ...files] }
}

async function contest(session: Session, _: object, id: string): Promise<Answer> {
  const taskId = Parse.bytes32(id)
  const { transactionHash } = await task.contest(await session.act(), taskId)
  return { json: { taskId, transactionHash }, text: `Contested the result of ${taskId}.` }
}

async function claim(session: Session, _: object, id: string): Promise<Answer> {
  const taskId = Parse.bytes32(id)
  const { transactionHash } = await task.claim(await session.act(), taskId)
  return { json: { taskId, transactionHash }, text: `Took back the money of ${taskId}.` }
}
