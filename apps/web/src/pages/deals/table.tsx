/** Table of deals. */
import type { explore } from '@traboule/sdk'
import { rlc, whole } from '../../format.ts'
import { Ago } from '../../ui/ago.tsx'
import { To } from '../../ui/links.tsx'
import { type Column, Table } from '../../ui/table.tsx'

type Deal = explore.MarketDeal

const columns: readonly Column<Deal>[] = [
  { name: 'Deal', cell: ({ dealid }) => <To kind="deal" id={dealid} /> },
  { name: 'App', cell: ({ app }) => <To kind="app" id={app.pointer} /> },
  {
    name: 'Workerpool',
    cell: ({ workerpool }) => <To kind="workerpool" id={workerpool.pointer} />,
  },
  { name: 'Requester', cell: ({ requester }) => <To kind="account" id={requester} /> },
  { name: 'Tasks', cell: ({ botSize }) => whole(botSize), figure: true },
  {
    name: 'A task',
    cell: ({ app, dataset, workerpool }) => rlc(app.price + dataset.price + workerpool.price),
    figure: true,
  },
  { name: 'When', cell: (deal) => <Ago at={Date.parse(deal.blockTimestamp)} />, figure: true },
]

export function DealTable({
  caption,
  deals,
}: Readonly<{ caption: string; deals: readonly Deal[] }>) {
  return <Table caption={caption} columns={columns} rows={deals} keyOf={({ dealid }) => dealid} />
}
