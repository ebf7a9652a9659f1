/** Main: a devnet that stays up, without a job. */
import { AppError } from '@traboule/protocol'
import { crewFor } from './demo/crew.ts'
import { sellPool } from './demo/market.ts'
import { parseOptions } from './demo/options.ts'
import { startDevnet } from './devnet.ts'
import { untilStopped } from './stop.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

try {
  const options = parseOptions(process.argv.slice(2))
  const stop = untilStopped()
  await using devnet = await startDevnet({
    folder: options.folder,
    workers: crewFor(BigInt(options.trust), 0) + 1,
    liars: 0,
    blockTime: 1,
    broker: options.broker,
    ports: options.ports,
    databaseUrl: process.env.DATABASE_URL,
    web: true,
    progress: (step) => say(`starting ${step} …`),
  })
  await sellPool(devnet.facts, { trust: BigInt(options.trust) })
  say(`Enclaves (tags tee, tdx) are ${devnet.facts.tee}.`)
  say(`The devnet is up: ${devnet.announced}. Look at it on ${devnet.facts.urls.web}.`)
  say('Stop it with Ctrl-C.')
  await stop.asked
} catch (error) {
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`${error.message}\n${error.hint} (${error.code})\n`)
  process.exitCode = 1
}
process.exit()
