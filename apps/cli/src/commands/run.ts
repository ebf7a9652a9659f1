/** `traboule run`: from a program to its verified results. */
import { resolve } from 'node:path'
import { Amount, AppError, Tag } from '@traboule/protocol'
import {
  buy,
  finish,
  type Job,
  type Matched,
  type Network,
  type Quote,
  quote,
  type result,
  type Wish,
} from '@traboule/sdk'
import type { Command } from 'commander'
import type { Hex } from 'viem'
import { somebodyThere, yes } from '../ask.ts'
import { readBytes } from '../files.ts'
import { save } from '../outputs.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, remark } from '../print.ts'
import type { Act } from '../program.ts'
import { findProgram } from '../programs.ts'
import type { Session } from '../session.ts'
import { shower } from './deal.ts'

export function add(program: Command, act: Act): void {
  const wish = (command: Command) =>
    command
      .option('--bag <n>', 'how many tasks', Parse.count, 1)
      .option('--trust <n>', 'a wrong result must be less likely than 1 in this', Parse.whole)
      .option('--confidence <p>', 'the same as a probability: 0.99 or 99%', Parse.probability)
      .option('--category <id>', 'how long tasks may take (default: 0)', Parse.whole)
      .option('--tag <tag>', 'what workers need, such as gpu; may be repeated', Parse.several)
      .option('--dataset <address>', 'data to compute on')
      .option('--workerpool <address>', 'only this workerpool')
      .option('--max-price <amount>', 'the most that one task may cost', Parse.amount)
      .option('--deadline <when>', 'when all must be paid: 30m, 2h or a date', (text) =>
        Parse.moment(text, Date.now()),
      )
  wish(program.command('run <app>'))
    .description(
      'run an app: an address, a devnet app’s name, a .wasm file or a folder that builds',
    )
    .option('--args <line>', 'arguments, split as a shell would')
    .option('--input <path>', 'an input file, or /ipfs/<cid>; may be repeated', Parse.several)
    .option('--callback <address>', 'a contract that receives the result')
    .option('--encrypt-result', 'only you may read the result: see `secret push --result-key`')
    .option('--key <file>', 'private key in PEM, to open an encrypted result with')
    .option('--watch', 'follow it to the end and download the results')
    .option('--out <folder>', 'where to put the results (default: results/<deal>); implies --watch')
    .action(act(run))
  wish(program.command('quote <app>'))
    .description('what a run would cost at worst, and who would do it')
    .action(act(price))
}

type Wished = {
  bag: number
  trust?: bigint
  confidence?: number
  category?: bigint
  tag?: string[]
  dataset?: string
  workerpool?: string
  maxPrice?: bigint
  deadline?: bigint
}
type Options = Wished & {
  args?: string
  input?: string[]
  callback?: string
  encryptResult?: boolean
  key?: string
  watch?: boolean
  out?: string
}

async function run(session: Session, options: Options, named: string): Promise<Answer> {
  const inputs = await inputsOf(session, options.input)
  const network = await session.act()
  const wish = await wishOf(session, options, named)
  const { args, callback, encryptResult } = options
  const said = {
    ...(args !== undefined && { args }),
    ...(callback && { callback: await session.addressOf(callback) }),
    ...(encryptResult && { encryptResult }),
  }
  const costs = await quote(network, wish)
  await accept(session, costs)
  const deals = await buy(network, costs, { ...wish, ...said, inputs })
  const ids = deals.map(({ dealId }) => dealId)
  for (const id of ids) remark(session.at, session.form, `deal ${id}`)
  if (!options.watch && options.out === undefined) {
    const next = ids.map((id) => `traboule deal watch ${id}`)
    return { json: { deals, cost: costs.total }, text: ['Bought. Follow it with:', ...next] }
  }
  return outcome(session, options, { network, deals, cost: costs.total })
}

type Bought = Readonly<{ network: Network; deals: readonly Matched[]; cost: bigint }>

