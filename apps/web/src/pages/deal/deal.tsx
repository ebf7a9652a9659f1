/** Deal: four sides, what each is paid, and how far the bag is. */
import { Params } from '@traboule/protocol'
import { category, deal, explore } from '@traboule/sdk'
import type { ReactNode } from 'react'
import type { Hex } from 'viem'
import { useParams } from 'wouter'
import { rlc, whole } from '../../format.ts'
import { useFixed, useLive } from '../../live.ts'
import { Ago, Moment } from '../../ui/ago.tsx'
import { Facts } from '../../ui/facts.tsx'
import { To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Tags } from '../../ui/tags.tsx'
import { Bag } from './bag.tsx'

export function DealPage() {
  const { id = '0x' } = useParams<{ id: Hex }>()
  const found = useFixed(['deal', id], (network) => deal.show(network, id))
  return (
    <Page title="Deal" about={<Whole hex={id} />}>
      <Loaded of={found}>
        {(known) => (
          <>
            <Bag deal={known} />
            <div className="columns">
              <Sides deal={known} />
              <Terms deal={known} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}

type Known = Readonly<{ deal: deal.Known }>
type Side = Readonly<{ name: string; what: ReactNode; owner: ReactNode; price: bigint | undefined }>

const columns: readonly Column<Side>[] = [
  { name: 'Side', cell: ({ name }) => name },
  { name: 'What', cell: ({ what }) => what },
  { name: 'Owner', cell: ({ owner }) => owner },
  { name: 'A task', cell: ({ price }) => (price === undefined ? '' : rlc(price)), figure: true },
]

function Sides({ deal: { app, dataset, workerpool, requester, botSize } }: Known) {
  const side = (kind: 'app' | 'dataset' | 'workerpool', of: typeof app): Side => ({
    name: kind,
    what: <To kind={kind} id={of.pointer} />,
    owner: <To kind="account" id={of.owner} />,
    price: of.price,
  })
  const each = app.price + dataset.price + workerpool.price
  const rows: readonly Side[] = [
    side('app', app),
    side('dataset', dataset),
    side('workerpool', workerpool),
    { name: 'requester', what: <To kind="account" id={requester} />, owner: '', price: each },
  ]
  return (
    <Card title="Four sides">
      <Table caption="Sides" columns={columns} rows={rows} keyOf={({ name }) => name} />
      <p className="note">
        {whole(botSize)} tasks at {rlc(each)}: <strong>{rlc(each * botSize)}</strong> in all.
      </p>
    </Card>
  )
}

function Terms({ deal: known }: Known) {
  const { category: id, trust, tag, beneficiary, callback, workerStake, sponsor } = known
  const kind = useFixed(['category', String(id)], (network) => category.show(network, id))
  const made = useLive(['events', 'made', known.dealId], (network) =>
    explore.events(network, { deal: known.dealId, names: 'OrdersMatched' }),
  )
  const [event] = made.data?.items ?? []
  const { iexec_args: args, iexec_input_files: inputs = [] } = Params.parse(known.params)
  return (
    <Card title="Terms">
      <Facts
        of={[
          ['Trust', trust > 1n ? `wrong less than 1 in ${whole(trust)}` : 'a single vote decides'],
          ['Category', kind.data?.name ?? String(id)],
          ['Needs', <Tags key="needs" of={tag} none="nothing special" />],
          ['Made', <Moment key="made" at={known.startTime} />],
          ['Votes until', <Moment key="votes" at={known.contributionDeadline} />],
          ['Refunded from', <Moment key="final" at={known.finalDeadline} />],
          ['A worker stakes', rlc(workerStake)],
          ['The scheduler keeps', `${known.schedulerRewardRatio} %`],
          ['Beneficiary', <To key="beneficiary" kind="account" id={beneficiary} />],
          ['Callback', <To key="callback" kind="account" id={callback} />],
          ['Paid by', <To key="sponsor" kind="account" id={sponsor} />],
          ['Arguments', args ? <code key="args">{args}</code> : 'none'],
          ['Inputs', inputs.length > 0 ? <code key="inputs">{inputs.join(' ')}</code> : 'none'],
          ...(event
            ? ([
                [
                  'Transaction',
                  <>
                    <Whole hex={event.transactionHash} /> block {whole(event.blockNumber)},{' '}
                    <Ago at={Date.parse(event.blockTimestamp)} />
                  </>,
                ],
              ] as const)
            : []),
        ]}
      />
    </Card>
  )
}
