/** `traboule workerpool`: selling computation. */
import { workerpool } from '@traboule/sdk'
import type { Command } from 'commander'
import { addPublish } from '../offers.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('workerpool').description('pools of workers')
  noun
    .command('deploy <description>')
    .description('register a workerpool of yours')
    .action(act(deploy))
  addPublish(noun, act, 'workerpool')
  noun.command('show <workerpool>').description('a pool’s owner and policy').action(act(show))
  noun
    .command('list [owner]')
    .description('the workerpools of an owner (default: yours)')
    .action(act(list))
  noun
    .command('policy <workerpool>')
    .description('change what workers stake and the scheduler keeps, for deals to come')
    .option('--stake <percent>', 'of a task’s price, that each worker stakes', Parse.percent)
    .option('--keep <percent>', 'of a task’s price, that the scheduler keeps', Parse.percent)
    .action(act(policy))
  noun
    .command('transfer <workerpool> <to>')
    .description('give a workerpool to somebody')
    .action(act(transfer))
}

async function deploy(session: Session, _: object, description: string): Promise<Answer> {
  const network = await session.act()
  return described(
    await workerpool.show(network, await workerpool.deploy(network, { description })),
  )
}

async function show(session: Session, _: object, named: string): Promise<Answer> {
  const address = await session.addressOf(named)
  return described(await workerpool.show(await session.read(), address))
}

function described(found: workerpool.Workerpool): Answer {
  const { workerStakeRatio, schedulerRewardRatio, ...rest } = found
  const text = facts({
    ...rest,
    'workers stake': `${workerStakeRatio} % of a task’s price`,
    'scheduler keeps': `${schedulerRewardRatio} % of a task’s price`,
  })
  return { json: found, text }
}

async function list(session: Session, _: object, given?: string): Promise<Answer> {
  const owner = await session.addressOf(given)
  const workerpools = await workerpool.list(await session.read(), owner)
  const rows = workerpools.map(({ address, description }) => [address, description])
  return { json: { owner, workerpools }, text: table(['workerpool', 'description'], rows) }
}

type Policy = { stake?: bigint; keep?: bigint }

async function policy(session: Session, { stake, keep }: Policy, named: string): Promise<Answer> {
  const address = await session.addressOf(named)
  const network = await session.act()
  const { workerStakeRatio, schedulerRewardRatio } = await workerpool.show(network, address)
  await workerpool.changePolicy(network, address, {
    workerStakeRatio: stake ?? workerStakeRatio,
    schedulerRewardRatio: keep ?? schedulerRewardRatio,
  })
  return described(await workerpool.show(network, address))
}

async function transfer(session: Session, _: object, named: string, to: string): Promise<Answer> {
  const [entry, receiver] = [await session.addressOf(named), await session.addressOf(to)]
  const network = await session.act()
  await workerpool.transfer(network, { workerpool: entry, to: receiver })
  return described(await workerpool.show(network, entry))
}
