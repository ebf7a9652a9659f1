export { type Config, config } from './config.ts'
export { startStorage } from './storage.ts'
