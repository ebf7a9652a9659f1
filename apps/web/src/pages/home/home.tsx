/** Home: the market at a glance, as it moves. */
import { explore } from '@traboule/sdk'
import { Link } from 'wouter'
import { useLive } from '../../live.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { DealTable } from '../deals/table.tsx'
import { Counters } from './counters.tsx'
import { Feed } from './feed.tsx'

export function Home() {
  const deals = useLive(['deals', 'latest'], (network) => explore.deals(network, { pageSize: 10 }))
  return (
    <Page title="The market" about="Orders meet, workers vote, the chain pays. Live.">
      <Counters />
      <div className="columns">
        <Card title="Latest deals" aside={<Link href="/deals">All deals</Link>}>
          <Loaded
            of={deals}
            empty="Nobody has made a deal yet."
            isEmpty={({ items }) => items.length === 0}
          >
            {({ items }) => <DealTable caption="Latest deals" deals={items} />}
          </Loaded>
        </Card>
        <Card title="What happens">
          <Feed />
        </Card>
      </div>
    </Page>
  )
}
