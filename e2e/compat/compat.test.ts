import { afterAll, beforeAll, describe } from 'vitest'
import { journeys as commandJourneys } from './command/journeys.ts'
import { openShell, type Shell } from './command/shell.ts'
import { journeys as libraryJourneys } from './library/journeys.ts'
import { type Me, openMe, sealTexts } from './library/me.ts'
import { names } from './library/names.ts'
import { type Market, openMarket } from './market.ts'
import { install, versions } from './packages.ts'

let market: Market
beforeAll(async () => {
  await install()
  market = await openMarket()
  await sealTexts(market)
})
afterAll(() => market?.[Symbol.asyncDispose]())

for (const version of versions) {
  describe(`the library of iexec ${version}`, { concurrent: true }, () => {
    let me: Me
    beforeAll(async () => {
      me = await openMe(version, market)
    })
    for (const journey of libraryJourneys) journey(() => me)
    if (version.startsWith('8.')) names(() => me)
  })

  describe(`the command line of iexec ${version}`, { concurrent: true }, () => {
    let shell: Shell
    beforeAll(async () => {
      shell = await openShell(version, market)
    })
    afterAll(() => shell?.[Symbol.asyncDispose]())
    for (const journey of commandJourneys) journey(() => shell)
  })
}
