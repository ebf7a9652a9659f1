export { type Config, config } from './config.ts'
export { startScheduler } from './scheduler.ts'
