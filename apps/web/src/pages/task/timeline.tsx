/** Timeline: what happened to a task, in the order of the chain, each with its evidence. */
import { explore } from '@traboule/sdk'
import type { Hex } from 'viem'
import { short, whole } from '../../format.ts'
import { useFixed } from '../../live.ts'
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
      name: 'Gas',
      cell: ({ transactionHash }) => <Gas of={transactionHash} />,
      figure: true,
    },
    {
      name: 'Transaction',
      cell: ({ transactionHash }) => <code title={transactionHash}>{short(transactionHash)}</code>,
    },
  ]
  const inOrder = events.toReversed()
  return <Table caption="What happened" columns={columns} rows={inOrder} keyOf={({ id }) => id} />
}

/** What the event's whole transaction took, which may have done more than this. */
function Gas({ of }: Readonly<{ of: Hex }>) {
  const gas = useFixed(['gas', of], async (network) => (await explore.gasOf(network, of)) ?? 0n)
  return gas.data ? whole(gas.data) : '…'
}
