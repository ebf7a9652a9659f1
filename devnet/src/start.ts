/** Start: a marketplace on this machine, and one real job run on it to a verified result. */
import { AppError } from '@traboule/protocol'
import { crewFor } from './demo/crew.ts'
import { type Options, parseOptions, usage } from './demo/options.ts'
import { readScene, render } from './demo/render.ts'
import { money, times, verdicts } from './demo/report.ts'
import { openScreen } from './demo/screen.ts'
import { type Devnet, startDevnet } from './devnet.ts'
import { untilStopped } from './stop.ts'

const say = (line = '') => void process.stdout.write(`${line}\n`)

async function main(options: Options): Promise<void> {
  if (options.help) return say(usage)
  const began = performance.now()
  const scene = await readScene(options.scene) // before anything is started
  const liars = options.honest ? 0 : 1
  const workers = Math.max(crewFor(BigInt(options.trust), liars), 4 + liars)
  const stop = untilStopped()
  say('Traboule: a market for computing, on this machine.\n')
  await using devnet = await startDevnet({
    folder: options.folder,
    workers,
    liars,
    blockTime: 1,
    broker: options.broker,
    ports: options.ports,
    databaseUrl: process.env.DATABASE_URL,
    web: !options.once,
    progress: (step) => say(`  starting ${step} …`),
  })
  const ready = performance.now()
  const boast = options.honest ? 'all honest' : `worker${workers} set up to lie`
  say(`\n${options.tiles} tiles at trust ${options.trust}, ${workers} workers (${boast})\n`)
  if (devnet.facts.urls.web) say(`Watch it on ${devnet.facts.urls.web}\n`)
  const nameOf = namesOf(devnet)
  const rendered = await Promise.race([
    render(devnet, { ...options, scene }, openScreen(process.stdout, nameOf)),
    stop.rejected,
  ])
  const { picture, stories, parties, phases } = rendered
  say(`\nWho computed what (every tile checked against its digest on chain)`)
  for (const line of verdicts(stories, nameOf)) say(line)
  say(`\nWho earned and who lost (balances and events of the chain agree)`)
  for (const line of money(parties)) say(line)
  say(`\nWhere the time went`)
  for (const line of times([{ name: 'start the market', ms: ready - began }, ...phases])) say(line)
  say(`\nThe picture  ${picture}`)
  if (options.once) return
  say(`\nThe market stays up (details in ${devnet.announced}):`)
  for (const [name, url] of Object.entries(devnet.facts.urls)) say(`  ${name.padEnd(12)} ${url}`)
  say(`  ${'chain'.padEnd(12)} ${devnet.facts.rpcUrl}`)
  say(`  ${'enclaves'.padEnd(12)} ${devnet.facts.tee} (tags tee, tdx)`)
  say(`\nTry  npm run traboule -- account show\nStop with Ctrl-C.`)
  await stop.asked
  say('\nStopping …')
}

/** What people call an address. */
function namesOf({ facts }: Devnet) {
  const known = new Map(facts.accounts.map(({ role, address }) => [address, role]))
  return (address: `0x${string}`): string => known.get(address) ?? address.slice(0, 10)
}

try {
  await main(parseOptions(process.argv.slice(2)))
} catch (error) {
  const known = error instanceof AppError
  const details = known
    ? Object.entries(error.details)
        .map(([k, v]) => `\n  ${k}: ${v}`)
        .join('')
    : ''
  const text = known
    ? `${error.message}\n${error.hint} (${error.code})${details}`
    : (error as Error).stack
  process.stderr.write(`\n${text}\n`)
  process.exitCode = 1
}
// Sockets that were kept alive would hold the process for seconds more.
process.exit()
