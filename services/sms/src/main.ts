import { run } from '@traboule/service-kit'
import { config } from './config.ts'
import { startSms } from './sms.ts'

await run('sms', config, startSms)
