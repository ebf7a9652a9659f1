export {
  advance,
  type FollowOptions,
  follow,
  type Head,
  type MinedLog,
  openPlaces,
} from './chain/follow.ts'
export { type Challenges, openChallenges } from './challenge.ts'
export { migrate } from './db/migrate.ts'
export { type Database, openDatabase } from './db/open.ts'
export { createMetrics, serveMetrics } from './metrics.ts'
export { serveDocs } from './openapi.ts'
export * from './process.ts'
export { createApp, type Listening, listen, type MountOptions, mount } from './server.ts'
