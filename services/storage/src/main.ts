import { run } from '@traboule/service-kit'
import { config } from './config.ts'
import { startStorage } from './storage.ts'

await run('storage', config, startStorage)
