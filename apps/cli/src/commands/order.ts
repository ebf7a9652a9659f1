/** `traboule order`: offers and requests in the market's book. */
import { resolve } from 'node:path'
import { Amount, AppError, Order, Tag } from '@traboule/protocol'
import { explain, match, type Network, type Orders, order } from '@traboule/sdk'
import type { Command } from 'commander'
import { readJson } from '../files.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('order').description('offers in the market’s book')
  noun
    .command('publish <kind> [subject]')
    .description(
      'sign and publish an order: app, dataset or workerpool <address>, or request <app>',
    )
    .option('--price <amount>', 'price of one task (request: the most for the workerpool)')
    .option('--volume <tasks>', 'how many tasks it is good for')
    .option('--category <id>', 'how long tasks may take (workerpool, request)')
    .option('--trust <trust>', 'how sure results must be (workerpool, request)')
    .option('--tag <tag>', 'what is needed or offered, such as gpu; may be repeated', Parse.several)
    .option('--file <path>', 'a JSON file with the order’s fields, signed or not')
    .action(act(publish))
  noun
    .command('list <kind> [subject]')
    .description('the open orders of a kind, best first')
    .option('--category <id>', 'only this category (workerpool, request)')
    .option('--trust <trust>', 'only pools of at least this trust (workerpool)')
    .option('--limit <n>', 'how many to show', '20')
    .action(act(list))
  noun.command('show <kind> <hash>').description('one published order').action(act(show))
  const quartet = (command: Command) =>
    command
      .requiredOption('--app <hash>', 'the app order')
      .requiredOption('--workerpool <hash>', 'the workerpool order')
      .requiredOption('--request <hash>', 'the request')
      .option('--dataset <hash>', 'the dataset order, if any')
  quartet(noun.command('match')).description('make a deal of published orders').action(act(meet))
  quartet(noun.command('explain'))
    .description('why published orders would not match, and what would help')
    .action(act(why))
  noun
    .command('cancel <kind> <hash>')
    .description('close an order on chain: nobody can match it any more')
    .action(act(cancel))
  noun
    .command('unpublish <kind> <hash>')
    .description('take an order out of the book; copies of it stay good')
    .action(act(unpublish))
}

type Terms = {
  price?: string
  volume?: string
  category?: string
  trust?: string
  tag?: string[]
  file?: string
}

async function publish(
  session: Session,
  terms: Terms,
  given: string,
  subject?: string,
): Promise<Answer> {
  const kind = Parse.kind(given)
  const draft = { ...(await fromFile(session, terms)), ...fieldsOf(kind, terms, subject) }
  const network = await session.act()
  const signed =
    'sign' in draft
      ? Order.parse(kind, draft)
      : await order.sign(network, kind, order.create(network, kind, draft as never)) // checked next
  return published(kind, await order.publish(network, kind, Order.parse(kind, signed)))
}

async function fromFile(session: Session, { file }: Terms): Promise<object> {
  if (file === undefined) return {}
  const json = await readJson(resolve(session.at.cwd, file))
  if (typeof json === 'object' && json !== null) return json
  throw new AppError('file/malformed', `${file} holds no order.`, { path: file })
}

const priceField = {
  app: 'appprice',
  dataset: 'datasetprice',
  workerpool: 'workerpoolprice',
  request: 'workerpoolmaxprice',
} as const satisfies Record<Order.Kind, string>

function fieldsOf(kind: Order.Kind, terms: Terms, subject: string | undefined): object {
  const { price, volume, category, trust, tag } = terms
  const field = kind === 'request' ? 'app' : kind
  return {
    ...(subject !== undefined && { [field]: Parse.address(subject) }),
    ...(price !== undefined && { [priceField[kind]]: Parse.amount(price) }),
    ...(volume !== undefined && { volume: Parse.whole(volume) }),
    ...(category !== undefined && { category: Parse.whole(category) }),
    ...(trust !== undefined && { trust: Parse.whole(trust) }),
    ...(tag && { tag: Tag.encode(tag) }),
  }
}

