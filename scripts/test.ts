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
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { compileAll } from '@traboule/contracts'
import { startPostgres } from './postgres.ts'

type Tally = Readonly<{ passed: number; failed: number; skipped: number; failures?: string[] }>
type Suite = Readonly<{
  name: string
  run: () => Promise<Tally>
  /** Runs beside the others. */
  aside?: true
  /** Needs the contracts. */
  compiled?: true
  /** Runs only when named. */
  named?: true
}>

const folder = mkdtempSync(join(tmpdir(), 'traboule-test-'))

/** Workspaces whose integration tests keep data in a database. */
const WITH_DATABASE = [
  'packages/service-kit',
  'services/market',
  'services/scheduler',
  'services/sms',
]

const suites: readonly Suite[] = [
  { name: 'forge', run: () => forge([], QUICK), aside: true, compiled: true },
  { name: 'check', run: () => judged('npm', ['run', '--silent', 'check']) },
  { name: 'unit', run: () => vitest('unit') },
  {
    name: 'integration',
    run: () => vitest('integration', [], { HISTORIES_COUNT: '2000' }),
    compiled: true,
  },
  { name: 'postgres', run: onPostgres, compiled: true },
  { name: 'e2e', run: () => vitest('e2e'), compiled: true },
  { name: 'proof', run: proof, named: true, compiled: true },
]

/** Invariants in `npm test`; foundry.toml says how many there are in `proof`. */
const QUICK = { FOUNDRY_INVARIANT_RUNS: '256', FOUNDRY_INVARIANT_DEPTH: '100' }

async function proof(): Promise<Tally> {
  const invariants = await forge(['--match-path', 'test/invariant/*'])
  const covered = await judged('npm', ['run', '--silent', 'coverage', '-w', 'contracts'])
  const histories = await vitest('integration', ['contracts/test/histories'])
  return [invariants, covered, histories].reduce(sum)
}

async function onPostgres(): Promise<Tally> {
  if (process.env.DATABASE_URL) return none // the integration suite ran on it already
  const postgres = await startPostgres()
  if (!postgres) {
    console.log('skipped: PostgreSQL is not installed (apt-get install postgresql)')
    return { ...none, skipped: 1 }
  }
  try {
    return await vitest('integration', WITH_DATABASE, { DATABASE_URL: postgres.url })
  } finally {
    await postgres[Symbol.asyncDispose]()
  }
}

async function vitest(project: string, paths: readonly string[] = [], env = {}): Promise<Tally> {
  const report = join(folder, `${project}-${Date.now()}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['run', '--project', project, ...reporters, ...paths]
  const code = await shown('vitest', args, { env })
  try {
    const found = JSON.parse(readFileSync(report, 'utf8'))
    // A file that does not even load has no failed test.
    const failed = Math.max(found.numFailedTests, code === 0 ? 0 : 1)
    const skipped = found.numPendingTests + found.numTodoTests
    return { passed: found.numPassedTests, failed, skipped, failures: failuresIn(found) }
  } catch {
    return { ...none, failed: 1 }
  }
}

type Report = Readonly<{
  testResults: readonly Readonly<{
    name: string
    status: string
    message: string
    assertionResults: readonly Readonly<{
      status: string
      fullName: string
      failureMessages: readonly string[]
    }>[]
  }>[]
}>

/** A line for each test that failed, and for each file that did not load. */
function failuresIn({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name)
    const failed = assertionResults.filter((each) => each.status === 'failed')
    if (failed.length === 0 && status === 'failed') return [`${file}: ${firstLine(message)}`]
    return failed.map(
      ({ fullName, failureMessages }) =>
        `${file}: ${fullName}: ${firstLine(failureMessages[0] ?? '')}`,
    )
  })
}

const firstLine = (text: string) => stripVTControlCharacters(text).trim().split('\n', 1)[0]

async function compile(): Promise<Tally> {
  try {
    await compileAll()
    return { ...none, passed: 1 }
  } catch (error) {
    console.error(error)
    return { ...none, failed: 1, failures: ['The contracts do not compile.'] }
  }
}

/** Its output is kept until it ends: other suites run beside it. */
async function forge(args: readonly string[], env = {}): Promise<Tally> {
  const seen: string[] = []
  const code = await shown('forge', ['test', ...args], {
    listen: (text) => seen.push(text),
    cwd: 'contracts',
    env,
  })
  const output = seen.join('')
  console.log(`\n=== forge\n${output}`)
  const total = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(/g
  const last = [...stripVTControlCharacters(output).matchAll(total)].at(-1)
  if (!last) return { ...none, failed: 1 }
  const [passed = 0, failed = 0, skipped = 0] = last.slice(1).map(Number)
  const failures = [...new Set(stripVTControlCharacters(output).match(/^\[FAIL.*$/gm))]
  return { passed, failed: code === 0 ? failed : failed || 1, skipped, failures }
}

async function judged(command: string, args: readonly string[]): Promise<Tally> {
  return (await shown(command, args)) === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 }
}

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

const none: Tally = { passed: 0, failed: 0, skipped: 0 }
const sum = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...(a.failures ?? []), ...(b.failures ?? [])],
})

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no suite ${unknown.join(', ')}. Suites: ${suites.map((s) => s.name).join(', ')}.`,
  )
  process.exit(2)
}

type Ran = Tally & Readonly<{ name: string; seconds: number }>

async function timed({ name, run, compiled }: Suite): Promise<Ran> {
  if (compiled) await compilation
  const started = performance.now()
  const tally = await run()
  return { ...tally, name, seconds: (performance.now() - started) / 1000 }
}

const chosen = suites.filter(({ name, named }) =>
  wanted.length === 0 ? !named : wanted.includes(name),
)
/** Compiled once for all suites, beside those that do without. */
const compilation = chosen.some(({ compiled }) => compiled)
  ? timed({ name: 'compile', run: compile })
  : undefined
const aside = chosen.filter((suite) => suite.aside).map(timed)
const ran: Ran[] = []
for (const suite of chosen.filter((suite) => !suite.aside)) {
  console.log(`\n=== ${suite.name}`)
  ran.push(await timed(suite))
}
ran.unshift(...(await Promise.all(aside)))
if (compilation) ran.unshift(await compilation)
rmSync(folder, { recursive: true, force: true })

console.log()
for (const { name, seconds, passed, failed, skipped } of ran)
  console.log(
    `${name.padEnd(12)} ${seconds.toFixed(0).padStart(4)} s   ${passed} passed, ${failed} failed, ${skipped} skipped`,
  )
for (const { name, failures = [] } of ran)
  for (const failure of failures) console.log(`\n${name} failed: ${failure}`)
const total = ran.reduce<Tally>(sum, none)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
