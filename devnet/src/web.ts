/**
 * Web: the web application, at an origin of its own.
 *
 * It is built aside, at low priority, while the market is already at work: until it is there, its
 * address says so. The pages may reach the services of this devnet and nothing else.
 */
import { listen } from '@traboule/service-kit'
import { Hono } from 'hono'
import type { Facts } from './devnet.ts'
import { buildWeb, type Site } from './site.ts'

export type WebOptions = Readonly<{ facts: Omit<Facts, 'apps'>; port: number; logFile: string }>

/** Serves the application; its build goes on after this returns. */
export async function startWeb({ facts, port, logFile }: WebOptions) {
  await using stack = new AsyncDisposableStack()
  const stop = new AbortController()
  stack.defer(() => stop.abort(new Error('devnet stopped')))
  let site: Site | undefined
  let failed = false
  buildWeb({ logFile, signal: stop.signal }).then(
    (built) => {
      site = built
    },
    () => {
      failed = true
    },
  )
  const config = JSON.stringify(configOf(facts))
  const headers = { ...strict, 'content-security-policy': policyFor(facts) }
  const app = new Hono()
  app.get('/config.json', () => {
    const fresh = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    return new Response(config, { headers: { ...headers, ...fresh } })
  })
  app.get('*', (call) => {
    if (site) return answer(site, call.req.raw, headers)
    if (failed) return new Response(`The build failed; see ${logFile}.\n`, { status: 500, headers })
    return new Response(building, { status: 503, headers: { ...headers, ...html, refresh: '1' } })
  })
  const server = stack.use(await listen(app, port))
  const resources = stack.move()
  return { url: server.url, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** What the pages are told: where everything is, and what people call each account. No keys. */
function configOf({ accounts, ...facts }: WebOptions['facts']) {
  return { ...facts, names: Object.fromEntries(accounts.map((each) => [each.address, each.role])) }
}

const strict = {
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
}

/** Scripts and styles are files of the site; connections go to this devnet's parts only. */
function policyFor({ rpcUrl, urls }: WebOptions['facts']): string {
  const origins = new Set([rpcUrl, ...Object.values(urls)].map((url) => new URL(url).origin))
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    `connect-src 'self' ${[...origins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const html = { 'content-type': 'text/html; charset=utf-8' }
const building = `<!doctype html><html lang="en"><title>Traboule</title>
<p>The page is being built. This takes a few seconds, once.</p></html>`

/** A file of the site, or its only page, which finds out itself what the path means. */
function answer(site: Site, request: Request, headers: Readonly<Record<string, string>>): Response {
  const { pathname } = new URL(request.url)
  const file = site.get(pathname) ?? (/\.\w+$/.test(pathname) ? undefined : site.get('/index.html'))
  if (!file) return new Response('There is no such file.\n', { status: 404, headers })
  const all = { ...headers, etag: file.etag, 'content-type': file.type, vary: 'accept-encoding' }
  // Names in this folder carry a hash of their content.
  const forever = pathname.startsWith('/assets/') && 'public, max-age=31536000, immutable'
  const cached = { ...all, 'cache-control': forever || 'no-cache' }
  if (request.headers.get('if-none-match') === file.etag)
    return new Response(null, { status: 304, headers: cached })
  if (!request.headers.get('accept-encoding')?.includes('gzip'))
    return new Response(file.bytes, { headers: cached })
  return new Response(file.gzip, { headers: { ...cached, 'content-encoding': 'gzip' } })
}