/** Follows the deals to their end and keeps what they answered. */
async function outcome(session: Session, options: Options, bought: Bought): Promise<Answer> {
  const { network, deals, cost } = bought
  const { signal, cwd } = session.at
  const look = await shower(session)
  const { results, refunded } = await finish(network, deals, {
    look,
    signal,
    ...(options.deadline !== undefined && { deadline: options.deadline }),
    ...(await keyOf(session, options)),
  })
  const folder = resolve(cwd, options.out ?? `results/${deals[0]?.dealId.slice(0, 10)}`)
  const files = await save(session.at, folder, results)
  if (refunded.length > 0) throw unfinished(refunded, results.length)
  const answers = results.flatMap(({ index, callbackData }) =>
    callbackData === '0x' ? [] : [`task ${index} answered ${callbackData}`],
  )
  const verified =
    results.length === 1
      ? 'The result, the one that its workers agreed on:'
      : `${results.length} results, each the one that its workers agreed on:`
  const json = { deals, cost, files, results: results.map(brief) }
  return { json, text: [verified, ...answers, ...files] }
}

async function keyOf({ at }: Session, { key }: Options): Promise<{ privateKey?: string }> {
  if (key === undefined) return {}
  return { privateKey: Buffer.from(await readBytes(resolve(at.cwd, key))).toString() }
}

type Inputs = NonNullable<Job['inputs']>

const brief = ({ files: _, ...rest }: result.Verified) => rest

async function price(session: Session, options: Wished, named: string): Promise<Answer> {
  const network = await session.act()
  const wish = await wishOf(session, options, named)
  const costs = await quote(network, wish)
  return { json: costs, text: lines(costs) }
}

async function wishOf(session: Session, wished: Wished, named: string): Promise<Wish> {
  const { bag: tasks, trust, confidence, category, tag, maxPrice, deadline } = wished
  const [dataset, workerpool] = await Promise.all(
    [wished.dataset, wished.workerpool].map((each) => each && session.addressOf(each)),
  )
  return {
    app: await appOf(session, named),
    tasks,
    ...(category !== undefined && { category }),
    ...(trust !== undefined && { trust }),
    ...(confidence !== undefined && { confidence }),
    ...(tag && { tags: tag }),
    ...(dataset && { dataset }),
    ...(workerpool && { workerpool }),
    ...(maxPrice !== undefined && { maxPrice }),
    ...(deadline !== undefined && { deadline }),
  }
}

/** An address, an app of the devnet by name, or a module that buying deploys first. */
async function appOf(session: Session, named: string): Promise<Job['app']> {
  const { apps } = await session.where()
  const known = apps[named]?.address
  if (known) return known
  if (/^0x[0-9a-f]*$/i.test(named) || named.endsWith('.eth')) return session.addressOf(named)
  return findProgram(session.at, named)
}

async function inputsOf({ at }: Session, paths: readonly string[] = []): Promise<Inputs> {
  const located = /^(\/ipfs\/|ipfs:\/\/|https?:\/\/)/
  return Promise.all(
    paths.map((path) => (located.test(path) ? path : readBytes(resolve(at.cwd, path)))),
  )
}

/** Says what it may cost, and asks whoever is there; on a devnet the money is not real. */
async function accept(session: Session, costs: Quote): Promise<void> {
  const { at, form, options } = session
  for (const line of lines(costs)) remark(at, form, line)
  const { accounts } = await session.where()
  if (options.yes || accounts.length > 0) return
  if (!somebodyThere(at))
    throw new AppError('request/declined', 'Nobody is there to accept the cost: give --yes.')
  if (await yes(at, 'Sign and pay?')) return
  throw new AppError('request/declined', 'The cost was not accepted; nothing was sent.')
}

function lines(costs: Quote) {
  const { perTask, total, tasks, missing, trust, category, tag, workerpools } = costs
  const tags = Tag.decode(tag)
  return facts({
    app: costs.app.app,
    'worst case': `${Amount.format(total)} for ${tasks} ${tasks === 1n ? 'task' : 'tasks'}`,
    'of it app': Amount.format(perTask.app * tasks),
    ...(perTask.dataset > 0n && { 'of it dataset': Amount.format(perTask.dataset * tasks) }),
    'of it workers': Amount.format(perTask.workerpool * tasks),
    ...(missing > 0n && { 'to deposit': Amount.format(missing) }),
    trust: `${trust}: a wrong result is less likely than 1 in ${trust}`,
    category,
    ...(tags.length > 0 && { tags: tags.join(', ') }),
    workerpool: workerpools.map(({ order }) => order.workerpool).join(', '),
  })
}

function unfinished(refunded: readonly Hex[], finished: number): AppError {
  const sentence = `${refunded.length} of ${refunded.length + finished} tasks were not finished in time.`
  return new AppError('task/failed', sentence, { refunded })
}
