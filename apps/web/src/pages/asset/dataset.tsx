/** Dataset: data, where its bytes are, who sells it and who computed on it. */
import { dataset } from '@traboule/sdk'
import type { Address } from 'viem'
import { useParams } from 'wouter'
import { useLive } from '../../live.ts'
import { Facts } from '../../ui/facts.tsx'
import { To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Traded } from './traded.tsx'

export function DatasetPage() {
  const { id = '0x' } = useParams<{ id: Address }>()
  const found = useLive(['dataset', id], (network) => dataset.show(network, id))
  return (
    <Page title={found.data ? `Dataset ${found.data.name}` : 'Dataset'} about={<Whole hex={id} />}>
      <Card title="Facts" wide>
        <Loaded of={found}>
          {({ owner, location, checksum }) => (
            <Facts
              of={[
                ['Owner', <To key="owner" kind="account" id={owner} />],
                ['Bytes', <code key="at">{location}</code>],
                ['sha256', <Whole key="sum" hex={checksum} />],
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Traded kind="dataset" id={id} />
    </Page>
  )
}
