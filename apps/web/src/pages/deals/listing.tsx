/** Listing: the deals of somebody or something, page by page. */
import { explore } from '@traboule/sdk'
import { useLive } from '../../live.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Pager, usePages } from '../../ui/pager.tsx'
import { DealTable } from './table.tsx'

type Filters = Omit<NonNullable<Parameters<typeof explore.deals>[1]>, 'after' | 'category'>

export function DealListing({ of }: Readonly<{ of: Filters }>) {
  const listing = JSON.stringify(of)
  const pages = usePages(listing)
  const { after } = pages
  const deals = useLive(['deals', listing, after], (network) =>
    explore.deals(network, { pageSize: 20, ...of, ...(after !== undefined && { after }) }),
  )
  return (
    <Loaded of={deals} empty="There are none yet." isEmpty={({ items }) => items.length === 0}>
      {({ items, next }) => (
        <>
          <DealTable caption="Deals" deals={items} />
          <Pager pages={pages} next={next} />
        </>
      )}
    </Loaded>
  )
}
