/** Account: what an address has, how good its record is, and what it did. */
import { Consensus } from '@traboule/protocol'
import { account, app, dataset, ens, explore, workerpool } from '@traboule/sdk'
import type { Address } from 'viem'
import { useParams } from 'wouter'
import { rlc, whole } from '../../format.ts'
import { useFixed, useLive } from '../../live.ts'
import { useMarket } from '../../market.tsx'
import { Ago } from '../../ui/ago.tsx'
import { Facts } from '../../ui/facts.tsx'
import { To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Pager, usePages } from '../../ui/pager.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { useWallet } from '../../wallet.tsx'
import { DealListing } from '../deals/listing.tsx'
import { Money } from './money.tsx'

export function AccountPage() {
  const { id = '0x' } = useParams<{ id: Address }>()
  const { nameOf } = useMarket()
  const balance = useLive(['account', id], (network) => account.show(network, id))
  const { address } = useWallet()
  const called = useFixed(['called', id], async (network) => (await ens.lookup(network, id)) ?? '')
  const name = nameOf(id) ?? called.data
  return (
    <Page title={name ? `Account ${name}` : 'Account'} about={<Whole hex={id} />}>
      <div className="columns">
        <Card title="Balance and standing">
          <Loaded of={balance}>
            {({ wallet, stake, locked, score }) => (
              <Facts
                of={[
                  ['In the wallet', rlc(wallet)],
                  ['Free on the hub', rlc(stake)],
                  ['Locked by deals and votes', rlc(locked)],
                  ['Score', whole(score)],
                  ['A vote weighs', String(Consensus.weightOf(score))],
                ]}
              />
            )}
          </Loaded>
        </Card>
        <div className="stack">
          {address === id && <Money />}
          <Owned by={id} />
        </div>
      </div>
      <Card title="Deals it requested" wide>
        <DealListing of={{ requester: id }} />
      </Card>
      <Card title="What it did" wide>
        <Deeds of={id} />
      </Card>
    </Page>
  )
}

function Owned({ by }: Readonly<{ by: Address }>) {
  const assets = useLive(['owned', by], async (network) => {
    const [apps, datasets, pools] = await Promise.all([
      app.list(network, by),
      dataset.list(network, by),
      workerpool.list(network, by),
    ])
    return [
      ...apps.map(({ address, name }) => ({ kind: 'app', address, name }) as const),
      ...datasets.map(({ address, name }) => ({ kind: 'dataset', address, name }) as const),
      ...pools.map(
        ({ address, description }) => ({ kind: 'workerpool', address, name: description }) as const,
      ),
    ]
  })
  return (
    <Card title="What it owns">
      <Loaded of={assets} empty="No app, dataset or workerpool.">
        {(all) => (
          <ul className="owned">
            {all.map(({ kind, address, name }) => (
              <li key={address}>
                <span className="quiet">{kind}</span> <To kind={kind} id={address} /> {name}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  )
}

function Deeds({ of }: Readonly<{ of: Address }>) {
  const pages = usePages(of)
  const { after } = pages
  const events = useLive(['events', of, after], (network) =>
    explore.events(network, { account: of, pageSize: 20, ...(after !== undefined && { after }) }),
  )
  return (
    <Loaded of={events} empty="Nothing yet." isEmpty={({ items }) => items.length === 0}>
      {({ items, next }) => (
        <>
          <ol className="feed">
            {items.map((event) => (
              <li key={event.id} className={event.name}>
                <span>
                  <Sentence event={event} />
                </span>
                <Ago at={Date.parse(event.blockTimestamp)} />
              </li>
            ))}
          </ol>
          <Pager pages={pages} next={next} />
        </>
      )}
    </Loaded>
  )
}
