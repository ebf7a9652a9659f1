/** Offers: the terms of an order as people type them, and the order that they make. */
import { resolve } from 'node:path'
import { AppError, Order, Tag } from '@traboule/protocol'
import { type Network, order } from '@traboule/sdk'
import type { Command } from 'commander'
import { readJson } from './files.ts'
import * as Parse from './parse.ts'
import { type Answer, facts } from './print.ts'
import type { Act } from './program.ts'
import type { Session } from './session.ts'

/** What every command that makes an order understands. */
export const withTerms = (command: Command): Command =>
  command
    .option('--price <amount>', 'price of one task (request: the most for the workerpool)')
    .option('--volume <tasks>', 'how many tasks it is good for (default: 1)')
    .option('--category <id>', 'how long tasks may take (workerpool, request; default: 0)')
    .option('--trust <trust>', 'how sure results must be (workerpool, request; default: 0)')
    .option('--tag <tag>', 'what is needed or offered, such as gpu; may be repeated', Parse.several)
    .option('--only-app <address>', 'only with this app, or this group of them')
    .option('--only-dataset <address>', 'only with this dataset')
    .option('--only-workerpool <address>', 'only on this workerpool')
    .option('--only-requester <address>', 'only for this requester')
    .option('--expires <when>', 'when it ends: 12h, 30d or 2031-12-31 (default: never)')
    .option('--file <path>', 'a JSON file with the order’s fields, signed or not')

export type Terms = {
  price?: string
  volume?: string
  category?: string
  trust?: string
  tag?: string[]
  onlyApp?: string
  onlyDataset?: string
  onlyWorkerpool?: string
  onlyRequester?: string
  expires?: string
  file?: string
}

export type Priced = Exclude<Order.Kind, 'request'>

/** Adds `publish` to the noun of something that is sold. */
export function addPublish(noun: Command, act: Act, kind: Priced): void {
  withTerms(noun.command(`publish <${kind}>`))
    .description(`sign an order that sells the ${kind}, and put it in the market’s book`)
    .action(act((session, terms: Terms, subject: string) => publish(session, terms, kind, subject)))
}

/** Signs and publishes the order that these terms make. */
export async function publish(
  session: Session,
  terms: Terms,
  kind: Order.Kind,
  subject?: string,
): Promise<Answer> {
  const network = await session.act()
  const signed = await signedOrder(session, network, terms, { kind, subject })
  return published(await order.publish(network, kind, signed))
}

type Wanted = Readonly<{ kind: Order.Kind; subject: string | undefined }>

/** The order of a file as it was signed, or the one that these terms make. */
export async function signedOrder(
  session: Session,
  network: Network,
  terms: Terms,
  { kind, subject }: Wanted,
): Promise<Order.Order<Order.Kind>> {
  const said = terms.file === undefined ? {} : await fromFile(resolve(session.at.cwd, terms.file))
  const draft: Record<string, unknown> = {
    ...said,
    ...(await addressesOf(session, kind, terms, subject)),
    ...fieldsOf(kind, terms),
  }
  if ('sign' in draft) return Order.parse(kind, draft)
  ensureKnown(kind, draft)
  const { expires } = terms
  const expiry = expires === undefined ? undefined : Parse.moment(expires, network.now())
  const made = await order.make(network, kind, draft as never, expiry ? { expiry } : {}) // checked next
  return Order.parse(kind, made)
}

/** A term that this kind of order has no field for would be dropped silently. */
function ensureKnown(kind: Order.Kind, draft: object): void {
  const { types, primaryType } = Order.typedData[kind]
  const known = new Set(types[primaryType]?.map(({ name }) => name))
  const [unknown] = Object.keys(draft).filter((name) => !known.has(name))
  if (unknown === undefined) return
  const sentence = `An order of kind ${kind} has no field ${unknown}.`
  throw new AppError('command/invalid', sentence, { known: [...known] })
}

async function fromFile(path: string): Promise<object> {
  const json = await readJson(path)
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
  throw new AppError('file/malformed', `${path} holds no order.`, { path })
}

/** Where each kind says its price. */
export const priceField = {
  app: 'appprice',
  dataset: 'datasetprice',
  workerpool: 'workerpoolprice',
  request: 'workerpoolmaxprice',
} as const satisfies Record<Order.Kind, string>

async function addressesOf(
  session: Session,
  kind: Order.Kind,
  ...[terms, subject]: [Terms, string | undefined]
): Promise<object> {
  const request = kind === 'request'
  const said: Readonly<Record<string, string | undefined>> = {
    [request ? 'app' : kind]: subject,
    apprestrict: terms.onlyApp,
    [request ? 'dataset' : 'datasetrestrict']: terms.onlyDataset,
    [request ? 'workerpool' : 'workerpoolrestrict']: terms.onlyWorkerpool,
    requesterrestrict: terms.onlyRequester,
  }
  const fields = Object.entries(said).flatMap(([field, text]) =>
    text === undefined ? [] : [session.addressOf(text).then((address) => [field, address])],
  )
  return Object.fromEntries(await Promise.all(fields))
}

function fieldsOf(kind: Order.Kind, terms: Terms): object {
  const { price, volume, category, trust, tag } = terms
  return {
    ...(price !== undefined && { [priceField[kind]]: Parse.amount(price) }),
    ...(volume !== undefined && { volume: Parse.whole(volume) }),
    ...(category !== undefined && { category: Parse.whole(category) }),
    ...(trust !== undefined && { trust: Parse.whole(trust) }),
    ...(tag && { tag: Tag.encode(tag) }),
  }
}

/** A published order, for both readers. */
export function published(entry: order.Published<Order.Kind>): Answer {
  const { order: said, ...rest } = entry
  return { json: entry, text: facts({ ...rest, ...said }) }
}
