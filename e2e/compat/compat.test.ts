import { afterAll, beforeAll, describe } from 'vitest'
import { assets } from './library/assets.ts'
import { claims } from './library/claims.ts'
import { deals } from './library/deals.ts'
import { type Me, openMe, sealRhyme } from './library/me.ts'
import { money } from './library/money.ts'
import { orders } from './library/orders.ts'
import { secrets } from './library/secrets.ts'
import { type Market, openMarket } from './market.ts'
import { install, versions } from './packages.ts'

let market: Market
beforeAll(async () => {
  await install()
  market = await openMarket()
  await sealRhyme(market)
})
afterAll(() => market?.[Symbol.asyncDispose]())

for (const version of versions)
  describe(`the library of iexec ${version}`, { concurrent: true }, () => {
    let me: Me
    beforeAll(async () => {
      me = await openMe(version, market)
    })
    money(() => me)
    assets(() => me)
    secrets(() => me)
    orders(() => me)
    claims(() => me)
    deals(() => me)
  })
