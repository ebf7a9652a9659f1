import { run } from '@traboule/service-kit'
import { config } from './config.ts'
import { startScheduler } from './scheduler.ts'

await run('scheduler', config, startScheduler)
