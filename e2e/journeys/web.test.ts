/** The web application in a real browser, on a real market with a worker that lies. */

import { networkOf } from '@traboule/devnet'
import { Archive } from '@traboule/protocol'
import { account, match, type Network, order, type TaskStory, workerpool } from '@traboule/sdk'
import type { Browser, Page } from 'playwright-core'
import type { Address, Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { barriers, chromiumPath, complaintsOf, openBrowser } from '../support/browser.ts'
import { type Market, openMarket } from '../support/market.ts'

/** A deal of one task at a pool that nobody serves. */
async function idleDeal(network: Network, app: Address): Promise<Hex> {
  const pool = await workerpool.deploy(network, { description: 'nobody is here' })
  const orders = {
    app: await order.make(network, 'app', { app }),
    workerpool: await order.make(network, 'workerpool', { workerpool: pool }),
    request: await order.make(network, 'request', { app, workerpool: pool }),
  }
  return (await match(network, orders)).dealId
}

/** A wallet in the page that says yes to everything, as `address`. */
async function injectWallet(page: Page, market: Market, address: Address): Promise<void> {
  await market.request('anvil_impersonateAccount', [address])
  await page.exposeFunction('askWallet', (call: { method: string; params?: unknown[] }) =>
    call.method === 'eth_requestAccounts' ? [address] : market.request(call.method, call.params),
  )
  await page.addInitScript('window.ethereum = { request: (call) => askWallet(call), on() {} }')
}

/** On a machine with much else to do, a bag takes minutes. */
const PATIENCE_MS = 120_000

const missing = chromiumPath === undefined
const why = missing ? ' (skipped: Chromium is not installed; apt-get install chromium)' : ''

describe.skipIf(missing)(`the web application${why}`, () => {
  let market: Market
  let browser: Browser
  let page: Page
  let complaints: readonly string[]
  let url: (path: string) => string
  let lied: TaskStory

  beforeAll(async () => {
    ;[market, browser] = await Promise.all([openMarket({ web: true, liars: 1 }), openBrowser()])
    url = (path) => new URL(path, market.devnet.facts.urls.web).href
    // Built while the market starts: the first visitor may have to wait for it.
    page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    await page.goto(url('/'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.close()
    page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    await market?.[Symbol.asyncDispose]()
  })

  /** A bag in which the liar was asked too: it is not always among the first. */
  async function bagWithLie(): Promise<TaskStory> {
    for (;;) {
      const { stories } = await market.bag({ tasks: 4, trust: 5n, category: 0n })
      const found = stories.find(({ votes }) => votes.some(({ verdict }) => verdict === 'lied'))
      if (found) return found
    }
  }

  const search = async (text: string) => {
    await page.getByRole('searchbox').fill(text)
    await page.getByRole('searchbox').press('Enter')
  }

  test('shows a deal while it is made, without being asked again', async () => {
    await page.goto(url('/'))
    await page.getByText('Nobody has made a deal yet.').waitFor()
    expect(await barriers(page)).toEqual([])
    const bag = bagWithLie()
    await page.getByRole('region', { name: 'Latest deals' }).getByRole('row').nth(1).waitFor()
    await page
      .getByText(/voted 0x/)
      .first()
      .waitFor()
    lied = await bag
    await page
      .getByText(/finalized and everybody paid/)
      .first()
      .waitFor()
    expect(await barriers(page)).toEqual([])
  })

  test('leads from the deal to its tasks, and shows who lied and who was paid', async () => {
    const first = page.getByRole('region', { name: 'Latest deals' }).getByRole('row').nth(1)
    await first.getByRole('link').first().click()
    await page.getByText('4 of 4 completed').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: `Task ${lied.index}, completed` }).click()
    const votes = page.getByRole('region', { name: 'Votes' })
    const liar = votes.getByRole('row', { name: /worker5/ })
    await liar.getByText('disagrees').waitFor()
    await liar.getByText(/−0\.\d+ RLC/).waitFor()
    const honest = lied.votes.filter(({ verdict }) => verdict === 'agreed')
    expect(await votes.getByText('agreed').count()).toBe(honest.length)
    expect(await votes.getByText(/\+0\.\d+ RLC/).count()).toBe(honest.length)
    expect(await page.getByRole('meter').count()).toBe(2)
    await page.getByText('the task was finalized and everybody paid').waitFor()
    const deeds = page.getByRole('region', { name: 'What happened' })
    await deeds
      .getByRole('cell', { name: /^\d{2,3},\d{3}$/ })
      .first()
      .waitFor() // gas
    expect(await barriers(page)).toEqual([])
  })

  test('downloads a result and verifies it in the browser', async () => {
    await page.getByRole('button', { name: 'Download and verify' }).click()
    await page.getByText('Verified: this is what the workers agreed on.').waitFor()
    await page.getByText('{"pi":"3.').waitFor()
    expect(await page.getByRole('link', { name: 'pi.json' }).getAttribute('download')).toBe(
      'pi.json',
    )
  })

  test('refuses to show a result that is not what the workers agreed on', async () => {
    const other = await browser.newPage()
    await other.route('**/ipfs/*', async (route) => {
      const answer = await route.fetch()
      const files = Archive.unzip(new Uint8Array(await answer.body()))
      const forged = new Map(files).set('pi.json', new TextEncoder().encode('{"pi":"3.2"}'))
      await route.fulfill({ response: answer, body: Buffer.from(Archive.zip(forged)) })
    })
    await other.goto(url(`/task/${lied.taskId}`))
    await other.getByRole('button', { name: 'Download and verify' }).click()
    await other
      .getByRole('alert')
      .getByText(/mismatch|malformed/)
      .waitFor()
    expect(await other.getByText('Verified').count()).toBe(0)
    await other.close()
  })

  test('finds what an address or an id is of, and says why it cannot', async () => {
    const { workerpool } = market.devnet.facts
    await search(workerpool.toLowerCase())
    await page.getByRole('heading', { name: 'The devnet’s workerpool' }).waitFor()
    await search(lied.taskId)
    await page.waitForURL(`**/task/${lied.taskId}`)
    const { worker = '0x' } = lied.votes.find(({ verdict }) => verdict === 'lied') ?? {}
    await search(worker)
    await page.getByRole('heading', { name: 'Account worker5' }).waitFor()
    await page
      .getByText(/0\.\d+ RLC were taken from worker5/)
      .first()
      .waitFor()
    expect(await barriers(page)).toEqual([])
    await search('0x1234')
    await page.getByText('An address has 40 hexadecimal digits').waitFor()
    await search('PI')
    await page.getByRole('heading', { name: 'App pi' }).waitFor()
    await search('worker5')
    await page.getByRole('heading', { name: 'Account worker5' }).waitFor()
    await search('nobody')
    await page.getByText('Nothing here is called "nobody".').waitFor()
  })

  test('shows the books, their orders and the prices', async () => {
    await page.getByRole('link', { name: 'Orders' }).click()
    const row = page.getByRole('region', { name: 'Open workerpool orders' }).getByRole('row').nth(1)
    await row.waitFor()
    await page.getByRole('img', { name: /Cheapest offer 1 RLC a task/ }).waitFor()
    await page.getByRole('img', { name: /Last 1 RLC a task/ }).waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByLabel('Trust at least').fill('many')
    await page.getByText('minTrust: must be a whole number.').waitFor()
    await page.getByLabel('Trust at least').fill('1000000')
    await page.getByText('No open order fits.').waitFor()
    await page.getByLabel('Trust at least').fill('')
    await row.getByRole('link').first().click()
    await page.getByRole('heading', { name: 'Workerpool order' }).waitFor()
    await page.getByText('What it says').waitFor()
  })

  test('acts with the wallet of the browser: deposits, cancels, and claims what is overdue', async () => {
    const { facts } = market.devnet
    const seller = networkOf(facts, 'appOwner')
    const address = seller.signer?.address ?? '0x'
    const { orderHash } = await order.offer(seller, 'app', { app: market.app, appprice: 7n })
    const dealId = await idleDeal(seller, market.app)
    const before = await account.show(seller)
    const own = await browser.newPage()
    own.setDefaultTimeout(PATIENCE_MS)
    await injectWallet(own, market, address)
    await own.goto(url(`/order/app/${orderHash}`))
    await own.getByText('What it says').waitFor()
    expect(await own.getByRole('button', { name: 'Cancel on chain' }).count()).toBe(0)
    await own.getByRole('button', { name: 'Connect wallet' }).click()
    await own.getByRole('button', { name: 'Cancel on chain' }).click()
    await own.getByText('canceled').waitFor()

    await own.getByRole('link', { name: 'appOwner' }).first().click()
    await own.getByLabel('Amount in RLC').fill('2.5')
    expect(await barriers(own)).toEqual([])
    await own.getByRole('button', { name: 'Deposit' }).click()
    await own.getByText('Deposited.').waitFor()
    expect((await account.show(seller)).stake).toBe(before.stake + 2_500_000_000n)
    await own.getByLabel('Amount in RLC').fill('many')
    await own.getByRole('button', { name: 'Withdraw' }).click()
    await own.getByText('"many" is not an amount of RLC.').waitFor()

    await own.getByRole('searchbox').fill(dealId)
    await own.getByRole('searchbox').press('Enter')
    await own.getByText('0 of 1 completed').waitFor()
    expect(await own.getByRole('button', { name: 'Claim refunds' }).count()).toBe(0)
    await market.pass(7_200)
    await own.getByRole('button', { name: 'Claim refunds' }).click()
    await own.getByRole('link', { name: 'Task 0, failed' }).waitFor()
    expect(await account.show(seller)).toMatchObject({ locked: 0n })
    await own.close()
  })

  test('fits a telephone, and can be used by keyboard alone', async () => {
    await page.setViewportSize({ width: 380, height: 760 })
    for (const path of ['/', '/orders', `/task/${lied.taskId}`]) {
      await page.goto(url(path))
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.getByText('Loading …').first().waitFor({ state: 'detached' })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380)
      expect(await barriers(page)).toEqual([])
    }
    await page.goto(url('/'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')
    for (const name of ['Traboule', 'Deals', 'Orders']) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.textContent')).toBe(name)
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
  })

  test('says what is missing, and that nothing went wrong in between', async () => {
    expect(complaints).toEqual([])
    await search(`0x${'12'.repeat(32)}`)
    await page.getByText(/No deal, task or order has the id/).waitFor()
    await page.goto(url(`/deal/0x${'00'.repeat(32)}`))
    await page.getByText(/There is no deal 0x0/).waitFor()
    await page.getByText('Check the deal id and that you are on the right chain.').waitFor()
    await page.goto(url('/nowhere'))
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    const strict = await fetch(url('/'))
    expect(strict.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    expect(JSON.stringify(await (await fetch(url('/config.json'))).json())).not.toMatch(/private/i)
  })
})
