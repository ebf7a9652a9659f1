/** Task: its way from the deal to the payment, every vote, and the result. */
import { Consensus, Scalar } from '@traboule/protocol'
import { deal, explore, task } from '@traboule/sdk'
import type { Hex } from 'viem'
import { Link, useParams } from 'wouter'
import { useFixed, useLive } from '../../live.ts'
import { Moment } from '../../ui/ago.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Facts } from '../../ui/facts.tsx'
import { To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Credibility } from './credibility.tsx'
import { ResultCard } from './result.tsx'
import { Timeline } from './timeline.tsx'
import { Votes } from './votes.tsx'

export function TaskPage() {
  const { id = '0x' } = useParams<{ id: Hex }>()
  const known = useLive(['task', id], (network) => task.show(network, id))
  return (
    <Page title="Task" about={<Whole hex={id} />}>
      <Loaded of={known}>{(found) => <Known task={found} />}</Loaded>
    </Page>
  )
}

/** Events of one task that are shown: those of a thousand votes fit. */
const EVENTS = 1_000

function Known({ task: known }: Readonly<{ task: task.Known }>) {
  const { taskId, dealId, status } = known
  const of = useFixed(['deal', dealId], (network) => deal.show(network, dealId))
  const events = useLive(['events', taskId], (network) =>
    explore.events(network, { task: taskId, pageSize: EVENTS }),
  )
  return (
    <>
      <Stages status={status} />
      <div className="columns">
        <Card title="Votes" aside={<span className="quiet">{known.contributions.length}</span>}>
          <Votes task={known} events={events.data?.items ?? []} />
          <Loaded of={of}>{({ trust }) => <Credibility task={known} trust={trust} />}</Loaded>
        </Card>
        <div className="stack">
          <ResultCard task={known} />
          <Card title="Facts">
            <Loaded of={of}>{(sold) => <TaskFacts task={known} deal={sold} />}</Loaded>
          </Card>
        </div>
      </div>
      <Card title="What happened" wide>
        <Loaded of={events}>{({ items }) => <Timeline events={items} taskId={taskId} />}</Loaded>
      </Card>
    </>
  )
}

const way = ['unset', 'active', 'revealing', 'completed'] as const
const said = {
  unset: 'Bought',
  active: 'Workers compute and vote',
  revealing: 'Seals are opened',
  completed: 'Everybody is paid',
} as const

/** How far the task is. */
function Stages({ status }: Readonly<{ status: task.Known['status'] }>) {
  if (status === 'failed')
    return (
      <p className="stages-failed">
        <Badge state="failed" /> Its deadline passed: everybody was refunded.
      </p>
    )
  const at = way.indexOf(status)
  return (
    <ol className="way">
      {way.map((stage, n) => (
        <li
          key={stage}
          className={n < at || status === 'completed' ? 'past' : n === at ? 'now' : 'next'}
          aria-current={n === at ? 'step' : undefined}
        >
          {said[stage]}
        </li>
      ))}
    </ol>
  )
}

type Sold = Readonly<{ task: task.Known; deal: deal.Known }>

function TaskFacts({ task: known, deal: sold }: Sold) {
  const { consensusValue, resultDigest } = known
  const settled = consensusValue !== Scalar.nullBytes32
  return (
    <Facts
      of={[
        ['State', <Badge key="state" state={known.status} />],
        [
          'Deal',
          <Link key="deal" href={`/deal/${known.dealId}`} className="hex">
            task {String(known.index)} of its deal
          </Link>,
        ],
        ['App', <To key="app" kind="app" id={sold.app.pointer} />],
        ['Workerpool', <To key="pool" kind="workerpool" id={sold.workerpool.pointer} />],
        ['Requester', <To key="requester" kind="account" id={sold.requester} />],
        ['Beneficiary', <To key="beneficiary" kind="account" id={sold.beneficiary} />],
        ['Votes until', <Moment key="votes" at={known.contributionDeadline} />],
        ['Refunded from', <Moment key="final" at={known.finalDeadline} />],
        ['Newcomers weigh', String(Consensus.weightOf(0n))],
        ['Agreed hash', settled ? <Whole key="hash" hex={consensusValue} /> : 'none yet'],
        [
          'Digest',
          resultDigest === Scalar.nullBytes32 ? (
            'none yet'
          ) : (
            <Whole key="digest" hex={resultDigest} />
          ),
        ],
      ]}
    />
  )
}
