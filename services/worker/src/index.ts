export { type Config, config } from './config.ts'
export { startWorker } from './worker.ts'
