/** `traboule market` and `traboule find`: the market as a whole, and what is behind a name or an id. */
import { Amount, AppError } from '@traboule/protocol'
import { explore } from '@traboule/sdk'
import type { Command } from 'commander'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('market').description('the market as a whole')
  noun.command('show').description('how much there is of everything').action(act(show))
  noun
    .command('events')
    .description('what happened on the hub, newest first')
    .option('--deal <id>', 'only of this deal and its tasks', Parse.bytes32)
    .option('--task <id>', 'only of this task', Parse.bytes32)
    .option('--account <address>', 'only about this account')
    .option('--workerpool <address>', 'only of this workerpool')
    .option('--names <names>', 'only events so called, such as TaskFinalize,TaskClaimed')
    .option('--limit <n>', 'how many to show, 10 to 1000', '20')
    .action(act(events))
  noun
    .command('prices <category>')
    .description('what workerpools were paid for a task of a category, oldest first')
    .action(act(prices))
  program
    .command('find <text>')
    .description('what an address, an id, a hash or a name is of')
    .action(act(find))
}

async function show(session: Session): Promise<Answer> {
  const found = await explore.figures(await session.read())
  const { tasks, orders, escrow, locked, ...rest } = found
  const counts = (of: object) =>
    Object.entries(of)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ')
  const text = facts({
    ...rest,
    ...{ tasks: counts(tasks), orders: counts(orders) },
    ...{ escrow: Amount.format(escrow), locked: Amount.format(locked) },
  })
  return { json: found, text }
}

type Asked = {
  deal?: `0x${string}`
  task?: `0x${string}`
  account?: string
  workerpool?: string
  names?: string
  limit: string
}

async function events(session: Session, { account, workerpool, limit, ...said }: Asked) {
  const { items, next } = await explore.events(await session.read(), {
    ...said,
    ...(account !== undefined && { account: await session.addressOf(account) }),
    ...(workerpool !== undefined && { workerpool: await session.addressOf(workerpool) }),
    pageSize: Parse.count(limit),
  })
  const rows = items.map(({ blockTimestamp, name, account: who, task, deal, transactionHash }) => [
    ...[blockTimestamp, name, who ?? '', task ?? deal ?? '', transactionHash],
  ])
  const headings = ['time', 'event', 'account', 'task or deal', 'transaction']
  return { json: { events: items, next }, text: table(headings, rows) }
}

async function prices(session: Session, _: object, id: string): Promise<Answer> {
  const category = Parse.whole(id)
  const { deals, candles } = await explore.prices(await session.read(), { category })
  const rows = deals.map(({ time, price, volume }) =>
    [new Date(time).toISOString(), Amount.format(price), volume].map(String),
  )
  return { json: { deals, candles }, text: table(['time', 'price', 'tasks'], rows) }
}

async function find(session: Session, _: object, text: string): Promise<Answer> {
  const network = await session.read()
  if (/^0x/i.test(text) || text.includes('.')) {
    const found = await explore.locate(network, text)
    return { json: { found: [found] }, text: table(['what', 'id'], [[found.kind, found.id]]) }
  }
  const found = await explore.named(network, text)
  if (found.length === 0) {
    const sentence = `No app, dataset or workerpool is called ${text}.`
    throw new AppError('id/unknown', sentence, { text })
  }
  const rows = found.map(({ kind, id, name }) => [kind, id, name])
  return { json: { found }, text: table(['what', 'id', 'name'], rows) }
}
