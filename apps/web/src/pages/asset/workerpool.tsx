/** Workerpool: its terms, what it offers, and what it was paid for. */
import { workerpool } from '@traboule/sdk'
import type { Address } from 'viem'
import { useParams } from 'wouter'
import { useLive } from '../../live.ts'
import { Facts } from '../../ui/facts.tsx'
import { To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Traded } from './traded.tsx'

export function WorkerpoolPage() {
  const { id = '0x' } = useParams<{ id: Address }>()
  const found = useLive(['workerpool', id], (network) => workerpool.show(network, id))
  return (
    <Page title={found.data?.description || 'Workerpool'} about={<Whole hex={id} />}>
      <Card title="Facts" wide>
        <Loaded of={found}>
          {({ owner, workerStakeRatio, schedulerRewardRatio }) => (
            <Facts
              of={[
                ['Owner', <To key="owner" kind="account" id={owner} />],
                ['A worker stakes', `${workerStakeRatio} % of a task’s price`],
                ['The scheduler keeps', `${schedulerRewardRatio} % of it`],
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Traded kind="workerpool" id={id} />
    </Page>
  )
}
