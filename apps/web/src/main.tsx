/** Main: reads where the network is, then shows it. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { App } from './app.tsx'
import { readConfig } from './config.ts'
import { Market } from './market.tsx'
import { Failure } from './ui/failure.tsx'
import { WalletOfVisitor } from './wallet.tsx'

// The content security policy forbids what zod would compile; it must not even try.
z.config({ jitless: true })

const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } },
})

const element = document.querySelector('#root')
if (!element) throw new Error('index.html has no #root')
const root = createRoot(element)

try {
  const config = await readConfig(location.origin)
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Market config={config}>
          <WalletOfVisitor>
            <App />
          </WalletOfVisitor>
        </Market>
      </QueryClientProvider>
    </StrictMode>,
  )
} catch (error) {
  root.render(
    <main>
      <Failure error={error} />
    </main>,
  )
}
