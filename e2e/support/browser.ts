/** Browser: the system's Chromium, looking at the web application as a person would. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where the system has a Chromium; undefined where it has none. */
export const chromiumPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) =>
    ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)),
  )
  .find(isProgram)

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Without what a browser does on its own behalf: tests must not reach out of this machine. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no Chromium on this machine')
  return chromium.launch({ executablePath: chromiumPath, args: flags })
}

/** Everything a page complained about since it was opened; must stay empty. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error.stack)))
  page.on('request', (request) => {
    const { hostname } = new URL(request.url())
    if (!['127.0.0.1', ''].includes(hostname)) complaints.push(`asked ${request.url()}`)
  })
  return complaints
}

type Violation = Readonly<{ id: string; nodes: readonly Readonly<{ html: string }>[] }>

/** What axe finds wrong with the page: rules of WCAG 2.2 A and AA, and best practices. */
export async function barriers(page: Page): Promise<readonly string[]> {
  // By the debugger's protocol: the page's own policy lets no such script in.
  await page.evaluate(axe.source)
  const found = await page.evaluate('axe.run()')
  const { violations } = found as { violations: readonly Violation[] } // axe's own answer
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
