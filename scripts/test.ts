/**
 * Test: everything, in the order in which a failure is cheapest to learn.
 *
 * `npm test` runs all suites but `proof`; `npm test -- unit forge` runs those named. The suites that
 * keep data run twice: on the embedded database and, when PostgreSQL is installed, on that. `proof`
 * is for a change of the chain: the same invariants and histories, five times as many and as long,
 * and how much of the contracts the tests run.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { compileAll } from '@traboule/contracts'
import { startPostgres } from './postgres.ts'
import { none, sum, TALLY_FILE, type Tally } from './tally.ts'

/** By suite: one run of vitest gives those of several. */
type Tallies = Readonly<Record<string, Tally>>
type Suite = 'check' | 'unit' | 'forge' | 'integration' | 'postgres' | 'e2e' | 'proof'

const folder = mkdtempSync(join(tmpdir(), 'traboule-test-'))

const ALL: readonly Suite[] = ['check', 'unit', 'forge', 'integration', 'postgres', 'e2e']
const NAMED_ONLY: readonly Suite[] = ['proof']
/** What runs parts of the system; all need the contracts. */
const WHOLE: readonly Suite[] = ['integration', 'postgres', 'e2e']

/** Invariants in `npm test`; foundry.toml says how many there are in `proof`. */
const QUICK = { FOUNDRY_INVARIANT_RUNS: '256', FOUNDRY_INVARIANT_DEPTH: '100' }

async function proof(): Promise<Tallies> {
  const { forge: invariants = none } = await forge(['--match-path', 'test/invariant/*'])
  const covered = await judged('npm', ['run', '--silent', 'coverage', '-w', 'contracts'])
  const long = ['contracts/test/histories', 'services/scheduler/test/simulation/gathering.test.ts']
  const { integration = none } = await vitest(['integration'], long, { SCHEDULES: '10000' })
  return { proof: [invariants, covered, integration].reduce(sum) }
}

/** Together, so that while one waits for a block another computes. */
async function whole(wanted: readonly Suite[]): Promise<Tallies> {
  const elsewhere = process.env.DATABASE_URL
  await using postgres = elsewhere ? undefined : await startPostgres()
  const missing = wanted.includes('postgres') && !postgres && !elsewhere
  if (missing) console.log('skipped: PostgreSQL is not installed (apt-get install postgresql)')
  // On a server of the reader's own, the integration suite is what `postgres` would be.
  const projects = postgres ? wanted : wanted.filter((each) => each !== 'postgres')
  const env = { HISTORIES_COUNT: '2000', ...(postgres && { POSTGRES_URL: postgres.url }) }
  const tallies = await vitest(projects, [], env)
  return missing ? { ...tallies, postgres: { ...none, skipped: 1 } } : tallies
}

async function vitest(
  projects: readonly Suite[],
  paths: readonly string[] = [],
  env = {},
): Promise<Tallies> {
  const file = join(folder, `${projects.join('-')}.json`)
  const chosen = projects.flatMap((project) => ['--project', project])
  const args = ['run', ...chosen, ...paths]
  const code = await shown('vitest', args, { env: { [TALLY_FILE]: file, ...env } })
  const noneRan = Object.fromEntries(projects.map((each) => [each, { ...none, failed: 1 }]))
  try {
    const tallies: Tallies = JSON.parse(readFileSync(file, 'utf8'))
    const failed = Object.values(tallies).some((tally) => tally.failed > 0)
    if (code === 0 || failed) return tallies
    const failures = [`vitest ended with ${code}: something failed outside of the tests.`]
    return { ...tallies, vitest: { ...none, failed: 1, failures } }
  } catch {
    return noneRan
  }
}

async function compile(): Promise<Tallies> {
  try {
    await compileAll()
    return { compile: { ...none, passed: 1 } }
  } catch (error) {
    console.error(error)
    return { compile: { ...none, failed: 1, failures: ['The contracts do not compile.'] } }
  }
}

/** Its output is kept until it ends: other suites run beside it. */
async function forge(args: readonly string[], env = {}): Promise<Tallies> {
  const seen: string[] = []
  const way = { listen: (text: string) => seen.push(text), cwd: 'contracts', env }
  const code = await shown('forge', ['test', ...args], way)
  const output = seen.join('')
  console.log(`\n=== forge\n${output}`)
  const total = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(/g
  const last = [...stripVTControlCharacters(output).matchAll(total)].at(-1)
  if (!last) return { forge: { ...none, failed: 1 } }
  const [passed = 0, failed = 0, skipped = 0] = last.slice(1).map(Number)
  const failures = [...new Set(stripVTControlCharacters(output).match(/^\[FAIL.*$/gm))]
  return { forge: { passed, failed: code === 0 ? failed : failed || 1, skipped, failures } }
}

async function judged(command: string, args: readonly string[]): Promise<Tally> {
  return (await shown(command, args)) === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 }
}

const check = async (): Promise<Tallies> => ({
  check: await judged('npm', ['run', '--silent', 'check']),
})

type Way = Readonly<{
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** Takes the output instead of the reader. */
  listen?: (text: string) => void
}>

/** Runs a command, in sight of the reader unless somebody listens, and gives its exit code. */
function shown(command: string, args: readonly string[], way: Way = {}): Promise<number> {
  const { env = {}, cwd = '.', listen } = way
  const out = listen ? 'pipe' : 'inherit'
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => listen?.(chunk.toString()))
  return new Promise((resolve) => {
    child.on('error', () => resolve(127))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function chosenSuites(): readonly Suite[] {
  const wanted = process.argv.slice(2)
  const known: readonly string[] = [...ALL, ...NAMED_ONLY]
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length === 0) return wanted.length === 0 ? ALL : (wanted as Suite[]) // each is known
  console.error(`There is no suite ${unknown.join(', ')}. Suites: ${known.join(', ')}.`)
  process.exit(2)
}

type Ran = Readonly<{ tallies: Tallies; seconds: number }>

const ran: Ran[] = []
async function timed(run: () => Promise<Tallies>): Promise<void> {
  const started = performance.now()
  const tallies = await run()
  ran.push({ tallies, seconds: (performance.now() - started) / 1000 })
}

/** The contracts compile beside what does without them; forge runs beside what needs them. */
async function runAll(chosen: readonly Suite[]): Promise<void> {
  const has = (suite: Suite) => chosen.includes(suite)
  const parts = chosen.filter((suite) => WHOLE.includes(suite))
  const compiled =
    has('forge') || has('proof') || parts.length > 0 ? timed(compile) : Promise.resolve()
  const forged = compiled.then(() => (has('forge') ? timed(() => forge([], QUICK)) : undefined))
  if (has('check')) await timed(check)
  if (has('unit')) await timed(() => vitest(['unit']))
  await compiled
  if (parts.length > 0) await timed(() => whole(parts))
  await forged
  if (has('proof')) await timed(proof)
}

await runAll(chosenSuites())
rmSync(folder, { recursive: true, force: true })

console.log()
for (const { tallies, seconds } of ran)
  for (const [i, [name, { passed, failed, skipped }]] of Object.entries(tallies).entries()) {
    const took = i === 0 ? `${seconds.toFixed(0).padStart(4)} s` : '  with'
    console.log(
      `${name.padEnd(12)} ${took}   ${passed} passed, ${failed} failed, ${skipped} skipped`,
    )
  }
const all = ran.flatMap(({ tallies }) => Object.entries(tallies))
for (const [name, { failures = [] }] of all)
  for (const failure of failures) console.log(`\n${name} failed: ${failure}`)
const total = all.map(([, tally]) => tally).reduce(sum, none)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