async function list(
  session: Session,
  { category, trust, limit }: { category?: string; trust?: string; limit: string },
  given: string,
  subject?: string,
): Promise<Answer> {
  const kind = Parse.kind(given)
  const most = Parse.count(limit)
  const filters = {
    ...(subject !== undefined && { [kind === 'request' ? 'app' : kind]: Parse.address(subject) }),
    ...(category !== undefined && { category: Parse.whole(category) }),
    ...(trust !== undefined && { minTrust: Parse.whole(trust) }),
  }
  const orders: order.Published<Order.Kind>[] = []
  // The market refuses filters that a book does not have.
  for await (const entry of order.list(await session.read(), kind, filters as never)) {
    orders.push(entry)
    if (orders.length === most) break
  }
  return {
    json: { orders },
    text: table(
      headings(kind),
      orders.map((each) => row(kind, each)),
    ),
  }
}

const timed = (kind: Order.Kind) => kind === 'workerpool' || kind === 'request'

const headings = (kind: Order.Kind) => [
  ...['order', kind === 'request' ? 'app' : kind, 'price', 'left', 'tags'],
  ...(timed(kind) ? ['category', 'trust'] : []),
]

function row(kind: Order.Kind, { orderHash, order: said, remaining }: order.Published<Order.Kind>) {
  const fields = said as unknown as Record<string, bigint | string> // any of the four kinds
  const cells = [
    ...[orderHash, fields[kind === 'request' ? 'app' : kind]],
    ...[Amount.format(BigInt(fields[priceField[kind]] ?? 0)), remaining],
    Tag.decode(said.tag).join(',') || '-',
    ...(timed(kind) ? [fields.category, fields.trust] : []),
  ]
  return cells.map(String)
}

async function show(session: Session, _: object, given: string, hash: string): Promise<Answer> {
  const [kind, orderHash] = [Parse.kind(given), Parse.bytes32(hash)]
  return published(kind, await order.show(await session.read(), kind, orderHash))
}

function published(_: Order.Kind, entry: order.Published<Order.Kind>): Answer {
  const { order: said, ...rest } = entry
  return { json: entry, text: facts({ ...rest, ...said }) }
}

type Quartet = { app: string; workerpool: string; request: string; dataset?: string }

async function ordersOf(network: Network, named: Quartet): Promise<Orders> {
  const find = async <K extends Order.Kind>(kind: K, hash: string) =>
    (await order.show(network, kind, Parse.bytes32(hash))).order
  const [app, workerpool, request, dataset] = await Promise.all([
    find('app', named.app),
    find('workerpool', named.workerpool),
    find('request', named.request),
    named.dataset === undefined ? undefined : find('dataset', named.dataset),
  ])
  return { app, workerpool, request, ...(dataset && { dataset }) }
}

async function meet(session: Session, named: Quartet): Promise<Answer> {
  const network = await session.act()
  const matched = await match(network, await ordersOf(network, named))
  const text = [`deal ${matched.dealId}`, `Follow it with: traboule deal watch ${matched.dealId}`]
  return { json: matched, text }
}

async function why(session: Session, named: Quartet): Promise<Answer> {
  const network = await session.read()
  const reasons = await explain(network, await ordersOf(network, named))
  const lines = reasons.flatMap(({ code, why, sides, change }) => [
    `${why} [${code}]`,
    ...sides.map(({ kind, field, value }) => `  ${kind} ${field}: ${value}`),
    ...(change ? [`  would help: ${change.kind} ${change.field} = ${change.value}`] : []),
  ])
  const text = reasons.length === 0 ? ['These orders match.'] : lines
  return { json: { matches: reasons.length === 0, reasons }, text }
}

async function cancel(session: Session, _: object, given: string, hash: string): Promise<Answer> {
  const [kind, orderHash] = [Parse.kind(given), Parse.bytes32(hash)]
  const network = await session.act()
  const { order: signed } = await order.show(network, kind, orderHash)
  const { transactionHash } = await order.cancel(network, kind, signed)
  return { json: { orderHash, transactionHash }, text: `Closed ${orderHash} on chain.` }
}

async function unpublish(session: Session, _: object, given: string, hash: string) {
  const [kind, orderHash] = [Parse.kind(given), Parse.bytes32(hash)]
  await order.unpublish(await session.act(), kind, orderHash)
  return { json: { orderHash }, text: `Took ${orderHash} out of the book.` }
}
