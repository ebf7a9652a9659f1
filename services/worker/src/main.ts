/**
 * A worker's process. Machines run many of them, so it stays small: what was compiled before is not
 * compiled again (the compiler alone takes 20 MB), and the engine prefers memory to speed, since
 * apps run in processes of their own.
 */
import { enableCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

enableCompileCache()
setFlagsFromString('--optimize-for-size')

const { run } = await import('@traboule/service-kit/process')
const { config, startWorker } = await import('./index.ts')

await run('worker', config, startWorker)
