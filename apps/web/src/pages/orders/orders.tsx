/** Orders: the four books, what they ask, and how deep they are. */
import { Order } from '@traboule/protocol'
import { category } from '@traboule/sdk'
import { useSearchParams } from 'wouter'
import { useFixed } from '../../live.ts'
import { Card, Page } from '../../ui/page.tsx'
import { Book } from './book.tsx'
import { Depth } from './depth.tsx'
import { Filters } from './filters.tsx'
import { Prices } from './prices.tsx'
import { readFilters } from './query.ts'

export function OrdersPage() {
  const [params, setParams] = useSearchParams()
  const { kind, filters, wrong } = readFilters(params)
  const categories = useFixed(['categories'], (network) => category.list(network))
  const chosen = BigInt(params.get('category') || 0)
  const set = (name: string, value: string) =>
    setParams((before) => {
      const after = new URLSearchParams(before)
      if (value === '') after.delete(name)
      else after.set(name, value)
      return after
    })
  return (
    <Page title="Orders" about="Signed offers and requests that anybody may match.">
      <nav className="tabs" aria-label="Books">
        {Order.kinds.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === kind}
            onClick={() => set('kind', each)}
          >
            {each}
          </button>
        ))}
      </nav>
      <div className="columns">
        <Card title={`The ${kind} book`}>
          <Filters kind={kind} params={params} set={set} categories={categories.data ?? []} />
          {wrong ? (
            <p className="failure" role="alert">
              {wrong}
            </p>
          ) : (
            <Book kind={kind} filters={filters} />
          )}
        </Card>
        <div className="stack">
          <Depth category={chosen} />
          <Prices category={chosen} />
        </div>
      </div>
    </Page>
  )
}
