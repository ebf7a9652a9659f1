import { run } from '@traboule/service-kit'
import { config } from './config.ts'
import { startMarket } from './market.ts'

await run('market', config, startMarket)
