/** `traboule order`: offers and requests in the market's book. */
import { Amount, Order, Tag } from '@traboule/protocol'
import { explain, match, type Network, type Orders, order, sponsor } from '@traboule/sdk'
import type { Command } from 'commander'
import { priceField, publish, published, signedOrder, type Terms, withTerms } from '../offers.ts'
import * as Parse from '../parse.ts'
import { type Answer, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('order').description('offers in the market’s book')
  withTerms(noun.command('publish <kind> [subject]'))
    .description(
      'sign and publish an order: app, dataset or workerpool <address>, or request <app>',
    )
    .action(act(put))
  withTerms(noun.command('sign <kind> [subject]'))
    .description('sign an order and write it to stdout instead of publishing it')
    .action(act(sign))
  withTerms(noun.command('presign <kind> [subject]'))
    .description(
      'sign an order by a transaction, for wallets that cannot sign it; writes it to stdout',
    )
    .action(act(presign))
  noun
    .command('list <kind> [subject]')
    .description('the open orders of a kind, best first')
    .option('--category <id>', 'only this category (workerpool, request)')
    .option('--trust <trust>', 'only pools of at least this trust (workerpool)')
    .option('--owner <address>', 'only of this owner (app, dataset, workerpool)')
    .option('--by <address>', 'only of this requester (request)')
    .option('--for-app <address>', 'also those that are for this app alone')
    .option('--for-dataset <address>', 'also those that are for this dataset alone')
    .option('--for-workerpool <address>', 'also those that are for this workerpool alone')
    .option('--for-requester <address>', 'also those that are for this requester alone')
    .option('--tag <tag>', 'only with this tag; may be repeated', Parse.several)
    .option('--volume <tasks>', 'only with room for so many tasks')
    .option('--limit <n>', 'how many to show', '20')
    .action(act(list))
  noun.command('show <kind> <hash>').description('one published order').action(act(show))
  const quartet = (command: Command) =>
    command
      .requiredOption('--app <hash>', 'the app order')
      .requiredOption('--workerpool <hash>', 'the workerpool order')
      .requiredOption('--request <hash>', 'the request')
      .option('--dataset <hash>', 'the dataset order, if any')
  quartet(noun.command('match'))
    .description('make a deal of published orders, paid for by the requester')
    .option('--sponsor', 'pay for it yourself instead')
    .action(act(meet))
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
  noun
    .command('revoke-all')
    .description('revoke every order that you ever signed, at once')
    .action(act(revokeAll))
}

async function put(session: Session, terms: Terms, given: string, subject?: string) {
  return publish(session, terms, Parse.kind(given), subject)
}

/** Signs without publishing: for somebody who is sent the file. */
async function sign(session: Session, terms: Terms, given: string, subject?: string) {
  const kind = Parse.kind(given)
  const network = await session.act()
  const signed = await signedOrder(session, network, terms, { kind, subject })
  const text = JSON.stringify(Order.toJson(signed), null, 2)
  return { json: signed, text }
}

async function presign(session: Session, terms: Terms, given: string, subject?: string) {
  const kind = Parse.kind(given)
  const network = await session.act()
  const signed = await signedOrder(session, network, terms, { kind, subject })
  const presigned = { ...signed, sign: '0x' as const }
  await order.presign(network, kind, presigned)
  return { json: presigned, text: JSON.stringify(Order.toJson(presigned), null, 2) }
}

type Filters = {
  category?: string
  trust?: string
  owner?: string
  by?: string
  forApp?: string
  forDataset?: string
  forWorkerpool?: string
  forRequester?: string
  tag?: string[]
  volume?: string
}

/** The filters of the book, as far as they are said; it refuses those that it does not have. */
async function filtersOf(
  session: Session,
  kind: Order.Kind,
  ...[said, subject]: [Filters, string | undefined]
): Promise<object> {
  const { category, trust, tag, volume } = said
  const addresses: readonly (readonly [string, string | undefined])[] = [
    ['app', said.forApp],
    ['dataset', said.forDataset],
    ['workerpool', said.forWorkerpool],
    ['requester', said.forRequester ?? said.by],
    [`${kind}Owner`, said.owner],
    [kind === 'request' ? 'app' : kind, subject],
  ]
  const found = addresses.flatMap(([field, text]) =>
    text === undefined ? [] : [session.addressOf(text).then((address) => [field, address])],
  )
  return {
    ...Object.fromEntries(await Promise.all(found)),
    ...(category !== undefined && { category: Parse.whole(category) }),
    ...(trust !== undefined && { minTrust: Parse.whole(trust) }),
    ...(tag && { minTag: Tag.encode(tag) }),
    ...(volume !== undefined && { minVolume: Parse.whole(volume) }),
  }
}

async function list(
  session: Session,
  { limit, ...said }: Filters & { limit: string },
  given: string,
  subject?: string,
): Promise<Answer> {
  const kind = Parse.kind(given)
  const most = Parse.count(limit)
  const filters = await filtersOf(session, kind, said, subject)
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
  return published(await order.show(await session.read(), kind, orderHash))
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

async function meet(session: Session, named: Quartet & { sponsor?: boolean }): Promise<Answer> {
  const network = await session.act()
  const orders = await ordersOf(network, named)
  const matched = await (named.sponsor ? sponsor : match)(network, orders)
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

async function revokeAll(session: Session): Promise<Answer> {
  const { transactionHash } = await order.revokeAll(await session.act())
  const text = 'Revoked: none of the orders you signed until now can be matched any more.'
  return { json: { transactionHash }, text }
}
