/** Deals: all of them, newest first. */
import { Card, Page } from '../../ui/page.tsx'
import { DealListing } from './listing.tsx'

export function DealsPage() {
  return (
    <Page title="Deals">
      <Card title="Newest first">
        <DealListing of={{}} />
      </Card>
    </Page>
  )
}
