/** Traded: the open orders and the deals of an asset. */
import type { Address } from 'viem'
import { Card } from '../../ui/page.tsx'
import { DealListing } from '../deals/listing.tsx'
import { Book } from '../orders/book.tsx'
import type { Filters } from '../orders/query.ts'

type Props = Readonly<{ kind: 'app' | 'dataset' | 'workerpool'; id: Address }>

export function Traded({ kind, id }: Props) {
  const filters = { [kind]: id } as Filters // each book is asked by its own name
  return (
    <>
      <Card title="Open orders" wide>
        <Book kind={kind} filters={filters} />
      </Card>
      <Card title="Deals" wide>
        <DealListing of={{ [kind]: id }} />
      </Card>
    </>
  )
}
