/** Timeline: what happened to a task, in the order of the chain, each with its evidence. */
import type { explore } from '@traboule/sdk'
import type { Hex } from 'viem'
import { short, whole } from '../../format.ts'
import { Ago } from '../../ui/ago.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { type Column, Table } from '../../ui/table.tsx'

type Event = explore.ChainEvent
type Props = Readonly<{ events: readonly Event[]; taskId: Hex }>

export function Timeline({ events, taskId }: Props) {
  const columns: readonly Column<Event>[] = [
    { name: 'When', cell: ({ blockTimestamp }) => <Ago at={Date.parse(blockTimestamp)} /> },
    { name: 'What', cell: (event) => <Sentence event={event} here={taskId} /> },
    { name: 'Block', cell: ({ blockNumber }) => whole(blockNumber), figure: true },
    {
      name: 'Transaction',
      cell: ({ transactionHash }) => <code title={transactionHash}>{short(transactionHash)}</code>,
    },
  ]
  const inOrder = events.toReversed()
  return <Table caption="What happened" columns={columns} rows={inOrder} keyOf={({ id }) => id} />
}
