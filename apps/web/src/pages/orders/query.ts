/** Query: which book and which of its orders an address bar asks for. */
import { Order, Scalar, Tag } from '@traboule/protocol'
import type { explore } from '@traboule/sdk'

export type Filters = NonNullable<Parameters<typeof explore.orders>[2]>

type Read = Readonly<{ kind: Order.Kind; filters: Filters; wrong?: string }>

/** What each book can be narrowed to, beside whose orders they are. */
export const fieldsOf = {
  app: ['minVolume', 'tag', 'subject', 'requester'],
  dataset: ['minVolume', 'tag', 'subject', 'requester'],
  workerpool: ['category', 'minTrust', 'minVolume', 'tag', 'subject', 'requester'],
  request: ['category', 'maxTrust', 'minVolume', 'tag', 'subject'],
} as const satisfies Record<Order.Kind, readonly string[]>

const subjects = { app: 'app', dataset: 'dataset', workerpool: 'workerpool', request: 'requester' }

/** The filters in a query string; `wrong` says which of them nobody can understand. */
export function readFilters(params: URLSearchParams): Read {
  const asked = params.get('kind') ?? 'workerpool'
  const kind = Order.kinds.find((each) => each === asked) ?? 'workerpool'
  const filters: Record<string, unknown> = {}
  for (const field of fieldsOf[kind]) {
    const text = params.get(field)?.trim() ?? ''
    if (text === '') continue
    const value = meaningOf(field, text)
    if (value === undefined) return { kind, filters: {}, wrong: `${field}: ${hints[field]}` }
    filters[field === 'subject' ? subjects[kind] : field === 'tag' ? 'minTag' : field] = value
  }
  return { kind, filters: filters as Filters } // names and values are those of the book
}

type Field = (typeof fieldsOf)[Order.Kind][number]

const number = 'must be a whole number.'
const address = 'must be an address: 0x and 40 hexadecimal digits.'
const hints: Readonly<Record<Field, string>> = {
  ...{ category: number, minTrust: number, maxTrust: number, minVolume: number },
  ...{ subject: address, requester: address, tag: 'must be the name of a tag.' },
}

function meaningOf(field: Field, text: string): unknown {
  if (field === 'tag') return Object.hasOwn(Tag.bits, text) ? Tag.encode(tagsFor(text)) : undefined
  const schema = field === 'subject' || field === 'requester' ? Scalar.address : Scalar.uint256
  return schema.safeParse(text).data
}

/** A framework's bit never comes without the one that says "in an enclave". */
const tagsFor = (name: string) => (['tee', 'gpu'].includes(name) ? [name] : ['tee', name])
