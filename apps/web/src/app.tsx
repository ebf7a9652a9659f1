/** App: the frame around every page, and which path shows which. */
import { lazy, Suspense } from 'react'
import { Link, Route, Switch } from 'wouter'
import { whole } from './format.ts'
import { useFigures, usePulse } from './live.ts'
import { Home } from './pages/home/home.tsx'
import { SearchBox } from './searchBox.tsx'
import { Page } from './ui/page.tsx'
import { WalletButton } from './walletButton.tsx'

const page = (load: () => Promise<Readonly<Record<string, unknown>>>, name: string) =>
  lazy(async () => ({ default: (await load())[name] as () => React.ReactNode })) // named below

/** Every page but the first arrives when it is asked for. */
const routes = {
  '/deals': page(() => import('./pages/deals/deals.tsx'), 'DealsPage'),
  '/orders': page(() => import('./pages/orders/orders.tsx'), 'OrdersPage'),
  '/order/:kind/:id': page(() => import('./pages/orders/order.tsx'), 'OrderPage'),
  '/deal/:id': page(() => import('./pages/deal/deal.tsx'), 'DealPage'),
  '/task/:id': page(() => import('./pages/task/task.tsx'), 'TaskPage'),
  '/account/:id': page(() => import('./pages/account/account.tsx'), 'AccountPage'),
  '/app/:id': page(() => import('./pages/asset/app.tsx'), 'AppPage'),
  '/dataset/:id': page(() => import('./pages/asset/dataset.tsx'), 'DatasetPage'),
  '/workerpool/:id': page(() => import('./pages/asset/workerpool.tsx'), 'WorkerpoolPage'),
} as const

export function App() {
  usePulse()
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="top">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Traboule
        </Link>
        <nav aria-label="Main">
          <Link href="/deals">Deals</Link>
          <Link href="/orders">Orders</Link>
        </nav>
        <SearchBox />
        <WalletButton />
        <Pulse />
      </header>
      <main id="content">
        <Suspense fallback={<p className="loading">Loading …</p>}>
          <Switch>
            <Route path="/" component={Home} />
            {Object.entries(routes).map(([path, component]) => (
              <Route key={path} path={path} component={component} />
            ))}
            <Route component={Missing} />
          </Switch>
        </Suspense>
      </main>
    </>
  )
}

/** The newest block that the market has seen, or that it cannot be reached. */
function Pulse() {
  const { data, error } = useFigures()
  if (error) return <p className="pulse bad">the market does not answer</p>
  return <p className="pulse">{data ? `block ${whole(data.block)}` : '…'}</p>
}

function Missing() {
  return (
    <Page title="There is no such page">
      <p>
        Search for an address or an id above, or go to <Link href="/">the market</Link>.
      </p>
    </Page>
  )
}
