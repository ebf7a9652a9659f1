/** Pool: workers of a test network, who compute with the test's own functions. */
import { Archive, Cid, Deal, Params, Result, Task } from '@traboule/protocol'
import { type Address, type Hex, keccak256 } from 'viem'
import type { Chain } from './chain.ts'
import * as Hub from './hub.ts'
import { bytesOf, type Shelves } from './services.ts'
import type { TaskRow } from './state.ts'

/** What a program is given, and what it answers: files, or the text of `result.txt`. */
export type Work = Readonly<{
  taskId: Hex
  index: number
  args: readonly string[]
  /** In the order of the request. */
  inputs: readonly Uint8Array[]
}>
export type Program = (work: Work) => string | Result.Files

export type Worker = {
  readonly name: string
  readonly address: Address
  does: 'work' | 'lie' | 'nothing'
}

/** Seconds after which a silent worker's task is given to another. */
const PATIENCE = 30n

export type Pool = Readonly<{
  workers: readonly Worker[]
  /** Does the next step of every open task; says whether there was one. */
  step(): Promise<boolean>
}>

type Options = Readonly<{
  chain: Chain
  shelves: Shelves
  owner: Address
  workers: readonly Worker[]
  /** The program of an app, by its address. */
  programOf(app: Address): Program | undefined
}>

/** A pool at work; `asked` says who was asked for a vote on a task, and when. */
type Desk = Options & Readonly<{ asked: Map<Hex, Map<Worker, bigint>> }>

export function openPool(options: Options): Pool {
  const { chain, owner, workers } = options
  const desk: Desk = { ...options, asked: new Map() }
  return {
    workers,
    async step() {
      const before = chain.height()
      for (const deal of chain.state.deals.values())
        if (chain.state.entries.get(deal.workerpool.pointer)?.owner === owner)
          for (const index of Deal.indexes(deal)) await advance(desk, deal, index)
      return chain.height() > before
    },
  }
}

/** The next step of a task; none for an app that is not the test's. */
async function advance(desk: Desk, deal: Deal.Deal, index: bigint): Promise<void> {
  const { chain, owner, programOf } = desk
  const program = programOf(deal.app.pointer)
  if (!program) return
  const task = chain.state.tasks.get(Task.id(deal.dealId, index))
  if (!task) await chain.act(owner, (context) => Hub.initialize(context, deal.dealId, index))
  else if (task.status === 'active') await vote(desk, { deal, task, program })
  else if (task.status === 'revealing') await open(desk, { deal, task, program })
}

type Open = Readonly<{ deal: Deal.Deal; task: TaskRow; program: Program }>

async function vote(desk: Desk, { deal, task, program }: Open): Promise<void> {
  const { chain, shelves } = desk
  if (chain.state.now >= task.contributionDeadline) return
  const worker = nextWorker(desk, task)
  if (worker === undefined || worker.does === 'nothing') return
  const digest = digestBy(worker, outputOf(program, deal, task, shelves), deal)
  await chain.act(worker.address, (context) => Hub.contribute(context, task.taskId, digest))
}

/** The next who has not voted; one who was asked is waited for a while. */
function nextWorker({ chain, workers, asked }: Desk, task: Task.Task): Worker | undefined {
  const { now } = chain.state
  const mine = asked.get(task.taskId) ?? new Map<Worker, bigint>()
  asked.set(task.taskId, mine)
  const silent = (worker: Worker) => !task.contributors.includes(worker.address)
  const waitedFor = [...mine].find(([worker, since]) => silent(worker) && now < since + PATIENCE)
  if (waitedFor) return waitedFor[0]
  const fresh = workers.find((worker) => !mine.has(worker))
  if (fresh) mine.set(fresh, now)
  return fresh
}

async function open(desk: Desk, { deal, task, program }: Open): Promise<void> {
  const { chain, workers, shelves } = desk
  const { taskId, consensusValue, revealCounter, winnerCounter, revealDeadline } = task
  const output = outputOf(program, deal, task, shelves)
  const winner = workers.find(
    ({ address, does }) =>
      does !== 'nothing' &&
      task.votes.some(
        ({ worker, resultHash, status }) =>
          worker === address && resultHash === consensusValue && status === 'contributed',
      ),
  )
  if (winner) {
    const digest = digestBy(winner, output, deal)
    await chain.act(winner.address, (context) => Hub.reveal(context, taskId, digest))
  } else if (revealCounter === winnerCounter || chain.state.now >= revealDeadline)
    await finish(desk, { deal, task, program })
}

async function finish(desk: Desk, { deal, task, program }: Open): Promise<void> {
  const { chain, owner, shelves } = desk
  const { taskId } = task
  if (task.revealCounter === 0n) return chain.act(owner, (context) => Hub.reopen(context, taskId))
  const output = outputOf(program, deal, task, shelves)
  const callback = Result.callbackDataOf(output, deal)
  const zip = Archive.zip(output)
  const cid = Cid.of(zip)
  shelves.objects.set(cid, zip)
  const link = callback === '0x' ? Result.link(cid) : Result.callbackLink(deal.callback)
  await chain.act(owner, (context) => Hub.finalize(context, taskId, link, callback))
}

/** Liars agree with nobody, each other included. */
function digestBy({ does, address }: Worker, output: Result.Files, deal: Deal.Deal): Hex {
  return does === 'lie' ? keccak256(address) : Result.digestOf(output, deal)
}

function outputOf(
  program: Program,
  deal: Deal.Deal,
  task: Task.Task,
  shelves: Shelves,
): Result.Files {
  const { iexec_args: line = '', iexec_input_files: files = [] } = Params.parse(deal.params)
  const inputs = files.map((location) => inputAt(location, shelves))
  const args = Params.splitArgs(line)
  const answer = program({ taskId: task.taskId, index: Number(task.index), args, inputs })
  if (typeof answer !== 'string') return answer
  const computed = { 'deterministic-output-path': '/iexec_out/result.txt' }
  return new Map([
    ['result.txt', bytesOf(answer)],
    ['computed.json', bytesOf(JSON.stringify(computed))],
  ])
}

function inputAt(location: string, { objects }: Shelves): Uint8Array {
  const cid = location.split('/').at(-1) ?? ''
  return objects.get(cid) ?? new Uint8Array()
}
