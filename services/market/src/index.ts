export { type Config, config } from './config.ts'
export { startMarket } from './market.ts'
