export { type Config, config } from './config.ts'
export { startSms } from './sms.ts'
