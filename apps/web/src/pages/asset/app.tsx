/** App: a program, where its bytes are, who sells it and who ran it. */
import { app } from '@traboule/sdk'
import type { Address } from 'viem'
import { useParams } from 'wouter'
import { useLive } from '../../live.ts'
import { Facts } from '../../ui/facts.tsx'
import { To, Whole } from '../../ui/links.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Traded } from './traded.tsx'

export function AppPage() {
  const { id = '0x' } = useParams<{ id: Address }>()
  const found = useLive(['app', id], (network) => app.show(network, id))
  return (
    <Page title={found.data ? `App ${found.data.name}` : 'App'} about={<Whole hex={id} />}>
      <Card title="Facts" wide>
        <Loaded of={found}>
          {({ owner, type, location, checksum }) => (
            <Facts
              of={[
                ['Owner', <To key="owner" kind="account" id={owner} />],
                ['Runs as', type],
                ['Bytes', <code key="at">{location}</code>],
                ['sha256', <Whole key="sum" hex={checksum} />],
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Traded kind="app" id={id} />
    </Page>
  )
}
