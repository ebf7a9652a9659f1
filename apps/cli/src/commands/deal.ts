/** `traboule deal`: bags of tasks that somebody paid for. */
import { Amount, Enclave, Tag } from '@traboule/protocol'
import { deal, explore, type Look, type Network, watch } from '@traboule/sdk'
import type { Command } from 'commander'
import type { Hex } from 'viem'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import { barOf, lineOf, openProgress } from '../progress.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('deal').description('bags of tasks that were paid for')
  noun.command('show <deal>').description('terms, parties and tasks').action(act(show))
  noun
    .command('list')
    .description('deals, newest first')
    .option('--requester <address>', 'only of this requester')
    .option('--app <address>', 'only of this app')
    .option('--dataset <address>', 'only with this dataset')
    .option('--workerpool <address>', 'only on this workerpool')
    .option('--limit <n>', 'how many to show, 10 to 1000', '20')
    .action(act(list))
  noun
    .command('watch <deal>')
    .description('follow a deal until everybody is paid')
    .action(act(follow))
  noun
    .command('claim <deal>')
    .description('take back the money of tasks that were not finished in time')
    .action(act(claim))
}

type Filters = { requester?: string; app?: string; dataset?: string; workerpool?: string }

async function list(session: Session, { limit, ...said }: Filters & { limit: string }) {
  const asked = Object.entries(said).map(async ([name, text]) => [
    name,
    await session.addressOf(text),
  ])
  const page = { pageSize: Parse.count(limit) }
  const filters = { ...page, ...Object.fromEntries(await Promise.all(asked)) }
  const { items, count } = await explore.deals(await session.read(), filters)
  const rows = items.map(({ dealid, app, volume, requester, blockTimestamp }) =>
    [dealid, app.pointer, volume, requester, blockTimestamp].map(String),
  )
  const headings = ['deal', 'app', 'tasks', 'requester', 'made']
  return { json: { deals: items, count }, text: table(headings, rows) }
}

async function show(session: Session, _: object, id: string): Promise<Answer> {
  const network = await session.read()
  const found = await deal.show(network, Parse.bytes32(id))
  const { app, dataset, workerpool, tasks, startTime, finalDeadline } = found
  const none = /^0x0+$/
  const text = facts({
    deal: found.dealId,
    app: `${app.pointer} at ${Amount.format(app.price)}`,
    ...(!none.test(dataset.pointer) && {
      dataset: `${dataset.pointer} at ${Amount.format(dataset.price)}`,
    }),
    workerpool: `${workerpool.pointer} at ${Amount.format(workerpool.price)}`,
    requester: found.requester,
    ...(!none.test(found.callback) && { callback: found.callback }),
    category: found.category,
    trust: found.trust,
    tags: Tag.decode(found.tag).join(', ') || 'none',
    ...(Enclave.required(found.tag) && { enclave: worthOf(network) }),
    params: found.params,
    matched: date(startTime),
    'refunded from': date(finalDeadline),
  })
  const list = tasks.map(({ index, taskId }) => `task ${index}  ${taskId}`)
  return { json: found, text: [...text, ...list] }
}

/** What an enclave is worth on this network, for whoever reads of one. */
export const worthOf = ({ profile }: Network): string =>
  profile.tee ?? 'not attested: ask the pool what it runs'

const date = (seconds: bigint) => new Date(Number(seconds) * 1000).toISOString()

async function follow(session: Session, _: object, id: string): Promise<Answer> {
  const dealId = Parse.bytes32(id)
  const last = await watched(session, [dealId])
  const stories = last?.stories ?? []
  const { accounts } = await session.where()
  const names = new Map(accounts.map(({ address, role }) => [address, role]))
  const text = [barOf(stories), ...stories.map((story) => lineOf(story, (a) => names.get(a) ?? a))]
  return { json: { dealId, tasks: stories, overdue: last?.overdue }, text }
}

/** Watches deals to their end, showing progress to people; gives the last look. */
export async function watched(session: Session, deals: readonly Hex[]): Promise<Look | undefined> {
  const show = await shower(session)
  let last: Look | undefined
  const { signal } = session.at
  for await (const look of watch(await session.read(), deals, { signal })) {
    last = look
    show(look)
  }
  return last
}

/** Shows looks to people; programs see nothing. */
export async function shower(session: Session): Promise<(look: Look) => void> {
  if (session.form !== 'text') return () => undefined
  const { accounts } = await session.where()
  const names = new Map(accounts.map(({ address, role }) => [address, role]))
  const short = (address: string) => `${address.slice(0, 8)}…${address.slice(-4)}`
  return openProgress(session.at, (address) => names.get(address) ?? short(address)).show
}

async function claim(session: Session, _: object, id: string): Promise<Answer> {
  const tasks = await deal.claim(await session.act(), Parse.bytes32(id))
  return { json: { tasks }, text: `Took back the money of ${tasks.length} tasks.` }
}
