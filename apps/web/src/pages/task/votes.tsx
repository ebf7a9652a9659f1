/** Votes: who contributed what, how much it weighed, and what it earned or cost. */
import { type explore, gains, type task } from '@traboule/sdk'
import type { Address } from 'viem'
import { rlc, short } from '../../format.ts'
import { Badge } from '../../ui/badge.tsx'
import { To } from '../../ui/links.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { verdictOf } from './verdict.ts'

type Vote = task.Known['contributions'][number]
type Row = Readonly<{ vote: Vote; verdict: string; gain: bigint | undefined }>

const columns: readonly Column<Row>[] = [
  { name: 'Worker', cell: ({ vote }) => <To kind="account" id={vote.worker} /> },
  { name: 'Verdict', cell: ({ verdict }) => <Badge state={verdict} /> },
  {
    name: 'Voted for',
    cell: ({ vote }) => <code title={vote.resultHash}>{short(vote.resultHash)}</code>,
  },
  { name: 'Weight', cell: ({ vote }) => String(vote.weight), figure: true },
  { name: 'Earned', cell: ({ gain }) => <Gain nano={gain} />, figure: true },
]

type Props = Readonly<{ task: task.Known; events: readonly explore.ChainEvent[] }>

export function Votes({ task: known, events }: Props) {
  if (known.contributions.length === 0) return <p className="empty">Nobody has voted yet.</p>
  const earned = earnedBy(events)
  const rows = known.contributions.map((vote) => ({
    vote,
    verdict: verdictOf(known, vote),
    gain: earned.get(vote.worker),
  }))
  return <Table caption="Votes" columns={columns} rows={rows} keyOf={({ vote }) => vote.worker} />
}

/** nRLC that this task gave each account, less what it took. */
function earnedBy(events: readonly explore.ChainEvent[]): ReadonlyMap<Address, bigint> {
  return gains(
    events.map(({ name, account, value }) => ({
      eventName: name,
      args: { owner: account, amount: value ?? 0n },
    })),
  )
}

function Gain({ nano }: Readonly<{ nano: bigint | undefined }>) {
  if (nano === undefined) return <span className="quiet">–</span>
  return (
    <span className={nano < 0n ? 'loss' : 'gain'}>{`${nano > 0n ? '+' : ''}${rlc(nano)}`}</span>
  )
}
