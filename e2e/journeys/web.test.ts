/** The web application in a real browser, on a real market. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { barriers, chromiumPath, complaintsOf, openBrowser } from '../support/browser.ts'
import { type Market, openMarket } from '../support/market.ts'

const missing = chromiumPath === undefined
const why = missing ? ' (skipped: Chromium is not installed; apt-get install chromium)' : ''

describe.skipIf(missing)(`the web application${why}`, () => {
  let market: Market
  let browser: Browser
  beforeAll(async () => {
    ;[market, browser] = await Promise.all([openMarket({ web: true }), openBrowser()])
    // Built while the market starts: the first visitor may have to wait for it.
    const page = await browser.newPage()
    await page.goto(market.devnet.facts.urls.web ?? '')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.close()
  })
  afterAll(async () => {
    await browser?.close()
    await market?.[Symbol.asyncDispose]()
  })

  test('opens without complaint or barrier', async () => {
    const page = await browser.newPage()
    const complaints = complaintsOf(page)
    await page.goto(market.devnet.facts.urls.web ?? '')
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await barriers(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})
