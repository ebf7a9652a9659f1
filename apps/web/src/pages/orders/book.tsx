/** Book: the open orders of a kind, page by page. */
import { type Order, Scalar } from '@traboule/protocol'
import { explore } from '@traboule/sdk'
import type { ReactNode } from 'react'
import type { Address } from 'viem'
import { Link } from 'wouter'
import { rlc, short, whole } from '../../format.ts'
import { useLive } from '../../live.ts'
import { Ago } from '../../ui/ago.tsx'
import { To } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Pager, usePages } from '../../ui/pager.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Tags } from '../../ui/tags.tsx'
import type { Filters } from './query.ts'

type Entry = Awaited<ReturnType<typeof explore.orders>>['items'][number]
type Said = Readonly<Record<string, string | bigint>>

/** An order's own fields, whatever its kind. */
const said = ({ order }: Entry) => order as unknown as Said // each kind has fields of its own

const subject = (kind: Order.Kind, entry: Entry): ReactNode =>
  kind === 'request' ? (
    <To kind="account" id={said(entry).requester as Address} />
  ) : (
    <To kind={kind} id={said(entry)[kind] as Address} />
  )

/** What an order asks for a task, or the most that a request would pay. */
function priceOf(kind: Order.Kind, entry: Entry): bigint {
  const of = said(entry)
  const asked = kind === 'request' ? ['appmax', 'datasetmax', 'workerpoolmax'] : [kind]
  return asked.reduce((sum, each) => sum + BigInt(of[`${each}price`] ?? 0n), 0n)
}

/** Volumes beyond what anybody counts mean "for ever". */
export const volume = (tasks: bigint) => (tasks >= Scalar.MAX_SAFE ? 'unlimited' : whole(tasks))

function columnsOf(kind: Order.Kind): readonly Column<Entry>[] {
  const terms: readonly Column<Entry>[] = [
    { name: 'Category', cell: (entry) => String(said(entry).category), figure: true },
    { name: 'Trust', cell: (entry) => whole(BigInt(said(entry).trust ?? 0n)), figure: true },
  ]
  return [
    {
      name: 'Order',
      cell: ({ orderHash }) => (
        <Link href={`/order/${kind}/${orderHash}`} className="hex" title={orderHash}>
          {short(orderHash)}
        </Link>
      ),
    },
    { name: kind === 'request' ? 'Requester' : kind, cell: (entry) => subject(kind, entry) },
    {
      name: kind === 'request' ? 'Pays up to' : 'A task',
      cell: (entry) => rlc(priceOf(kind, entry)),
      figure: true,
    },
    { name: 'Tasks left', cell: ({ remaining }) => volume(remaining), figure: true },
    ...(kind === 'workerpool' || kind === 'request' ? terms : []),
    { name: 'Tags', cell: (entry) => <Tags of={entry.order.tag} none="–" /> },
    {
      name: 'Published',
      cell: (entry) => <Ago at={Date.parse(entry.publicationTimestamp)} />,
      figure: true,
    },
  ]
}

type Props = Readonly<{ kind: Order.Kind; filters: Filters }>

export function Book({ kind, filters }: Props) {
  const listing = `${kind} ${Object.entries(filters).flat().map(String).join(' ')}`
  const pages = usePages(listing)
  const { after } = pages
  const orders = useLive(['orders', listing, after], (network) =>
    explore.orders<Order.Kind>(network, kind, {
      pageSize: 20,
      ...filters,
      ...(after !== undefined && { after }),
    }),
  )
  return (
    <Loaded of={orders} empty="No open order fits." isEmpty={({ items }) => items.length === 0}>
      {({ items, count, next }) => (
        <>
          <Table
            caption={`Open ${kind} orders`}
            columns={columnsOf(kind)}
            rows={items}
            keyOf={({ orderHash }) => orderHash}
          />
          <p className="note">
            {count === undefined ? '' : `${whole(count)} open. `}
            {kind === 'request' ? 'Best paying first.' : 'Cheapest first.'}
          </p>
          <Pager pages={pages} next={next} />
        </>
      )}
    </Loaded>
  )
}
