/** App: the frame around every page, and which path shows which. */
import { useQuery } from '@tanstack/react-query'
import { category } from '@traboule/sdk'
import { Link, Route, Switch } from 'wouter'
import { useMarket } from './market.tsx'
import { Failure } from './ui/failure.tsx'

export function App() {
  return (
    <>
      <header>
        <Link href="/">Traboule</Link>
      </header>
      <main>
        <Switch>
          <Route path="/" component={Home} />
          <Route>There is no such page.</Route>
        </Switch>
      </main>
    </>
  )
}

function Home() {
  const { network } = useMarket()
  const { data, error } = useQuery({
    queryKey: ['categories'],
    queryFn: () => category.list(network),
  })
  return (
    <>
      <h1>The market</h1>
      {error && <Failure error={error} />}
      <ul>
        {data?.map(({ id, name }) => (
          <li key={String(id)}>{name}</li>
        ))}
      </ul>
    </>
  )
}
